//! Where a script uses names that other hosts of JavaScript have and the sandbox has not.

use std::collections::HashSet;
use std::ops::Range;

use oxc_ast::AstKind;
use oxc_ast::ast::IdentifierReference;
use oxc_semantic::NodeId;
use oxc_span::{GetSpan, Span};

use super::globals::{BUNDLE, help};
use super::guarded::need_not_be_there;
use super::paths::GLOBAL_OBJECT;
use super::usage::Usage;
use super::{Finding, Outside, Rules, finding};

/// A name that is absent, and where it is told.
struct Absent<'a> {
    name: &'a str,
    range: Range<usize>,
    help: &'static str,
    is_passed_on: bool,
}

/// Uses of what the sandbox has not.
pub(super) fn absent(outside: &Outside<'_, '_>, rules: &Rules) -> Vec<Finding> {
    let mut found = names(outside, rules);
    found.extend(members(outside, rules));
    // To use a name tells what to do instead; where it is used, there is nothing to add where it is passed on.
    let used: HashSet<&str> = found
        .iter()
        .filter(|one| !one.is_passed_on)
        .map(|one| one.name)
        .collect();
    found.retain(|one| !one.is_passed_on || !used.contains(one.name));
    found.extend(imports(outside));
    found
        .into_iter()
        .map(|one| {
            let message = format!("there is no `{}` in the sandbox", one.name);
            finding("not-in-sandbox", one.range, message, one.help)
        })
        .collect()
}

/// Names that nothing declares.
fn names<'a>(outside: &Outside<'_, 'a>, rules: &Rules) -> Vec<Absent<'a>> {
    let semantic = &outside.script.semantic;
    let nodes = semantic.nodes();
    let absent = |name: &IdentifierReference<'a>, id: NodeId| {
        let usage = Usage::of(nodes.parent_kind(id), name.span);
        let help = help(name.name.as_str(), &usage, rules)?;
        let reference = semantic.scoping().get_reference(name.reference_id.get()?);
        let is_absent = reference.symbol_id().is_none()
            && !outside.own.knows(&[name.name.as_str()])
            && !need_not_be_there(outside, id, name.name.as_str());
        is_absent.then(|| Absent {
            name: name.name.as_str(),
            range: outside.script.range(name.span),
            help,
            is_passed_on: matches!(usage, Usage::PassedOn | Usage::Tested),
        })
    };
    let named = nodes.iter().filter_map(|node| match node.kind() {
        AstKind::IdentifierReference(name) => absent(name, node.id()),
        _ => None,
    });
    named.collect()
}

/// Names as members of the global object. To read one that is not there is no mistake: that is how code asks for it.
fn members<'a>(outside: &Outside<'_, 'a>, rules: &Rules) -> Vec<Absent<'a>> {
    let of_global = outside
        .accesses
        .iter()
        .filter(|access| access.object == [GLOBAL_OBJECT]);
    let absent = of_global.filter_map(|access| {
        let name = access.name?;
        let help = help(name, &access.usage, rules)?;
        let fails = !access.usage.may_find_nothing() && !outside.own.knows(&[name]);
        fails.then(|| Absent {
            name,
            range: access.range.clone(),
            help,
            is_passed_on: false,
        })
    });
    absent.collect()
}

/// Libraries that are loaded.
fn imports<'a>(outside: &Outside<'_, 'a>) -> Vec<Absent<'a>> {
    let import = |span: Span| {
        let start = outside.script.range(span).start;
        Absent {
            name: "import",
            range: start..start + "import".len(),
            help: BUNDLE,
            is_passed_on: false,
        }
    };
    let nodes = outside.script.semantic.nodes().iter();
    let imports = nodes.filter_map(|node| match node.kind() {
        kind @ (AstKind::ImportExpression(_) | AstKind::ImportDeclaration(_) | AstKind::ImportMeta(_)) => {
            Some(import(kind.span()))
        }
        _ => None,
    });
    imports.collect()
}

//! What is questionable about the JavaScript of an action, although it may run.
//!
//! Looks at the source and nothing else: the engine decides what is JavaScript, and the sandbox what it may do. Must never
//! quote a key that it finds.

mod accesses;
mod depth;
mod globals;
mod handles;
mod hosts;
mod keys;
mod members;
mod own;
mod paths;
mod references;
mod texts;
mod tree;
mod usage;

use std::ops::Range;

use accesses::Access;
use own::Own;
use oxc_ast::AstKind;
use oxc_ast::ast::Expression;
use paths::Paths;
use tree::Script;

/// Most findings about one source: a bundle of something else would give thousands.
const MOST_FINDINGS: usize = 50;

/// What of a connector's settings decides what its scripts may do.
pub(super) struct Rules {
    /// Whether there is `fetch`.
    pub aliases: bool,
    /// Fields of `data.auth` that are handles.
    pub handles: Vec<String>,
}

/// Something questionable.
#[derive(Debug, Clone)]
pub(super) struct Finding {
    pub code: &'static str,
    /// Where in the source, in bytes.
    pub range: Range<usize>,
    pub message: String,
    pub help: String,
    /// Whether nobody should see what stands there.
    pub is_secret: bool,
}

/// What is questionable in `source`, in its order.
pub(super) fn findings(source: &str, rules: &Rules) -> Vec<Finding> {
    let in_tree = tree::look(source, |script| in_tree(script, rules));
    let mut found = in_tree.unwrap_or_else(|| texts::keys_in_any(source));
    found.sort_by_key(|finding| finding.range.start);
    // Keys stay: what hides them goes by these.
    let mut room = MOST_FINDINGS;
    found.retain(|finding| {
        room = room.saturating_sub(1);
        room > 0 || finding.is_secret
    });
    found
}

fn in_tree(script: &Script<'_>, rules: &Rules) -> Vec<Finding> {
    let paths = Paths::new(script);
    let accesses = accesses::all(script, &paths);
    let outside = Outside {
        own: Own::new(script, &paths, &accesses),
        script,
        paths,
        accesses,
    };
    [
        members::unknown(&outside),
        references::absent(&outside, rules),
        without_locale(script),
        handles::inspected(&outside, &rules.handles),
        hosts::from_input(&outside),
        texts::keys_in(script),
    ]
    .concat()
}

/// What a script has to do with what comes from outside of it.
struct Outside<'s, 'a> {
    script: &'s Script<'a>,
    paths: Paths<'s, 'a>,
    accesses: Vec<Access<'a>>,
    own: Own<'a>,
}

fn finding(code: &'static str, range: Range<usize>, message: String, help: impl Into<String>) -> Finding {
    Finding {
        code,
        range,
        message,
        help: help.into(),
        is_secret: false,
    }
}

/// What to do where code would need the languages and time zones of `Intl`.
const WITHOUT_LOCALE: &str = "there are no locales and no time zone but UTC: write the text from its parts, as with \
    `toISOString()` and `toFixed(2)`, or bundle a library that does";

/// Methods that elsewhere write what a locale and a time zone ask for. They run, and write something else.
fn without_locale(script: &Script<'_>) -> Vec<Finding> {
    let nodes = script.semantic.nodes().iter();
    let told = nodes.filter_map(|node| {
        let AstKind::CallExpression(call) = node.kind() else {
            return None;
        };
        let Expression::StaticMemberExpression(method) = &call.callee else {
            return None;
        };
        let name = method.property.name.as_str();
        let writes = ["toLocaleString", "toLocaleDateString", "toLocaleTimeString"].contains(&name);
        writes.then(|| {
            let message = format!("`{name}` writes the same text for every locale and time zone");
            finding(
                "without-locale",
                script.range(method.property.span),
                message,
                WITHOUT_LOCALE,
            )
        })
    });
    told.collect()
}

#[cfg(test)]
mod tests;

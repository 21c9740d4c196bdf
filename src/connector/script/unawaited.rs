//! Members of what `ld.request` gives that are read before it is there: each is undefined, and nothing fails.

use oxc_ast::AstKind;
use oxc_ast::ast::Expression;
use oxc_span::{GetSpan, Span};

use super::paths::taking_apart;
use super::{Finding, Outside, finding};

/// Members of an answer. A promise has none of them.
const OF_ANSWERS: [&str; 8] = ["status", "ok", "headers", "json", "text", "body", "buffer", "success"];

/// Where a script reads them.
pub(super) fn answers(outside: &Outside<'_, '_>) -> Vec<Finding> {
    let nodes = outside.script.semantic.nodes().iter();
    let read = nodes.flat_map(|node| match node.kind() {
        AstKind::StaticMemberExpression(member) => {
            let name = member.property.name.as_str();
            let is_read = OF_ANSWERS.contains(&name) && is_unawaited(outside, &member.object);
            Vec::from_iter(is_read.then_some((name, member.property.span)))
        }
        AstKind::VariableDeclarator(declared) => {
            let value = declared.init.as_ref().filter(|value| is_unawaited(outside, value));
            let pattern = value.and_then(|_| taking_apart(&declared.id));
            let properties = pattern.into_iter().flat_map(|pattern| &pattern.properties);
            let names = properties.filter_map(|property| {
                let span = property.key.span();
                let written = outside.script.written(&outside.script.range(span));
                let name = OF_ANSWERS.into_iter().find(|name| *name == written)?;
                Some((name, span))
            });
            names.collect()
        }
        _ => Vec::new(),
    });
    read.map(|(name, span)| told(outside, name, span)).collect()
}

fn told(outside: &Outside<'_, '_>, name: &str, span: Span) -> Finding {
    let message = format!("`{name}` is read of what `ld.request` gives before it is there, and is undefined");
    let help = "write `await` before the request: const answer = await ld.request({ url })";
    finding("missing-await", outside.script.range(span), message, help)
}

/// Whether `value` is the promise of an answer: the request, or a name that stands for it.
fn is_unawaited<'a>(outside: &Outside<'_, 'a>, value: &Expression<'a>) -> bool {
    match value {
        Expression::CallExpression(call) => {
            let called = outside.paths.of(&call.callee);
            called.is_some_and(|path| path == ["ld", "request"]) && !outside.own.sets(&["ld", "request"])
        }
        Expression::Identifier(name) => match outside.script.constant(name) {
            Some(declared @ Expression::CallExpression(_)) => is_unawaited(outside, declared),
            _ => false,
        },
        _ => false,
    }
}

//! Names that need not be there, by how the code around them is written.
//!
//! Bundles hold such code to run anywhere: `global || Function('return this')()`, `try { require('fs') } catch {}`. Must never
//! know which names the sandbox has.

use oxc_ast::AstKind;
use oxc_ast::ast::Expression;
use oxc_semantic::NodeId;
use oxc_span::{GetSpan, Span};

use super::Outside;
use super::paths::GLOBAL_OBJECT;

/// Most steps outwards: code that runs anywhere is short, and long sums are looked through once for each of their parts.
const FARTHEST: usize = 100;

/// Longest test in bytes that is looked through for a name: those that ask for one are short.
const LONGEST_TEST: usize = 300;

/// Whether it does not matter that `name`, which is used at the node `id`, is absent.
pub(super) fn need_not_be_there(outside: &Outside<'_, '_>, id: NodeId, name: &str) -> bool {
    match name {
        "require" => is_tried(outside, id, false),
        "Function" => match code(outside, id) {
            // Whoever makes a function of nothing asks whether that can be done.
            Some("") => is_tried(outside, id, true),
            Some("return this") => is_tried(outside, id, true) || has_other(outside, id),
            _ => false,
        },
        _ => is_class(name) && is_tried(outside, id, false) || is_asked_of_another(outside, id, name),
    }
}

/// Whether `name` is that of a class: code that tries whether it has one does nothing else there.
fn is_class(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase()) && name != "Function"
}

/// Whether what is around the node `id` runs only if something has a member `name`, as in `host.File && f instanceof File`:
/// that stands for the global object, under a name that is not followed.
fn is_asked_of_another(outside: &Outside<'_, '_>, id: NodeId, name: &str) -> bool {
    let at = span(outside, id);
    let asks = |test: &Expression<'_>| names_member(outside.script.written(&outside.script.range(test.span())), name);
    around(outside, id).any(|kind| match kind {
        AstKind::LogicalExpression(choice) => {
            choice.operator.is_and() && holds(choice.right.span(), at) && asks(&choice.left)
        }
        AstKind::ConditionalExpression(choice) => !holds(choice.test.span(), at) && asks(&choice.test),
        AstKind::IfStatement(choice) => !holds(choice.test.span(), at) && asks(&choice.test),
        _ => false,
    })
}

/// Whether `text` is short and names a member `name` with a dot.
fn names_member(text: &str, name: &str) -> bool {
    let is_part = |character: char| character.is_alphanumeric() || matches!(character, '_' | '$');
    text.len() <= LONGEST_TEST
        && text
            .match_indices(name)
            .any(|(at, _)| text[..at].ends_with('.') && !text[at + name.len()..].starts_with(is_part))
}

/// Whether what fails at the node `id` is caught. For what `is_small` it is enough that it is; else it has to be all that is
/// tried, or nothing comes of it: code that reports what was caught needs what it tries.
fn is_tried(outside: &Outside<'_, '_>, id: NodeId, is_small: bool) -> bool {
    let at = span(outside, id);
    around(outside, id).any(|kind| match kind {
        AstKind::TryStatement(tried) => {
            let is_alone = tried.block.body.len() == 1;
            let caught = tried.handler.as_ref().filter(|_| holds(tried.block.span, at));
            caught.is_some_and(|caught| is_small || is_alone || caught.body.body.is_empty())
        }
        _ => false,
    })
}

/// What the function at the node `id` is given to make code from, if that is one text.
fn code<'s>(outside: &'s Outside<'_, '_>, id: NodeId) -> Option<&'s str> {
    let arguments = match outside.script.semantic.nodes().parent_kind(id) {
        AstKind::CallExpression(call) => &call.arguments,
        AstKind::NewExpression(made) => &made.arguments,
        _ => return None,
    };
    let [code] = arguments.as_slice() else { return None };
    let code = outside.script.quoted(code.as_expression()?)?;
    Some(outside.script.written(&code).trim().trim_end_matches(';'))
}

/// Whether something else may be used in place of what the node `id` gives.
fn has_other(outside: &Outside<'_, '_>, id: NodeId) -> bool {
    let at = span(outside, id);
    around(outside, id).any(|kind| match kind {
        AstKind::LogicalExpression(choice) => {
            !choice.operator.is_and() && holds(choice.right.span(), at) && may_be_there(outside, &choice.left)
        }
        AstKind::ConditionalExpression(choice) => {
            let other = if holds(choice.consequent.span(), at) {
                &choice.alternate
            } else {
                &choice.consequent
            };
            may_be_there(outside, other)
        }
        _ => false,
    })
}

/// Whether `value` may be the global object: it is, or what it is shows only when the script runs.
fn may_be_there<'a>(outside: &Outside<'_, 'a>, value: &Expression<'a>) -> bool {
    match value {
        Expression::LogicalExpression(choice) => {
            may_be_there(outside, &choice.left) || may_be_there(outside, &choice.right)
        }
        Expression::ConditionalExpression(choice) => {
            may_be_there(outside, &choice.consequent) || may_be_there(outside, &choice.alternate)
        }
        Expression::Identifier(name) => {
            let scoping = outside.script.semantic.scoping();
            let reference = name.reference_id.get().map(|id| scoping.get_reference(id));
            let is_declared = reference.is_some_and(|reference| reference.symbol_id().is_some());
            is_declared || outside.paths.of_name(name).is_some_and(|path| path == [GLOBAL_OBJECT])
        }
        Expression::UnaryExpression(_) | Expression::BinaryExpression(_) => false,
        value => !value.is_literal(),
    }
}

/// What is around the node `id`, from the inside, within its function.
fn around<'s, 'a>(outside: &'s Outside<'_, 'a>, id: NodeId) -> impl Iterator<Item = AstKind<'a>> + 's {
    let kinds = outside.script.semantic.nodes().ancestor_kinds(id).take(FARTHEST);
    kinds.take_while(|kind| !matches!(kind, AstKind::Function(_) | AstKind::ArrowFunctionExpression(_)))
}

fn span(outside: &Outside<'_, '_>, id: NodeId) -> Span {
    outside.script.semantic.nodes().kind(id).span()
}

fn holds(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

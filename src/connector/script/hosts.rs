//! Code that puts what a caller says into the host of a URL.
//!
//! A whole URL from the input is no finding: its author wants the caller to choose. A part of a host is an accident that
//! waits to happen: `https://${data.input.shop}.example.com` goes to `evil.example` when the shop is `evil.example/`. The
//! allowlist of the connector stops that request; the author learns here that it can be asked for.

use oxc_ast::AstKind;
use oxc_ast::ast::{BinaryExpression, BinaryOperator, ChainElement, Expression};
use oxc_span::{GetSpan, Span};

use super::paths::member;
use super::{Finding, Outside, finding};

/// Most calls and members of a field that are looked past, as in `data.input.shop.trim()`.
const MOST_STEPS: usize = 8;

/// Where a script puts input into a host, in a template or with `+`.
pub(super) fn from_input(outside: &Outside<'_, '_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for node in outside.script.semantic.nodes() {
        match node.kind() {
            AstKind::TemplateLiteral(template) => {
                let parts = template.quasis.iter().zip(&template.expressions);
                let in_hosts = parts.filter(|(text, _)| ends_in_host(text.value.raw.as_str()));
                found.extend(in_hosts.filter_map(|(_, value)| told(outside, value)));
            }
            AstKind::BinaryExpression(sum) if follows_host(sum) => found.extend(told(outside, &sum.right)),
            _ => {}
        }
    }
    found
}

fn told<'a>(outside: &Outside<'_, 'a>, value: &Expression<'a>) -> Option<Finding> {
    let (field, span) = field(outside, value)?;
    let message = format!(
        "`data.input.{field}` is part of the host of this URL: whoever calls the action decides where the request goes"
    );
    let help = "write the host out, up to the `/` after it, or read what differs from `data.auth`, with a line under \
                [auth.fields]";
    Some(finding("input-in-host", outside.script.range(span), message, help))
}

/// The field of the input that `value` begins with, and where it stands.
fn field<'a>(outside: &Outside<'_, 'a>, value: &Expression<'a>) -> Option<(&'a str, Span)> {
    let mut value = value;
    for _ in 0..MOST_STEPS {
        if let Expression::LogicalExpression(choice) = value {
            value = &choice.left;
            continue;
        }
        if let Some(path) = outside.paths.of(value)
            && let ["data", "input", field] = path[..]
        {
            return (!outside.own.sets(&path)).then(|| (field, value.span()));
        }
        value = inner(value)?;
    }
    None
}

/// What `value` is a member of, or a call of.
fn inner<'e, 'a>(value: &'e Expression<'a>) -> Option<&'e Expression<'a>> {
    match value {
        Expression::CallExpression(call) => Some(&call.callee),
        Expression::ChainExpression(chain) => match &chain.expression {
            ChainElement::CallExpression(call) => Some(&call.callee),
            _ => member(value).map(|(object, _)| object),
        },
        _ => member(value).map(|(object, _)| object),
    }
}

/// Whether what is added on the right stands in a host.
fn follows_host(sum: &BinaryExpression<'_>) -> bool {
    let is_sum = |sum: &BinaryExpression<'_>| sum.operator == BinaryOperator::Addition;
    let last = match &sum.left {
        Expression::BinaryExpression(left) if is_sum(left) => &left.right,
        left => left,
    };
    let text = match last {
        Expression::StringLiteral(text) => Some(text.value.as_str()),
        Expression::TemplateLiteral(template) => template.quasis.last().map(|text| text.value.raw.as_str()),
        _ => None,
    };
    is_sum(sum) && text.is_some_and(ends_in_host)
}

/// Whether `text` begins a URL and ends before its host does.
fn ends_in_host(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|host| !host.contains(['/', '?', '#', '\\']))
}

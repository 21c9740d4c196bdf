//! Code that needs a secret itself where it has a handle, which stands for the secret and is none (ruling C-05).
//!
//! Knows what tells something about a text, and what is computed from all of it. What only passes a handle on is no finding:
//! in a request the secret stands in its place.

use std::ops::Range;

use oxc_ast::AstKind;
use oxc_ast::ast::{Argument, BinaryExpression, BinaryOperator, CallExpression, Expression};
use oxc_span::{GetSpan, Span};

use super::paths::member;
use super::{Finding, Outside, Rules, finding};

/// Members of a text that tell something about its characters.
const TELLING: [&str; 25] = [
    "at",
    "charAt",
    "charCodeAt",
    "codePointAt",
    "endsWith",
    "includes",
    "indexOf",
    "lastIndexOf",
    "length",
    "localeCompare",
    "match",
    "matchAll",
    "normalize",
    "padEnd",
    "padStart",
    "replace",
    "replaceAll",
    "search",
    "slice",
    "split",
    "startsWith",
    "substr",
    "substring",
    "toLowerCase",
    "toUpperCase",
];

/// Functions that compute something of all that they are given, and at which of their arguments that is. A handle is
/// welcome as the key of an HMAC.
const COMPUTING: [(&[&str], usize); 5] = [
    (&["ld", "hash"], 1),
    (&["ld", "hmac"], 2),
    (&["crypto", "subtle", "digest"], 1),
    (&["crypto", "subtle", "sign"], 2),
    (&["crypto", "subtle", "verify"], 3),
];

/// Members of a `Buffer` that tell something about its bytes.
const TELLING_OF_BYTES: [&str; 9] = [
    "compare",
    "equals",
    "includes",
    "indexOf",
    "slice",
    "subarray",
    "toLocaleString",
    "toString",
    "write",
];

/// Members of a text of one character for each byte by which code makes bytes of it.
const MAKING_BYTES: [&str; 5] = ["at", "charAt", "charCodeAt", "codePointAt", "length"];

/// Encodings that bytes are decoded from.
const DECODING: [&str; 3] = ["base64", "base64url", "hex"];

/// Functions whose result holds the text that they are given first.
const KEEPING: [&[&str]; 6] = [
    &["atob"],
    &["Buffer", "from"],
    &["String"],
    &["btoa"],
    &["encodeURIComponent"],
    &["JSON", "stringify"],
];

/// Methods whose result holds the text that they are called on.
const KEEPING_METHODS: [&str; 4] = ["concat", "toString", "trim", "valueOf"];

/// Most expressions that are looked at to find what a call computes something of: names may stand for others over and over.
const MOST_STEPS: usize = 64;

/// Where a script looks into a handle, compares one, or computes something of one.
pub(super) fn inspected(outside: &Outside<'_, '_>, rules: &Rules) -> Vec<Finding> {
    if rules.handles.is_empty() {
        return Vec::new();
    }
    let handles = Handles { outside, rules };
    let accesses = outside.accesses.iter();
    let mut found: Vec<Finding> = accesses
        .filter(|access| access.name.is_none_or(|name| TELLING.contains(&name)))
        .filter_map(|access| {
            let handle = handles.at(&access.object)?;
            let why = "this reads the handle, not the secret that it stands for";
            Some(told(&handle, why, access.range.clone()))
        })
        .collect();
    for node in outside.script.semantic.nodes() {
        match node.kind() {
            AstKind::BinaryExpression(both) => {
                found.extend(handles.compared(both));
                let sides = [&both.left, &both.right].into_iter();
                found.extend(sides.filter_map(|side| handles.decoded_and_told(side)));
            }
            AstKind::CallExpression(call) => {
                found.extend(handles.computed(call));
                found.extend(handles.decoded_and_read(call));
            }
            AstKind::TemplateLiteral(template) => {
                let parts = template.expressions.iter();
                found.extend(parts.filter_map(|part| handles.decoded_and_told(part)));
            }
            _ => {}
        }
    }
    found
}

fn told(handle: &str, why: &str, range: Range<usize>) -> Finding {
    let message = format!("`{handle}` is a handle: {why}");
    let help = "pass it on as a whole; only code that has to compute with secrets says secrets = \"exposed\" under \
                [security]";
    finding("inspected-handle", range, message, help)
}

struct Handles<'o, 's, 'a> {
    outside: &'o Outside<'s, 'a>,
    rules: &'o Rules,
}

impl<'a> Handles<'_, '_, 'a> {
    /// What a script calls the handle at `path`, if there is one.
    fn at(&self, path: &[&'a str]) -> Option<String> {
        let field = match path {
            ["data", "auth", field] => field,
            ["secrets", field] if self.rules.aliases => field,
            _ => return None,
        };
        let is_handle = self.rules.handles.iter().any(|handle| handle == field) && !self.outside.own.sets(path);
        is_handle.then(|| path.join("."))
    }

    /// The handle that `expression` is.
    fn of(&self, expression: &Expression<'a>) -> Option<String> {
        // `a || b` may be either.
        if matches!(expression, Expression::LogicalExpression(_)) {
            return None;
        }
        self.at(&self.outside.paths.of(expression)?)
    }

    /// The handle that `value` is decoded from, and whether that gives a text, where else it gives bytes.
    fn decoded(&self, value: &Expression<'a>) -> Option<(String, bool)> {
        let value = match value {
            Expression::Identifier(name) => self.outside.script.constant(name)?,
            value => value,
        };
        let Expression::CallExpression(call) = value else {
            return None;
        };
        let path = self.outside.paths.of(&call.callee)?;
        let argument = |place: usize| call.arguments.get(place).and_then(Argument::as_expression);
        let is_text = match path[..] {
            ["atob"] => true,
            ["Buffer", "from"] => {
                let encoding = self.outside.script.quoted(argument(1)?)?;
                let encoding = self.outside.script.written(&encoding).to_ascii_lowercase();
                if !DECODING.contains(&encoding.as_str()) {
                    return None;
                }
                false
            }
            _ => return None,
        };
        let handle = self.of(argument(0)?).filter(|_| !self.outside.own.sets(&path))?;
        Some((handle, is_text))
    }

    /// A call that reads what is decoded of a handle. As the key of an HMAC it is welcome, and so is what makes bytes of it.
    fn decoded_and_read(&self, call: &CallExpression<'a>) -> Option<Finding> {
        let first = || call.arguments.first().and_then(Argument::as_expression);
        let (object, name) = member(&call.callee)?;
        let name = name?;
        if matches!(name, "decode" | "encode" | "parse") {
            return self.decoded_and_told(first()?);
        }
        let (handle, is_text) = self.decoded(object)?;
        let tells = match name {
            // Into its characters, of which code makes bytes.
            "split" => is_text && first().is_some_and(|by| !asks_whether_there_is(by)),
            name if is_text => TELLING.contains(&name) && !MAKING_BYTES.contains(&name),
            name => TELLING_OF_BYTES.contains(&name),
        };
        tells.then(|| self.told_of_decoded(&handle, object))
    }

    /// What is told where `value`, which something is made of, is decoded of a handle.
    fn decoded_and_told(&self, value: &Expression<'a>) -> Option<Finding> {
        let (handle, _) = self.decoded(value)?;
        Some(self.told_of_decoded(&handle, value))
    }

    fn told_of_decoded(&self, handle: &str, value: &Expression<'a>) -> Finding {
        let why = "what is decoded of it may be the key of an HMAC, and nothing else";
        told(handle, why, self.outside.script.range(value.span()))
    }

    /// A comparison that no handle is ever equal in. With nothing, and with a text without characters, it asks whether the
    /// secret is there.
    fn compared(&self, comparison: &BinaryExpression<'a>) -> Option<Finding> {
        let is_equality = matches!(
            comparison.operator,
            BinaryOperator::Equality
                | BinaryOperator::Inequality
                | BinaryOperator::StrictEquality
                | BinaryOperator::StrictInequality
        );
        if !is_equality {
            return None;
        }
        let (left, right) = (&comparison.left, &comparison.right);
        let sides = [(left, right), (right, left)].into_iter();
        let (handle, span) = sides
            .filter(|(_, other)| !asks_whether_there_is(other))
            .find_map(|(side, _)| Some((self.of(side)?, side.span())))?;
        let why = "this compares the handle, which is never equal to the secret that it stands for";
        Some(told(&handle, why, self.outside.script.range(span)))
    }

    /// A call that computes something of what holds a handle.
    fn computed(&self, call: &CallExpression<'a>) -> Option<Finding> {
        let path = self.outside.paths.of(&call.callee)?;
        let (_, place) = COMPUTING.iter().find(|(name, _)| **name == path[..])?;
        if self.outside.own.sets(&path) || call.arguments.iter().take(*place).any(Argument::is_spread) {
            return None;
        }
        let mut steps = MOST_STEPS;
        let (handle, span) = self.held(call.arguments.get(*place)?.as_expression()?, &mut steps)?;
        let why = "what is computed of it is nothing that the secret would give";
        Some(told(&handle, why, self.outside.script.range(span)))
    }

    /// A handle that stands in what `value` is made of, and where.
    fn held(&self, value: &Expression<'a>, steps: &mut usize) -> Option<(String, Span)> {
        *steps = steps.checked_sub(1)?;
        if let Some(handle) = self.of(value) {
            return Some((handle, value.span()));
        }
        match value {
            Expression::TemplateLiteral(template) => {
                template.expressions.iter().find_map(|part| self.held(part, steps))
            }
            Expression::BinaryExpression(sum) if sum.operator == BinaryOperator::Addition => {
                self.held(&sum.left, steps).or_else(|| self.held(&sum.right, steps))
            }
            Expression::CallExpression(call) => self.kept(call, steps),
            Expression::Identifier(name) => self.held(self.outside.script.constant(name)?, steps),
            _ => None,
        }
    }

    /// A handle that a call gets and does not hide.
    fn kept(&self, call: &CallExpression<'a>, steps: &mut usize) -> Option<(String, Span)> {
        let first = || call.arguments.first()?.as_expression();
        let callee = self.outside.paths.of(&call.callee);
        if callee.is_some_and(|path| KEEPING.contains(&&path[..]) && !self.outside.own.sets(&path)) {
            return self.held(first()?, steps);
        }
        let (object, name) = member(&call.callee)?;
        match (name?, object) {
            ("encode", Expression::NewExpression(_) | Expression::Identifier(_)) => self.held(first()?, steps),
            (name, object) if KEEPING_METHODS.contains(&name) => self.held(object, steps),
            _ => None,
        }
    }
}

/// Whether to compare with `other` is to ask if there is anything.
fn asks_whether_there_is(other: &Expression<'_>) -> bool {
    match other {
        Expression::StringLiteral(text) => text.value.is_empty(),
        Expression::TemplateLiteral(template) => {
            template.expressions.is_empty() && template.quasis.iter().all(|text| text.value.raw.is_empty())
        }
        Expression::NullLiteral(_) | Expression::BooleanLiteral(_) => true,
        Expression::Identifier(name) => name.name == "undefined",
        Expression::UnaryExpression(unary) => unary.operator.is_void(),
        _ => false,
    }
}

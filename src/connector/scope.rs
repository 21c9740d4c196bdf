//! One file being compiled: where its values stand, and what was found about them.

use std::cell::RefCell;
use std::ops::Range;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::diagnostics::{Diagnostic, Source};
use crate::document::{Kind, Member, Node, position_in_text};
use crate::template::{TemplateError, ValueTemplate};

/// One file being compiled.
pub(super) struct Scope<'a> {
    /// Its text.
    pub source: &'a Source<'a>,
    /// Its tree, in the shape of the document types.
    pub root: &'a Node,
    findings: RefCell<Vec<Diagnostic>>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(source: &'a Source<'a>, root: &'a Node) -> Self {
        Self {
            source,
            root,
            findings: RefCell::new(Vec::new()),
        }
    }

    pub(super) fn report(&self, finding: Diagnostic) {
        self.findings.borrow_mut().push(finding);
    }

    pub(super) fn error(&self, code: &'static str, span: Range<usize>, message: impl Into<String>) {
        self.report(self.source.error(code, span, message));
    }

    /// An error, and what to do about it.
    pub(super) fn refuse(
        &self,
        code: &'static str,
        span: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.report(self.source.error(code, span, message).help(help));
    }

    /// A warning, and what to do about it.
    pub(super) fn warn(
        &self,
        code: &'static str,
        span: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.report(self.source.warning(code, span, message).help(help));
    }

    /// Everything found so far.
    pub(super) fn into_findings(self) -> Vec<Diagnostic> {
        self.findings.into_inner()
    }

    /// The document type that a node stands for, unless a check has found the node broken.
    pub(super) fn document<T: DeserializeOwned>(&self, node: &Node) -> Option<T> {
        if node.is_broken() {
            return None;
        }
        serde_json::from_value(node.to_json())
            .map_err(|error| self.error("wrong-type", node.span.clone(), error.to_string()))
            .ok()
    }

    /// Where the byte at `offset` of a text is written; up to the end of its placeholder when one begins there.
    pub(super) fn within_text(&self, node: &Node, offset: usize) -> Range<usize> {
        let Some(text) = node.text() else {
            return node.span.clone();
        };
        let start = position_in_text(self.source.text(), &node.span, text, offset);
        let rest = self.source.text().get(start..node.span.end).unwrap_or_default();
        let length = match rest.find("}}") {
            Some(close) if rest.starts_with("{{") => close + 2,
            _ => rest.chars().next().map_or(0, char::len_utf8),
        };
        start..start + length
    }

    /// Where a text mentions `name` inside of braces.
    pub(super) fn mention(&self, node: &Node, name: &str) -> Range<usize> {
        let text = node.text().unwrap_or_default();
        let is_part = |character: char| character.is_ascii_alphanumeric() || character == '_';
        let mentioned = text.match_indices(name).map(|(at, _)| at).find(|at| {
            let inside = text[..*at].rfind('{') > text[..*at].rfind('}');
            inside && !text[..*at].ends_with(is_part) && !text[at + name.len()..].starts_with(is_part)
        });
        let Some(at) = mentioned else { return node.span.clone() };
        let start = position_in_text(self.source.text(), &node.span, text, at);
        start..start + name.len()
    }

    /// Compiles a value whose texts may hold placeholders; reports every text that does not compile.
    pub(super) fn template(&self, node: &Node) -> Option<ValueTemplate> {
        let mut sound = true;
        for member in members(node) {
            sound &= self.plain_key(member);
        }
        for text in texts(node) {
            if let Err(error) = ValueTemplate::compile(&text.to_json()) {
                self.template_error(text, &error);
                sound = false;
            }
        }
        if !sound {
            return None;
        }
        ValueTemplate::compile(&node.to_json())
            .map_err(|error| self.template_error(node, &error))
            .ok()
    }

    /// Whether a key holds no placeholder; reports it if it does.
    pub(super) fn plain_key(&self, member: &Member) -> bool {
        let plain = !member.key.contains("{{");
        if !plain {
            let message = format!("the key `{}` holds a placeholder: only values can", member.key);
            self.error("bad-template", member.key_span.clone(), message);
        }
        plain
    }

    /// Reports an error of a template that was compiled from `node`.
    pub(super) fn template_error(&self, node: &Node, error: &TemplateError) {
        let text = node.nearest(&error.pointer);
        self.error(
            "bad-template",
            self.within_text(text, error.offset),
            error.message.clone(),
        );
    }
}

/// Every member of every table in a value.
fn members(node: &Node) -> Vec<&Member> {
    match &node.kind {
        Kind::List(items) => items.iter().flat_map(members).collect(),
        Kind::Table(table) => table
            .iter()
            .flat_map(|member| std::iter::once(member).chain(members(&member.value)))
            .collect(),
        _ => Vec::new(),
    }
}

/// Every text in a value.
pub(super) fn texts(node: &Node) -> Vec<&Node> {
    match &node.kind {
        Kind::Text(_) => vec![node],
        Kind::List(items) => items.iter().flat_map(texts).collect(),
        Kind::Table(members) => members.iter().flat_map(|member| texts(&member.value)).collect(),
        _ => Vec::new(),
    }
}

/// A value as JSON when it is there.
pub(super) fn json(node: Option<&Node>) -> Value {
    node.map_or(Value::Null, Node::to_json)
}

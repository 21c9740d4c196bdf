//! Members that a script reads, sets or asks for, of what comes from outside of it.
//!
//! `ld.log`, `ld["log"]` and `const { log } = ld` are the same here. Must never know which members there are.

use std::borrow::Cow;
use std::ops::Range;

use oxc_ast::AstKind;
use oxc_ast::ast::{
    AssignmentTarget, AssignmentTargetProperty, BindingPattern, Expression, ObjectPattern, PropertyKey,
};
use oxc_semantic::NodeId;
use oxc_span::{GetSpan, Span};

use super::paths::{Path, Paths, joined, taking_apart};
use super::tree::Script;
use super::usage::Usage;

/// A member that a script names.
pub(super) struct Access<'a> {
    pub object: Path<'a>,
    /// Nothing where the name is known only when the script runs.
    pub name: Option<&'a str>,
    /// The name where it is written, without quotes; the bracket before one that is computed.
    pub range: Range<usize>,
    pub usage: Usage<'a>,
}

/// All members that `script` names, of what `paths` knows.
pub(super) fn all<'a>(script: &Script<'a>, paths: &Paths<'_, 'a>) -> Vec<Access<'a>> {
    let mut accesses = Accesses {
        script,
        paths,
        found: Vec::new(),
    };
    for node in script.semantic.nodes() {
        accesses.add(node.id(), node.kind());
    }
    accesses.found
}

struct Accesses<'s, 'a> {
    script: &'s Script<'a>,
    paths: &'s Paths<'s, 'a>,
    found: Vec<Access<'a>>,
}

impl<'a> Accesses<'_, 'a> {
    /// What the node `id` names.
    fn add(&mut self, id: NodeId, kind: AstKind<'a>) {
        match kind {
            AstKind::StaticMemberExpression(member) => {
                let name = Some(member.property.name.as_str());
                self.member(
                    id,
                    member.span,
                    &member.object,
                    name,
                    self.script.range(member.property.span),
                );
            }
            AstKind::ComputedMemberExpression(member) => {
                let text = self.script.quoted(&member.expression);
                let name = member.static_property_name().map(|name| name.as_str());
                let (name, range) = match (name, text) {
                    // A name with escapes is looked at by nobody.
                    (Some(name), Some(range)) if self.script.written(&range) == name => (Some(name), range),
                    (Some(_), _) => return,
                    (None, _) => (None, self.bracket(member.object.span(), member.expression.span())),
                };
                self.member(id, member.span, &member.object, name, range);
            }
            AstKind::VariableDeclarator(declared) => self.taken(&declared.id, declared.init.as_ref()),
            AstKind::FormalParameter(parameter) => {
                self.taken(&parameter.pattern, parameter.initializer.as_deref());
            }
            AstKind::AssignmentExpression(assignment) => {
                if let AssignmentTarget::ObjectAssignmentTarget(pattern) = &assignment.left
                    && let Some(object) = self.paths.of(&assignment.right)
                {
                    for property in &pattern.properties {
                        let (name, span) = match property {
                            AssignmentTargetProperty::AssignmentTargetPropertyIdentifier(property) => {
                                (property.binding.name.as_str(), property.binding.span)
                            }
                            AssignmentTargetProperty::AssignmentTargetPropertyProperty(property) => {
                                let Some(Cow::Borrowed(name)) = property.name.static_name() else {
                                    continue;
                                };
                                (name, property.name.span())
                            }
                        };
                        self.read(object.clone(), name, self.script.range(span), Usage::PassedOn);
                    }
                }
            }
            _ => {}
        }
    }

    fn member(&mut self, id: NodeId, span: Span, object: &Expression<'a>, name: Option<&'a str>, range: Range<usize>) {
        if let Some(object) = self.paths.of(object) {
            let usage = match self.script.semantic.nodes().parent_kind(id) {
                AstKind::VariableDeclarator(declared) if declared.id.is_binding_identifier() => {
                    self.named(&declared.id)
                }
                around => Usage::of(around, span),
            };
            self.found.push(Access {
                object,
                name,
                range,
                usage,
            });
        }
    }

    /// Where the bracket stands between an object and what is in the brackets.
    fn bracket(&self, object: Span, inside: Span) -> Range<usize> {
        let between = self.script.range(Span::new(object.end, inside.start));
        let bracket = self.script.written(&between).rfind('[').unwrap_or_default();
        let at = between.start + bracket;
        at..at + 1
    }

    /// The members that `pattern` takes out of `value`.
    fn taken(&mut self, pattern: &BindingPattern<'a>, value: Option<&Expression<'a>>) {
        if let Some(pattern) = taking_apart(pattern)
            && let Some(object) = value.and_then(|value| self.paths.of(value))
        {
            self.taken_apart(pattern, &object);
        }
    }

    fn taken_apart(&mut self, pattern: &ObjectPattern<'a>, object: &Path<'a>) {
        for property in &pattern.properties {
            let Some(Cow::Borrowed(name)) = property.key.static_name() else {
                continue;
            };
            let range = match &property.key {
                PropertyKey::StaticIdentifier(name) => Some(self.script.range(name.span)),
                key => key.as_expression().and_then(|text| self.script.quoted(text)),
            };
            if let Some(range) = range {
                self.read(object.clone(), name, range, self.named(&property.value));
            }
            // Deeper than any rule looks there is nothing to find.
            if let Some(inner) = taking_apart(&property.value).filter(|_| object.len() < super::paths::MOST_MEMBERS) {
                self.taken_apart(inner, &joined(object, name));
            }
        }
    }

    /// What is done with a member that `pattern` gives a name: it is tested where that name is asked whether it is there.
    fn named(&self, pattern: &BindingPattern<'a>) -> Usage<'a> {
        let name = match pattern {
            BindingPattern::BindingIdentifier(name) => name,
            BindingPattern::AssignmentPattern(with_default) => return self.named(&with_default.left),
            BindingPattern::ObjectPattern(_) | BindingPattern::ArrayPattern(_) => return Usage::PassedOn,
        };
        let (nodes, scoping) = (self.script.semantic.nodes(), self.script.semantic.scoping());
        // Of a name that is declared over and over, all uses would be looked at each time.
        let symbol = name.symbol_id.get();
        let symbol = symbol.filter(|symbol| scoping.symbol_redeclarations(*symbol).is_empty());
        let mut references = symbol
            .into_iter()
            .flat_map(|symbol| scoping.get_resolved_references(symbol));
        let is_asked = references.any(|reference| {
            let id = reference.node_id();
            Usage::of(nodes.parent_kind(id), nodes.kind(id).span()).asks()
        });
        if is_asked { Usage::Tested } else { Usage::PassedOn }
    }

    fn read(&mut self, object: Path<'a>, name: &'a str, range: Range<usize>, usage: Usage<'a>) {
        if self.script.written(&range) == name {
            self.found.push(Access {
                object,
                name: Some(name),
                range,
                usage,
            });
        }
    }
}

//! What names and expressions stand for: a global name and the members on the way from it, such as `data.auth.key`.
//!
//! Follows the names that a script gives to such values, as in `const { key } = data.auth`, and no others. Must never know
//! a rule.

use std::borrow::Cow;
use std::collections::HashMap;

use oxc_ast::AstKind;
use oxc_ast::ast::{BindingPattern, ChainElement, Expression, IdentifierReference, LogicalOperator, ObjectPattern};
use oxc_semantic::{Scoping, SymbolId};

use super::tree::Script;

/// A global name and members. Members of the global object are global names: `globalThis.fetch` is `fetch`.
pub(super) type Path<'a> = Vec<&'a str>;

/// Most members that are followed: no rule is about more.
pub(super) const MOST_MEMBERS: usize = 4;

/// The global object.
pub(super) const GLOBAL_OBJECT: &str = "globalThis";

/// What the names of a script stand for.
pub(super) struct Paths<'s, 'a> {
    scoping: &'s Scoping,
    constants: HashMap<SymbolId, Path<'a>>,
}

impl<'s, 'a> Paths<'s, 'a> {
    pub(super) fn new(script: &'s Script<'a>) -> Self {
        let mut paths = Self {
            scoping: script.semantic.scoping(),
            constants: HashMap::new(),
        };
        // In the order of the source: a name stands for something from its declaration on.
        for node in script.semantic.nodes() {
            if let AstKind::VariableDeclarator(declared) = node.kind()
                && let Some(value) = &declared.init
                && let Some(path) = paths.of(value)
            {
                paths.name(&declared.id, path);
            }
        }
        paths
    }

    /// What `expression` stands for; of `a || b` what `a` stands for.
    pub(super) fn of(&self, expression: &Expression<'a>) -> Option<Path<'a>> {
        let mut members = Vec::new();
        let mut object = expression;
        loop {
            match object {
                Expression::Identifier(name) => {
                    let path = self.of_name(name)?.into_iter();
                    return Some(normal(path.chain(members.into_iter().rev()).collect()));
                }
                Expression::LogicalExpression(choice) if choice.operator != LogicalOperator::And => {
                    object = &choice.left;
                }
                _ => {
                    let (of, member) = member(object)?;
                    members.push(member?);
                    object = of;
                }
            }
            if members.len() > MOST_MEMBERS {
                return None;
            }
        }
    }

    /// What `name` stands for where it is used.
    pub(super) fn of_name(&self, name: &IdentifierReference<'a>) -> Option<Path<'a>> {
        let reference = self.scoping.get_reference(name.reference_id.get()?);
        let Some(declared) = reference.symbol_id() else {
            let is_global_object = matches!(name.name.as_str(), "self" | "global");
            return Some(vec![if is_global_object {
                GLOBAL_OBJECT
            } else {
                name.name.as_str()
            }]);
        };
        self.constants.get(&declared).cloned()
    }

    /// Has the names in `pattern` stand for what they are of `path`.
    fn name(&mut self, pattern: &BindingPattern<'a>, path: Path<'a>) {
        match pattern {
            BindingPattern::BindingIdentifier(name) => {
                let Some(symbol) = name.symbol_id.get() else { return };
                let is_constant =
                    !self.scoping.symbol_is_mutated(symbol) && self.scoping.symbol_redeclarations(symbol).is_empty();
                if is_constant {
                    self.constants.insert(symbol, path);
                }
            }
            BindingPattern::AssignmentPattern(with_default) => self.name(&with_default.left, path),
            BindingPattern::ObjectPattern(object) if path.len() <= MOST_MEMBERS => {
                for property in &object.properties {
                    if let Some(Cow::Borrowed(member)) = property.key.static_name() {
                        self.name(&property.value, joined(&path, member));
                    }
                }
            }
            BindingPattern::ObjectPattern(_) | BindingPattern::ArrayPattern(_) => {}
        }
    }
}

/// The pattern in `pattern` that takes an object apart, if it is one.
pub(super) fn taking_apart<'p, 'a>(pattern: &'p BindingPattern<'a>) -> Option<&'p ObjectPattern<'a>> {
    match pattern {
        BindingPattern::ObjectPattern(object) => Some(object),
        BindingPattern::AssignmentPattern(with_default) => taking_apart(&with_default.left),
        BindingPattern::BindingIdentifier(_) | BindingPattern::ArrayPattern(_) => None,
    }
}

/// The member `name` of what `path` stands for.
pub(super) fn joined<'a>(path: &[&'a str], name: &'a str) -> Path<'a> {
    normal(path.iter().copied().chain([name]).collect())
}

fn normal(mut path: Path<'_>) -> Path<'_> {
    if path.len() > 1 && path[0] == GLOBAL_OBJECT {
        path.remove(0);
    }
    path
}

/// The object and the name of a member, if `expression` is one; no name where that is computed.
pub(super) fn member<'e, 'a>(expression: &'e Expression<'a>) -> Option<(&'e Expression<'a>, Option<&'a str>)> {
    let member = match expression {
        Expression::ChainExpression(chain) => match &chain.expression {
            ChainElement::CallExpression(_) | ChainElement::TSNonNullExpression(_) => return None,
            element => element.as_member_expression(),
        },
        _ => expression.as_member_expression(),
    }?;
    Some((member.object(), member.static_property_name()))
}

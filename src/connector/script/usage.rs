//! What is done with a name or a member where it stands.
//!
//! Looks at what stands around it, one step up in the tree. Must never know which names there are.

use std::borrow::Cow;

use oxc_ast::AstKind;
use oxc_ast::ast::{BinaryOperator, PropertyKey, UnaryOperator};
use oxc_span::{GetSpan, Span};

use super::paths::taking_apart;

/// What is done with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Usage<'a> {
    /// It is called, also with `new`; `is_optional`: only if it is there.
    Called { is_optional: bool },
    /// These members are read; one that is computed has no name.
    Read {
        members: Vec<Option<&'a str>>,
        is_optional: bool,
    },
    /// Something inherits from it, or is asked whether it does.
    Inherited,
    /// Whether it is true decides what happens.
    Tested,
    /// Anything else: its value goes somewhere.
    PassedOn,
    /// Whether it is there is asked, with `typeof`.
    Asked,
    /// It gets a value, or is deleted.
    Set,
}

impl<'a> Usage<'a> {
    /// What the node around the one at `span` does with it.
    pub(super) fn of(around: AstKind<'a>, span: Span) -> Self {
        let is = |one: &dyn GetSpan| one.span() == span;
        match around {
            AstKind::CallExpression(call) if is(&call.callee) => Self::Called {
                is_optional: call.optional,
            },
            AstKind::NewExpression(made) if is(&made.callee) => Self::Called { is_optional: false },
            AstKind::TaggedTemplateExpression(template) if is(&template.tag) => Self::Called { is_optional: false },
            // As in `(0, eval)('1')`, which is how bundles call what must not be a method.
            AstKind::SequenceExpression(all) if all.expressions.last().is_some_and(|last| is(last)) => {
                Self::Called { is_optional: false }
            }
            AstKind::StaticMemberExpression(member) => Self::Read {
                members: vec![Some(member.property.name.as_str())],
                is_optional: member.optional,
            },
            AstKind::ComputedMemberExpression(member) if is(&member.object) => Self::Read {
                members: vec![member.static_property_name().map(|name| name.as_str())],
                is_optional: member.optional,
            },
            AstKind::VariableDeclarator(declared) => match taking_apart(&declared.id) {
                Some(pattern) => Self::Read {
                    members: pattern.properties.iter().map(|property| name(&property.key)).collect(),
                    is_optional: false,
                },
                None => Self::PassedOn,
            },
            AstKind::Class(class) if class.heritage.as_ref().is_some_and(|parent| is(&parent.expression)) => {
                Self::Inherited
            }
            AstKind::BinaryExpression(comparison)
                if comparison.operator == BinaryOperator::Instanceof && is(&comparison.right) =>
            {
                Self::Inherited
            }
            AstKind::UnaryExpression(unary) => match unary.operator {
                UnaryOperator::Typeof => Self::Asked,
                UnaryOperator::Delete => Self::Set,
                UnaryOperator::LogicalNot => Self::Tested,
                _ => Self::PassedOn,
            },
            AstKind::IfStatement(choice) if is(&choice.test) => Self::Tested,
            AstKind::ConditionalExpression(choice) if is(&choice.test) => Self::Tested,
            AstKind::LogicalExpression(choice) if is(&choice.left) => Self::Tested,
            AstKind::AssignmentExpression(assignment) if is(&assignment.left) => Self::Set,
            AstKind::AssignmentTargetWithDefault(target) if is(&target.binding) => Self::Set,
            AstKind::AssignmentTargetPropertyProperty(property) if is(&property.binding) => Self::Set,
            AstKind::ForInStatement(each) if is(&each.left) => Self::Set,
            AstKind::ForOfStatement(each) if is(&each.left) => Self::Set,
            AstKind::UpdateExpression(_) | AstKind::ArrayAssignmentTarget(_) | AstKind::AssignmentTargetRest(_) => {
                Self::Set
            }
            _ => Self::PassedOn,
        }
    }

    /// Whether this asks if there is something, before it is used.
    pub(super) fn asks(&self) -> bool {
        match self {
            Self::Called { is_optional } | Self::Read { is_optional, .. } => *is_optional,
            Self::Tested | Self::Asked => true,
            Self::PassedOn | Self::Inherited | Self::Set => false,
        }
    }

    /// Whether a member that is used so need not be there.
    pub(super) fn may_find_nothing(&self) -> bool {
        self.asks() || *self == Self::PassedOn
    }
}

fn name<'a>(key: &PropertyKey<'a>) -> Option<&'a str> {
    match key.static_name() {
        Some(Cow::Borrowed(name)) => Some(name),
        _ => None,
    }
}

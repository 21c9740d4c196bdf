//! One JMESPath expression.

use std::fmt;

use jmespath::ast::{Ast, Comparator};
use jmespath::{Context, ErrorReason, Expression, JmespathError, Rcvar, RuntimeError, Variable};
use serde_json::Value;

use super::{MappingError, nesting};

/// Longest expression in bytes.
const LONGEST: usize = 16 * 1024;

/// Most values that one expression may return. Nothing loops in JMESPath, but `[@, @] | [@, @] | …` doubles.
const LARGEST_RESULT: usize = 10_000_000;

/// Farthest that a slice may begin, end or step: the interpreter adds them up in 32 bits.
const FARTHEST: i32 = 1_000_000_000;

/// A compiled expression.
pub(super) struct Program(Expression<'static>);

impl fmt::Debug for Program {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Program").field(&self.0.as_str()).finish()
    }
}

impl Program {
    pub(super) fn compile(source: &str) -> Result<Self, MappingError> {
        if source.trim().is_empty() {
            return Err(MappingError::at(0, "the expression is empty: `@` is the whole answer"));
        }
        if source.len() > LONGEST {
            return Err(MappingError::at(
                LONGEST,
                format!("the expression is longer than {LONGEST} bytes"),
            ));
        }
        nesting::check(source)?;
        let expression = jmespath::compile(source).map_err(|error| MappingError {
            pointer: String::new(),
            offset: error.offset.min(source.len()),
            message: format!("`{source}` is not a JMESPath expression: {}", reason(&error)),
        })?;
        check(expression.as_ast())?;
        Ok(Self(expression))
    }

    /// Whether it is a comparison of sizes.
    pub(super) fn compares_sizes(&self) -> bool {
        matches!(self.0.as_ast(), Ast::Comparison { comparator, .. } if is_of_sizes(comparator))
    }

    /// The same program with each side of a comparison of sizes read as a number, also within conditions.
    pub(super) fn of_numbers(self) -> Self {
        let syntax = of_numbers(self.0.as_ast().clone());
        Self(Expression::new(self.0.as_str(), syntax, &jmespath::DEFAULT_RUNTIME))
    }

    pub(super) fn syntax(&self) -> &Ast {
        self.0.as_ast()
    }

    pub(super) fn apply(&self, data: &Rcvar) -> Result<Value, MappingError> {
        let source = self.0.as_str();
        let mut context = Context::new(source, &jmespath::DEFAULT_RUNTIME);
        let found = jmespath::interpret(data, self.0.as_ast(), &mut context).map_err(|error| {
            let message = format!("`{source}` does not fit the answer: {}", reason(&error));
            MappingError::at(context.offset, message)
        })?;
        if !fits(&found, &mut LARGEST_RESULT.clone()) {
            return Err(MappingError::at(
                0,
                format!("`{source}` makes more than {LARGEST_RESULT} values"),
            ));
        }
        Ok(json(&found))
    }
}

fn is_of_sizes(comparator: &Comparator) -> bool {
    !matches!(comparator, Comparator::Equal | Comparator::NotEqual)
}

/// `syntax` with each side of a comparison of sizes read as a number, as far as it is made of conditions.
fn of_numbers(syntax: Ast) -> Ast {
    let within = |part: Box<Ast>| Box::new(of_numbers(*part));
    match syntax {
        Ast::And { offset, lhs, rhs } => Ast::And {
            offset,
            lhs: within(lhs),
            rhs: within(rhs),
        },
        Ast::Or { offset, lhs, rhs } => Ast::Or {
            offset,
            lhs: within(lhs),
            rhs: within(rhs),
        },
        Ast::Not { offset, node } => Ast::Not {
            offset,
            node: within(node),
        },
        Ast::Comparison {
            offset,
            comparator,
            lhs,
            rhs,
        } if is_of_sizes(&comparator) => {
            let number = |side: Box<Ast>| {
                Box::new(Ast::Function {
                    offset,
                    name: "to_number".to_owned(),
                    args: vec![*side],
                })
            };
            Ast::Comparison {
                offset,
                comparator,
                lhs: number(lhs),
                rhs: number(rhs),
            }
        }
        other => other,
    }
}

/// Why an expression does not compile or fit, in this project's words: types and counts, never values.
fn reason(error: &JmespathError) -> String {
    match &error.reason {
        ErrorReason::Parse(reason) => reason.clone(),
        ErrorReason::Runtime(RuntimeError::InvalidType {
            expected,
            actual,
            position,
        }) => format!("parameter {} is {actual}, not {expected}", position + 1),
        ErrorReason::Runtime(RuntimeError::InvalidReturnType {
            expected,
            actual,
            invocation,
            ..
        }) => format!(
            "element {invocation} gives {actual}, not {}",
            expected.replace("expression->", "")
        ),
        ErrorReason::Runtime(reason) => reason.to_string(),
    }
}

/// Whether `variable` holds no more values than are left. Counted before anything is copied: what the interpreter
/// shares becomes separate in JSON.
fn fits(variable: &Variable, left: &mut usize) -> bool {
    let Some(fewer) = left.checked_sub(1) else { return false };
    *left = fewer;
    match variable {
        Variable::Array(elements) => elements.iter().all(|element| fits(element, left)),
        Variable::Object(members) => members.values().all(|member| fits(member, left)),
        _ => true,
    }
}

fn json(variable: &Variable) -> Value {
    match variable {
        // References are refused where they could become part of a result.
        Variable::Null | Variable::Expref(_) => Value::Null,
        Variable::String(text) => Value::String(text.clone()),
        Variable::Bool(value) => Value::Bool(*value),
        Variable::Number(number) => Value::Number(number.clone()),
        Variable::Array(elements) => elements.iter().map(|element| json(element)).collect(),
        Variable::Object(members) => members
            .iter()
            .map(|(key, member)| (key.clone(), json(member)))
            .collect(),
    }
}

/// How many parameters each function takes; `None` for any number beyond the first.
const FUNCTIONS: [(&str, Option<usize>); 26] = [
    ("abs", Some(1)),
    ("avg", Some(1)),
    ("ceil", Some(1)),
    ("contains", Some(2)),
    ("ends_with", Some(2)),
    ("floor", Some(1)),
    ("join", Some(2)),
    ("keys", Some(1)),
    ("length", Some(1)),
    ("map", Some(2)),
    ("max", Some(1)),
    ("max_by", Some(2)),
    ("merge", None),
    ("min", Some(1)),
    ("min_by", Some(2)),
    ("not_null", None),
    ("reverse", Some(1)),
    ("sort", Some(1)),
    ("sort_by", Some(2)),
    ("starts_with", Some(2)),
    ("sum", Some(1)),
    ("to_array", Some(1)),
    ("to_number", Some(1)),
    ("to_string", Some(1)),
    ("type", Some(1)),
    ("values", Some(1)),
];

/// Finds what the interpreter would find only when an answer arrives.
fn check(syntax: &Ast) -> Result<(), MappingError> {
    match syntax {
        Ast::Function { offset, name, args } => {
            // The tree points at the bracket; people look for the name before it.
            let offset = offset.saturating_sub(name.len());
            check_call(name, args.len(), offset)?;
            args.iter().try_for_each(|argument| match argument {
                Ast::Expref { ast, .. } => check(ast),
                argument => check(argument),
            })
        }
        Ast::Expref { offset, .. } => Err(MappingError::at(
            *offset,
            "`&` makes a reference, which only functions such as `sort_by` can use",
        )),
        Ast::Slice {
            offset,
            start,
            stop,
            step,
        } => {
            if *step == 0 {
                return Err(MappingError::at(*offset, "a slice cannot step by 0"));
            }
            let numbers = [start.unwrap_or(0), stop.unwrap_or(0), *step];
            if numbers.iter().any(|number| number.abs() > FARTHEST) {
                return Err(MappingError::at(
                    *offset,
                    format!("a slice's numbers cannot be beyond {FARTHEST}"),
                ));
            }
            Ok(())
        }
        Ast::Comparison { lhs, rhs, .. }
        | Ast::Projection { lhs, rhs, .. }
        | Ast::And { lhs, rhs, .. }
        | Ast::Or { lhs, rhs, .. }
        | Ast::Subexpr { lhs, rhs, .. } => check(lhs).and_then(|()| check(rhs)),
        Ast::Condition { predicate, then, .. } => check(predicate).and_then(|()| check(then)),
        Ast::Flatten { node, .. } | Ast::Not { node, .. } | Ast::ObjectValues { node, .. } => check(node),
        Ast::MultiList { elements, .. } => elements.iter().try_for_each(check),
        Ast::MultiHash { elements, .. } => elements.iter().try_for_each(|element| check(&element.value)),
        Ast::Identity { .. } | Ast::Field { .. } | Ast::Index { .. } | Ast::Literal { .. } => Ok(()),
    }
}

fn check_call(name: &str, given: usize, offset: usize) -> Result<(), MappingError> {
    let Some((_, wanted)) = FUNCTIONS.iter().find(|(known, _)| *known == name) else {
        let known = FUNCTIONS.map(|(known, _)| known).join(", ");
        return Err(MappingError::at(
            offset,
            format!("there is no function `{name}`; there are {known}"),
        ));
    };
    match wanted {
        Some(wanted) if *wanted != given => Err(MappingError::at(
            offset,
            format!("`{name}` takes {wanted} parameters, not {given}"),
        )),
        None if given == 0 => Err(MappingError::at(
            offset,
            format!("`{name}` takes at least one parameter"),
        )),
        _ => Ok(()),
    }
}

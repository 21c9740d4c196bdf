//! Putting violations into words that a model can act on: what is expected, what was found.

use std::collections::HashSet;

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde_json::Value;

use super::{Violation, pointer_segment};
use crate::diagnostics::is_disruptive;

/// Longest quotation, in characters.
const LONGEST_QUOTE: usize = 80;

/// Longest pointer, in characters.
const LONGEST_POINTER: usize = 300;

/// Most allowed values or unknown properties that one message lists.
const MOST_LISTED: usize = 30;

/// Most alternatives that one message explains.
const MOST_ALTERNATIVES: usize = 4;

/// Whether found values may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    /// Short ones are quoted.
    Values,
    /// Only their types are named.
    Types,
}

/// Puts the violations of one schema into words.
pub(super) struct Describer<'a> {
    document: &'a Value,
    hidden: Option<&'a HashSet<String>>,
    quoting: Quoting,
}

impl<'a> Describer<'a> {
    pub(super) fn new(document: &'a Value, hidden: &'a HashSet<String>, quoting: Quoting) -> Self {
        Self {
            document,
            hidden: Some(hidden),
            quoting,
        }
    }

    /// For errors in a schema document itself: they hold no secrets.
    pub(super) fn of_schema() -> Self {
        Self {
            document: &Value::Null,
            hidden: None,
            quoting: Quoting::Values,
        }
    }

    /// The violations that one error in `instance` stands for: at least one.
    pub(super) fn violations(&self, error: &ValidationError<'_>, instance: &Value) -> Vec<Violation> {
        let pointer = error.instance_path().as_str();
        match error.kind() {
            // How the validator reports `"additionalProperties": false` beside no properties at all: once, without
            // a name.
            ValidationErrorKind::FalseSchema
                if error.schema_path().as_str().ends_with("/additionalProperties")
                    && let Some(Value::Object(members)) = instance.pointer(pointer) =>
            {
                members
                    .keys()
                    .take(MOST_LISTED)
                    .map(|name| self.unknown(error, name))
                    .collect()
            }
            ValidationErrorKind::AdditionalProperties { unexpected }
            | ValidationErrorKind::UnevaluatedProperties { unexpected } => unexpected
                .iter()
                .take(MOST_LISTED)
                .map(|name| self.unknown(error, name))
                .collect(),
            _ => vec![Violation {
                pointer: shown_pointer(pointer),
                message: self.describe(error),
            }],
        }
    }

    fn unknown(&self, error: &ValidationError<'_>, name: &str) -> Violation {
        Violation {
            pointer: shown_pointer(&(error.instance_path().as_str().to_owned() + &pointer_segment(name))),
            message: self.unknown_property(error, name),
        }
    }

    /// One error on one line.
    pub(super) fn describe(&self, error: &ValidationError<'_>) -> String {
        use ValidationErrorKind as Kind;
        let found = self.found(error);
        match error.kind() {
            Kind::Required { property } => format!("the required property {} is missing", quote(property)),
            Kind::Type { kind } => format!("expected {}, got {found}", types(kind)),
            Kind::Enum { options } => format!("expected one of {}, got {found}", list(options)),
            Kind::Constant { expected_value } => format!("expected {}, got {found}", quote(expected_value)),
            Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
                let names: Vec<_> = unexpected.iter().take(MOST_LISTED).map(|name| cut(name)).collect();
                format!("unknown properties: {}", names.join(", "))
            }
            Kind::Minimum { limit } => format!("expected at least {limit}, got {found}"),
            Kind::Maximum { limit } => format!("expected at most {limit}, got {found}"),
            Kind::ExclusiveMinimum { limit } => format!("expected more than {limit}, got {found}"),
            Kind::ExclusiveMaximum { limit } => format!("expected less than {limit}, got {found}"),
            Kind::MultipleOf { multiple_of } => format!("expected a multiple of {multiple_of}, got {found}"),
            Kind::MinLength { limit } => format!("expected at least {limit} characters, got {found}"),
            Kind::MaxLength { limit } => format!("expected at most {limit} characters, got {found}"),
            Kind::MinItems { limit } => format!("expected at least {limit} elements, got {found}"),
            Kind::MaxItems { limit } => format!("expected at most {limit} elements, got {found}"),
            Kind::MinProperties { limit } => format!("expected at least {limit} properties, got {found}"),
            Kind::MaxProperties { limit } => format!("expected at most {limit} properties, got {found}"),
            Kind::AdditionalItems { limit } => format!("expected at most {limit} elements, got {found}"),
            Kind::UnevaluatedItems { .. } => "some elements are not allowed".to_owned(),
            Kind::UniqueItems => "expected different elements, got equal ones".to_owned(),
            Kind::Contains => "none of the elements is of the expected kind".to_owned(),
            Kind::Pattern { pattern } => format!("expected text that matches {}, got {found}", cut(pattern)),
            Kind::Format { format } => format!("expected {}, got {found}", cut(format)),
            Kind::PropertyNames { error } => format!("a property's name is not allowed: {}", self.describe(error)),
            Kind::AnyOf { context } | Kind::OneOfNotValid { context } => self.alternatives(context),
            Kind::OneOfMultipleValid { .. } => "fits several of the alternatives, of which one must fit".to_owned(),
            Kind::Not { .. } => format!("{found} is excluded"),
            Kind::FalseSchema => "nothing is allowed here".to_owned(),
            Kind::BacktrackLimitExceeded { .. } | Kind::RegexEngineFailure { .. } => {
                "the pattern takes too long to match against this text".to_owned()
            }
            Kind::ContentEncoding { content_encoding: kind }
            | Kind::ContentMediaType {
                content_media_type: kind,
            } => {
                format!("expected text that is {}", cut(kind))
            }
            Kind::FromUtf8 { .. } => "expected text in UTF-8".to_owned(),
            Kind::Custom { message, .. } => cut(message),
            Kind::Referencing(error) => one_line(&format!("a reference leads nowhere: {error}")),
        }
    }

    fn alternatives(&self, context: &[Vec<ValidationError<'_>>]) -> String {
        let branches: Vec<_> = context
            .iter()
            .filter_map(|errors| errors.first())
            .take(MOST_ALTERNATIVES)
            .map(|error| match error.kind() {
                // Alternatives within alternatives would multiply.
                ValidationErrorKind::AnyOf { .. } | ValidationErrorKind::OneOfNotValid { .. } => {
                    "fits none of its alternatives".to_owned()
                }
                _ => self.describe(error),
            })
            .collect();
        let more = if context.len() > MOST_ALTERNATIVES { "; …" } else { "" };
        format!(
            "fits none of {} alternatives: {}{more}",
            context.len(),
            branches.join("; or ")
        )
    }

    fn unknown_property(&self, error: &ValidationError<'_>, name: &str) -> String {
        let name = cut(name);
        let schema = error
            .schema_path()
            .as_str()
            .rsplit_once('/')
            .and_then(|(parent, _)| self.document.pointer(parent));
        let properties = schema
            .and_then(|schema| schema.get("properties"))
            .and_then(Value::as_object);
        let known: Vec<&str> = properties
            .into_iter()
            .flat_map(|known| known.keys().map(String::as_str))
            .collect();
        let alike = |candidate: &&&str| strsim::jaro_winkler(&name, candidate);
        match known.iter().max_by(|a, b| alike(a).total_cmp(&alike(b))) {
            None => format!("`{name}` is not a known property; there are none"),
            Some(near) if alike(&near) > 0.8 => format!("`{name}` is not a known property, did you mean `{near}`?"),
            Some(_) => {
                let listed = known.iter().take(MOST_LISTED).copied().collect::<Vec<_>>().join("`, `");
                format!("`{name}` is not a known property; there are `{listed}`")
            }
        }
    }

    /// What stands where the error is, as far as it may be shown.
    fn found(&self, error: &ValidationError<'_>) -> String {
        let value = error.instance().as_ref();
        let hidden = self.hidden.is_some_and(|hidden| {
            let segments = error.instance_path().as_str().split('/');
            segments
                .map(|segment| segment.replace("~1", "/").replace("~0", "~"))
                .any(|name| hidden.contains(&name))
        });
        match value {
            Value::Array(elements) => format!("an array of {}", elements.len()),
            Value::Object(members) if members.is_empty() => "an empty object".to_owned(),
            Value::Object(_) => "an object".to_owned(),
            Value::Null => "null".to_owned(),
            Value::Bool(_) if hidden || self.quoting == Quoting::Types => "a boolean".to_owned(),
            Value::Number(_) if hidden || self.quoting == Quoting::Types => "a number".to_owned(),
            Value::String(_) if hidden || self.quoting == Quoting::Types => "a string".to_owned(),
            Value::Bool(_) => value.to_string(),
            Value::Number(_) => format!("the number {value}"),
            Value::String(_) => format!("the string {}", quote(value)),
        }
    }
}

fn types(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(kind) => kind.to_string(),
        TypeKind::Multiple(kinds) => kinds
            .iter()
            .map(|kind| kind.to_string())
            .collect::<Vec<_>>()
            .join(" or "),
    }
}

fn list(options: &Value) -> String {
    let options = options.as_array().map_or(&[][..], Vec::as_slice);
    let mut listed: Vec<_> = options.iter().take(MOST_LISTED).map(quote).collect();
    if options.len() > MOST_LISTED {
        listed.push(format!("… ({} in all)", options.len()));
    }
    listed.join(", ")
}

/// `value` as JSON text, cut.
fn quote(value: &Value) -> String {
    match value {
        // Cut before it is escaped, or a cut could fall within an escape.
        Value::String(text) if text.chars().nth(LONGEST_QUOTE).is_some() => {
            let start: String = text.chars().take(LONGEST_QUOTE).collect();
            format!("{}… ({} characters)", Value::from(start), text.chars().count())
        }
        value => cut(&value.to_string()),
    }
}

/// A pointer as far as a reader can use it: the names in it may come from whoever sent the value.
fn shown_pointer(pointer: &str) -> String {
    let mut shown: String = one_line(pointer).chars().take(LONGEST_POINTER).collect();
    if pointer.chars().nth(LONGEST_POINTER).is_some() {
        shown.push('…');
    }
    shown
}

/// `text` on one line, cut.
fn cut(text: &str) -> String {
    let mut start: String = one_line(text).chars().take(LONGEST_QUOTE).collect();
    if text.chars().nth(LONGEST_QUOTE).is_some() {
        start.push('…');
    }
    start
}

fn one_line(text: &str) -> String {
    text.chars()
        .map(|character| if is_disruptive(character) { ' ' } else { character })
        .collect()
}

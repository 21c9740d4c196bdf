//! Arguments as a description or an overlay wants them: other names and words, defaults, and values that are always sent.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::Reading;
use crate::openapi::model::{Argument, ArgumentPlace, ArgumentValue, BodyKind, Fixed};
use crate::openapi::schema::{default_of, in_type_of};
use crate::openapi::shaping::ArgumentShape;
use crate::template::Form;

/// Longest description that somebody wrote for an argument, in characters.
pub(super) const LONGEST_DESCRIPTION: usize = 600;

/// Everything in a path but what never has to be encoded (RFC 3986, section 2.3).
const ENCODED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl Reading<'_> {
    /// Adds `argument` as `written` wants it, or what is sent in its place.
    pub(super) fn push_shaped(&mut self, mut argument: Argument, written: &[&Value]) {
        let shape = ArgumentShape::of(&argument.sent_as, written);
        self.notes.extend(shape.notes);
        if shape.hidden {
            match self.fixed(&argument, shape.value) {
                Ok(fixed) => {
                    self.fixed.extend(fixed);
                    return;
                }
                Err(problem) => {
                    let problem = format!("`{}` cannot be hidden: {problem}", argument.sent_as);
                    self.notes.push(problem);
                }
            }
        }
        argument.name = shape.name.unwrap_or_default();
        if let Some(text) = shape.description {
            let text = self.operation.shared.texts.short(&text, LONGEST_DESCRIPTION);
            match &mut argument.value {
                ArgumentValue::Schema(schema) => {
                    schema.insert("description".to_owned(), json!(text));
                }
                ArgumentValue::File { description, .. } => *description = Some(text),
            }
        }
        if let Some(default) = shape.default {
            let taken = match &argument.value {
                ArgumentValue::Schema(schema) => default_of(schema, &default),
                ArgumentValue::File { .. } => None,
            };
            match (taken, &mut argument.value) {
                (Some(default), ArgumentValue::Schema(schema)) => {
                    schema.insert("default".to_owned(), default);
                    argument.required = false;
                }
                _ => self.notes.push(format!(
                    "`{}`: the default {default} is left out: it is not a value that the argument takes",
                    argument.sent_as
                )),
            }
        }
        self.push(argument);
    }

    /// What is sent in place of an argument that is hidden; nothing when it may be left out.
    fn fixed(&self, argument: &Argument, value: Option<Value>) -> Result<Option<Fixed>, String> {
        let Some(value) = value else {
            return if argument.required {
                Err("the API wants it, and `value` does not say what to send".to_owned())
            } else {
                Ok(None)
            };
        };
        // A number may be written as only a text is, which makes a difference in JSON alone.
        let number = match &argument.value {
            ArgumentValue::Schema(schema) if argument.place == ArgumentPlace::Body => {
                in_type_of(schema, &value).filter(Value::is_number)
            }
            _ => None,
        };
        let value = number.unwrap_or(value);
        let is_simple = |value: &Value| matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_));
        let is_list = value
            .as_array()
            .is_some_and(|items| argument.style.is_none() && items.iter().all(is_simple));
        // Their values have something in front.
        let is_marked = argument
            .style
            .is_some_and(|style| matches!(style.form, Form::Label | Form::Matrix));
        let value = match argument.place {
            ArgumentPlace::Path if is_marked => {
                return Err("values in the styles `label` and `matrix` cannot be fixed".to_owned());
            }
            ArgumentPlace::Path | ArgumentPlace::Header | ArgumentPlace::PartHeader | ArgumentPlace::Cookie
                if is_simple(&value) =>
            {
                json!(text_of(&value))
            }
            ArgumentPlace::Body | ArgumentPlace::Query if argument.is_xml => {
                return Err("values that are XML cannot be fixed".to_owned());
            }
            ArgumentPlace::Body if self.kind == Some(BodyKind::Xml) => {
                return Err("members of XML cannot be fixed".to_owned());
            }
            ArgumentPlace::Query if is_simple(&value) || is_list => value,
            ArgumentPlace::Body if self.kind == Some(BodyKind::Json) || is_simple(&value) || is_list => value,
            ArgumentPlace::Query => {
                return Err("its `value` must be a text, a number, a boolean, or a plain list".to_owned());
            }
            _ => return Err("its `value` must be a text, a number or a boolean".to_owned()),
        };
        Ok(Some(Fixed {
            place: argument.place,
            name: argument.sent_as.clone(),
            value,
        }))
    }

    /// What stands in the path in place of the placeholder `name`, when that is always the same.
    pub(super) fn fixed_in_path(&self, name: &str) -> Option<String> {
        let mut all = self.fixed.iter();
        let fixed = all.find(|fixed| fixed.place == ArgumentPlace::Path && fixed.name == name)?;
        Some(utf8_percent_encode(&text_of(&fixed.value), &ENCODED).to_string())
    }
}

/// A simple value as it stands in a URL or a header.
pub(super) fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

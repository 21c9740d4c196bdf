//! A query that is described as a whole (`OpenAPI` 3.2, "Parameter Locations", `querystring`).

use serde_json::{Map, Value, json};

use super::Reading;
use super::body::{flat, form};
use crate::connector::media_type_essence;
use crate::openapi::documents::Place;
use crate::openapi::model::{Argument, ArgumentPlace, ArgumentValue};
use crate::openapi::shaping;

/// What a query is that has names and values.
const FORM: &str = "application/x-www-form-urlencoded";

impl<'o> Reading<'o> {
    /// Whether the query that `parameter` describes has names and values. Others, such as one of JSON, cannot be said.
    pub(super) fn is_form(&self, parameter: Place<'o>) -> bool {
        self.form_of(parameter).is_some()
    }

    fn form_of(&self, parameter: Place<'o>) -> Option<Place<'o>> {
        let mut types = self.operation.shared.documents.media_types(parameter);
        let (_, form) = types.find(|(name, _)| media_type_essence(name) == FORM)?;
        Some(form)
    }

    /// The names of the query, each an argument.
    pub(super) fn query_string(&mut self, parameter: Place<'o>) {
        let Some(media_type) = self.form_of(parameter) else {
            return;
        };
        let mut schema = media_type
            .get("schema")
            .map_or_else(Map::new, |schema| self.normaliser.root(schema));
        schema.shift_remove("additionalProperties");
        let name = parameter.text("name").unwrap_or_default();
        let Some((properties, required)) = flat(&mut schema) else {
            self.notes.push(format!(
                "the names of the query `{name}` are not described: it is left out"
            ));
            return;
        };
        let is_needed = parameter.value.get("required") == Some(&json!(true));
        for (name, property) in properties {
            let is_required = is_needed && required.contains(&name);
            let said = property.get("description").and_then(Value::as_str).unwrap_or_default();
            if let Some(note) = self.operation.security.takes("query", &name, is_required, said) {
                self.notes.push(note);
                continue;
            }
            let mut schema = match property {
                Value::Object(schema) => schema,
                _ => Map::new(),
            };
            let shape = schema.shift_remove(shaping::KEY);
            let encoding = media_type.get("encoding").and_then(|all| all.get(&name));
            let argument = Argument {
                required: is_required,
                style: encoding.and_then(|encoding| form::style(encoding, &schema)),
                ..Argument::new(name, ArgumentPlace::Query, ArgumentValue::Schema(schema))
            };
            self.member(argument, shape);
        }
    }
}

//! What is inside of arguments as a description or an overlay wants it.

use serde_json::{Map, Value, json};

use super::shaped::LONGEST_DESCRIPTION;
use super::{LONGEST_NAME, Reading, is_scalar};
use crate::openapi::model::{Argument, ArgumentPlace, ArgumentValue, BodyKind, Inside};
use crate::openapi::schema::{default_of, in_type_of, is_unwritable};
use crate::openapi::shaping::{self, ArgumentShape};
use crate::openapi::text::Texts;
use crate::template::{InsidePath, Step};

impl Reading<'_> {
    /// Does what is said about members inside of `argument`, and takes it out of its schema.
    pub(super) fn shape_inside(&mut self, argument: &mut Argument) {
        let ArgumentValue::Schema(schema) = &mut argument.value else {
            return;
        };
        if !self.operation.shared.documents.is_shaped() {
            return;
        }
        let is_of_body = matches!(argument.place, ArgumentPlace::Body | ArgumentPlace::WholeBody);
        let mut shaping = Shaping {
            argument: &argument.sent_as,
            is_xml: argument.is_xml || is_of_body && self.kind == Some(BodyKind::Xml),
            texts: self.operation.shared.texts,
            done: Done::default(),
        };
        shaping.schema(schema, &mut Vec::new());
        argument.inside = shaping.done.inside;
        self.notes.extend(shaping.done.notes);
    }
}

/// What came of it.
#[derive(Clone, Default)]
struct Done {
    inside: Vec<Inside>,
    notes: Vec<String>,
}

/// One argument on its way.
struct Shaping<'a> {
    argument: &'a str,
    /// Whether its schema says how each member is written, so that the names cannot change.
    is_xml: bool,
    texts: &'a Texts,
    done: Done,
}

impl Shaping<'_> {
    /// Shapes the members of `schema`, to which `steps` lead.
    fn schema(&mut self, schema: &mut Map<String, Value>, steps: &mut Vec<Step>) {
        if schema.shift_remove(shaping::KEY).is_some() {
            self.done.notes.push(format!(
                "`{}` has no effect on what has no name, such as the items of `{}`",
                shaping::KEY,
                self.argument
            ));
        }
        if let Some(Value::Object(properties)) = schema.shift_remove("properties") {
            let mut required = match schema.shift_remove("required") {
                Some(Value::Array(names)) => names,
                _ => Vec::new(),
            };
            let properties = self.members(properties, &mut required, steps);
            if !properties.is_empty() {
                schema.insert("properties".to_owned(), Value::Object(properties));
            }
            if !required.is_empty() {
                schema.insert("required".to_owned(), Value::Array(required));
            }
        }
        for (keyword, step) in [("items", Step::Items), ("additionalProperties", Step::Members)] {
            if let Some(Value::Object(within)) = schema.get_mut(keyword) {
                steps.push(step);
                self.schema(within, steps);
                steps.pop();
            }
        }
        if let Some(Value::Array(alternatives)) = schema.get_mut("anyOf") {
            self.alternatives(alternatives, steps);
        }
    }

    /// Shapes alternatives. What is sent must not depend on which of them a value is, because that cannot be told.
    fn alternatives(&mut self, alternatives: &mut [Value], steps: &mut Vec<Step>) {
        let before = std::mem::take(&mut self.done);
        let mut shaped: Vec<(Value, Vec<Inside>)> = Vec::with_capacity(alternatives.len());
        for alternative in alternatives.iter() {
            let mut alternative = alternative.clone();
            if let Some(schema) = alternative.as_object_mut() {
                self.schema(schema, steps);
            }
            shaped.push((alternative, std::mem::take(&mut self.done.inside)));
        }
        let notes = std::mem::replace(&mut self.done, before).notes;
        self.done.notes.extend(notes);
        // A text or a number has nothing inside of it that could be changed.
        let may_hold_some = |alternative: &Value| !alternative.as_object().is_some_and(is_scalar);
        let mut holding = shaped.iter().filter(|(alternative, _)| may_hold_some(alternative));
        let first = holding.next().map(|(_, inside)| inside.clone()).unwrap_or_default();
        if holding.all(|(_, inside)| *inside == first) {
            self.done.inside.extend(first);
            for (place, (alternative, _)) in alternatives.iter_mut().zip(shaped) {
                *place = alternative;
            }
            return;
        }
        self.done.notes.push(format!(
            "`{}`: what is said about members of one alternative is left out, because the others are sent otherwise",
            self.argument
        ));
        alternatives.iter_mut().for_each(without_shapes);
    }

    /// The members as they are wanted, in order.
    fn members(
        &mut self,
        properties: Map<String, Value>,
        required: &mut Vec<Value>,
        steps: &mut Vec<Step>,
    ) -> Map<String, Value> {
        let names: Vec<String> = properties.keys().cloned().collect();
        let mut shaped = Map::new();
        for (name, mut property) in properties {
            let written = property
                .as_object_mut()
                .and_then(|schema| schema.shift_remove(shaping::KEY));
            let mut called = name.clone();
            if let (Some(written), Some(schema)) = (written, property.as_object_mut()) {
                let is_needed = required.iter().any(|one| *one == name);
                let path = InsidePath::new(steps.clone(), name.clone());
                let described = described(self.argument, &path);
                let shape = ArgumentShape::of(&described, &[&json!({ shaping::KEY: written })]);
                self.done.notes.extend(shape.notes.iter().cloned());
                if shape.hidden {
                    // A number may be written as only a text is.
                    let value = shape.value.map(|value| {
                        let number = in_type_of(schema, &value).filter(Value::is_number);
                        number.unwrap_or(value)
                    });
                    match self.hidden(&path, value.as_ref(), is_needed) {
                        Ok(inside) => {
                            self.done.inside.extend(inside);
                            required.retain(|one| *one != name);
                            continue;
                        }
                        Err(problem) => self
                            .done
                            .notes
                            .push(format!("`{described}` cannot be hidden: {problem}")),
                    }
                }
                if let Some(wanted) = shape.name.filter(|wanted| *wanted != name) {
                    match self.renamed(&wanted, &names, &shaped) {
                        Ok(()) => {
                            let path = InsidePath::new(steps.clone(), wanted.clone());
                            self.push(&path, "sent_as", json!(name));
                            required
                                .iter_mut()
                                .filter(|one| **one == name)
                                .for_each(|one| *one = json!(wanted));
                            called = wanted;
                        }
                        Err(problem) => self
                            .done
                            .notes
                            .push(format!("`{described}` keeps its name: `{wanted}` {problem}")),
                    }
                }
                if let Some(text) = shape.description {
                    schema.insert(
                        "description".to_owned(),
                        json!(self.texts.short(&text, LONGEST_DESCRIPTION)),
                    );
                }
                if let Some(default) = shape.default {
                    if let Some(default) = default_of(schema, &default).filter(is_sendable) {
                        schema.insert("default".to_owned(), default.clone());
                        required.retain(|one| *one != called);
                        self.push(&InsidePath::new(steps.clone(), called.clone()), "default", default);
                    } else {
                        self.done.notes.push(format!(
                            "`{described}`: the default {default} is left out: it is not a value that the member takes"
                        ));
                    }
                }
            }
            if let Some(schema) = property.as_object_mut() {
                steps.push(Step::Member(called.clone()));
                self.schema(schema, steps);
                steps.pop();
            }
            shaped.insert(called, property);
        }
        shaped
    }

    /// What is sent in place of a member that is hidden.
    fn hidden(&self, path: &InsidePath, value: Option<&Value>, is_needed: bool) -> Result<Option<Inside>, String> {
        let Some(value) = value else {
            return if is_needed {
                Err("the API wants it, and `value` does not say what to send".to_owned())
            } else {
                Ok(None)
            };
        };
        if self.is_xml {
            return Err("members of XML cannot be fixed".to_owned());
        }
        if !is_sendable(value) {
            return Err(
                "its `value` must be without null, without whole numbers of more than 63 bits and without `{{`"
                    .to_owned(),
            );
        }
        Ok(Some(Inside {
            path: path.to_string(),
            key: "value",
            value: value.clone(),
        }))
    }

    /// Whether a member can be called `wanted` beside those that have `names`, and those that were `shaped` before it.
    fn renamed(&self, wanted: &str, names: &[String], shaped: &Map<String, Value>) -> Result<(), &'static str> {
        if self.is_xml {
            return Err("would be the name of an element");
        }
        if wanted.is_empty() || wanted.len() > LONGEST_NAME {
            return Err("has no character, or more than 64 bytes");
        }
        if names.iter().any(|name| name == wanted) || shaped.contains_key(wanted) {
            return Err("is the name of another member");
        }
        Ok(())
    }

    fn push(&mut self, path: &InsidePath, key: &'static str, value: Value) {
        self.done.inside.push(Inside {
            path: path.to_string(),
            key,
            value,
        });
    }
}

/// A member as it is told of: `address.city`, `items[].price`.
fn described(argument: &str, path: &InsidePath) -> String {
    let path = path.to_string();
    let dot = if path.starts_with(['[', '{']) { "" } else { "." };
    format!("{argument}{dot}{path}")
}

/// Whether a connector's file can hold `value` as it is: TOML has no null and no larger numbers, and `{{` begins a reference.
fn is_sendable(value: &Value) -> bool {
    !is_unwritable(value) && !shaping::has_template(value)
}

/// Takes out all that is said.
fn without_shapes(value: &mut Value) {
    match value {
        Value::Object(schema) => {
            schema.shift_remove(shaping::KEY);
            schema.values_mut().for_each(without_shapes);
        }
        Value::Array(items) => items.iter_mut().for_each(without_shapes),
        _ => {}
    }
}

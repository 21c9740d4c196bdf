//! Forms, plain and of several parts.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::part::{Written, content_types, has_xml_parts, of_types, part_of_file};
use super::{as_base64, file, flat, member};
use crate::openapi::arguments::parameters::form_of;
use crate::openapi::arguments::{Reading, is_scalar, types};
use crate::openapi::documents::Place;
use crate::openapi::model::{Argument, ArgumentValue, BodyKind};
use crate::openapi::read::Version;
use crate::openapi::schema::is_text;
use crate::openapi::shaping;
use crate::template::{Form, Style, without_xml};

/// Longest example of a form in the description of its argument, in characters.
const LONGEST_EXAMPLE: usize = 200;

impl<'o> Reading<'o> {
    /// The fields of a form, each an argument.
    pub(super) fn fields(&mut self, kind: BodyKind, media_type: Place<'o>, is_required: bool) -> Result<(), String> {
        let has_xml = kind == BodyKind::Multipart && has_xml_parts(media_type);
        let mut schema = match media_type.get("schema") {
            Some(schema) if has_xml => self.normaliser.root_of_xml(schema),
            Some(schema) => self.normaliser.root(schema),
            None => Map::new(),
        };
        let merged = self.merge_alternatives(&mut schema);
        let is_closed = schema
            .get("additionalProperties")
            .is_none_or(|more| *more == json!(false));
        let undescribed = self.undescribed(media_type.get("schema"));
        let has_none = schema.get("properties").is_none() && types(&schema) == ["object"];
        if is_closed && has_none && undescribed.is_nothing() {
            // It has no fields; some descriptions give every operation such a body.
            return Ok(());
        }
        if types(&schema).contains(&"array") {
            return Err("its form is described as a list, which has no names".to_owned());
        }
        let others = schema.shift_remove("additionalProperties");
        let Some((properties, required)) = flat(&mut schema) else {
            self.undescribed_fields(kind, media_type, others, is_required);
            return Ok(());
        };
        if merged {
            self.notes.push(
                "the alternatives of the form are offered together: no field is required that not all of them require"
                    .to_owned(),
            );
        }
        let rest = schema;
        for (name, property) in properties {
            let mut schema = match property {
                Value::Object(schema) => schema,
                _ => Map::new(),
            };
            let shape = schema.shift_remove(shaping::KEY);
            let encoding = media_type.get("encoding").and_then(|all| all.get(&name));
            let is_needed = required.contains(&name);
            let types = match encoding {
                Some(encoding) if kind == BodyKind::Multipart => content_types(encoding),
                _ => Vec::new(),
            };
            let file = match kind {
                BodyKind::Multipart => {
                    file(&schema).or_else(|| self.file_without_type(media_type, &name, &schema, &types))
                }
                _ => None,
            };
            if let Some(file) = file {
                let argument = Argument {
                    part: part_of_file(&types),
                    ..member(name, is_needed, of_types(file, &types))
                };
                self.push_part(argument, shape, encoding);
                continue;
            }
            as_base64(&mut schema);
            // OpenAPI 3.0 knows styles in plain forms only (3.0, section 4.7.15.1).
            let has_styles = kind == BodyKind::Form || self.operation.shared.documents.version() != Version::Three;
            let style = encoding
                .filter(|_| has_styles)
                .and_then(|encoding| style(encoding, &schema));
            let written = if kind == BodyKind::Multipart && style.is_none() {
                self.part_of(&name, &types, &mut schema)
            } else {
                Written::default()
            };
            if has_xml && !written.is_xml {
                without_xml(&mut schema);
            }
            let argument = Argument {
                style,
                is_xml: written.is_xml,
                part: written.part,
                ..member(name, is_needed, ArgumentValue::Schema(schema))
            };
            self.push_part(argument, shape, encoding.filter(|_| kind == BodyKind::Multipart));
        }
        let is_closed = others.is_some_and(|others| others == json!(false));
        self.undescribed_members(&undescribed, is_closed);
        if is_required {
            self.need_one(media_type.get("schema"), &rest);
        }
        Ok(())
    }

    /// Makes of the alternatives of a form one object, which a form always is: with the fields of each, of which those are
    /// required that all of them require. Says whether there were any.
    fn merge_alternatives(&mut self, schema: &mut Map<String, Value>) -> bool {
        let Some(Value::Array(alternatives)) = schema.shift_remove("anyOf") else {
            return false;
        };
        let alternatives: Vec<&Map<String, Value>> = alternatives
            .iter()
            .filter_map(Value::as_object)
            .filter(|one| one.get("type").is_none_or(|kind| kind != "null"))
            .collect();
        let mut properties = match schema.shift_remove("properties") {
            Some(Value::Object(properties)) => properties,
            _ => Map::new(),
        };
        let of_alternatives = alternatives.iter().filter_map(|one| one.get("properties")?.as_object());
        let mut seen = HashSet::new();
        for name in of_alternatives.flat_map(Map::keys).filter(|name| seen.insert(*name)) {
            let variants = alternatives
                .iter()
                .filter_map(|one| one.get("properties")?.get(name)?.as_object());
            let variants: Vec<Map<String, Value>> = variants.cloned().collect();
            let outer = properties.get(name).and_then(Value::as_object);
            if outer.is_some() && variants.len() < alternatives.len() {
                // The others take what stands outside.
                continue;
            }
            // A file can only be sent as one.
            let property = if let Some(file) = variants.iter().find(|one| file(one).is_some()) {
                file.clone()
            } else {
                let outer = outer.cloned().unwrap_or_default();
                self.normaliser.with_any_of(outer, variants)
            };
            properties.insert(name.clone(), Value::Object(property));
        }
        let mut needed = required(schema);
        if let Some((first, others)) = alternatives.split_first() {
            let others: Vec<Vec<&str>> = others.iter().map(|one| required(one)).collect();
            let by_all = |name: &&str| others.iter().all(|names| names.contains(name));
            needed.extend(required(first).into_iter().filter(by_all));
        }
        let needed = json!(needed);
        schema.insert("type".to_owned(), json!("object"));
        schema.insert("properties".to_owned(), Value::Object(properties));
        schema.insert("required".to_owned(), needed);
        true
    }

    /// The file that the part `name` is though its `schema` has no type: one whose `content_types` are all of bytes, and
    /// since 3.1 one of which nothing is said at all (`OpenAPI` 3.1.1, section 4.8.15.1.1).
    fn file_without_type(
        &self,
        media_type: Place<'o>,
        name: &str,
        schema: &Map<String, Value>,
        content_types: &[&str],
    ) -> Option<ArgumentValue> {
        let is_open = |schema: &Map<String, Value>| schema.keys().all(|key| key == "description");
        let items = schema.get("items").and_then(Value::as_object);
        let several = types(schema) == ["array"] && items.is_some_and(is_open);
        if !several && !is_open(schema) {
            return None;
        }
        let is_file = if content_types.is_empty() {
            self.is_octets(media_type, name).unwrap_or_default()
        } else {
            content_types.iter().all(|one| is_of_bytes(one))
        };
        let description = schema.get("description").and_then(Value::as_str).map(str::to_owned);
        is_file.then_some(ArgumentValue::File { several, description })
    }

    /// Whether a part without an encoding is written without saying what it is, of itself or of its items.
    fn is_octets(&self, media_type: Place<'o>, name: &str) -> Option<bool> {
        let documents = self.operation.shared.documents;
        let form = documents.resolve(media_type.get("schema")?).ok()?;
        let field = documents.resolve(form.get("properties")?.get(name)?).ok()?;
        let of = match field.get("items") {
            Some(items) if field.text("type") == Some("array") => documents.resolve(items).ok()?,
            _ => field,
        };
        let is_foreign = |key: &str| key.starts_with("x-") && key != shaping::KEY;
        let says_nothing =
            |key: &String| matches!(key.as_str(), "title" | "description" | "deprecated") || is_foreign(key);
        let is_bare = of.value.as_object()?.keys().all(says_nothing);
        Some(is_bare && matches!(documents.version(), Version::ThreeOne | Version::ThreeTwo))
    }

    /// A form whose fields only whoever calls knows: names and values as one argument, with the example that there is.
    fn undescribed_fields(&mut self, kind: BodyKind, media_type: Place<'o>, others: Option<Value>, is_required: bool) {
        self.notes
            .push("the fields of its form are not described: whoever calls has to know their names".to_owned());
        let mut description = "Names and values of the form's fields.".to_owned();
        if kind == BodyKind::Multipart {
            description.push_str(" A file is an object of `fileName`, `mimeType` and `base64`.");
        }
        let of_list = media_type.get("examples").into_iter().flat_map(Place::members).next();
        let example = media_type
            .text("example")
            .or_else(|| of_list.and_then(|(_, example)| example.text("value")));
        if let Some(example) = example {
            let example = self.operation.shared.texts.short(example, LONGEST_EXAMPLE);
            description = format!("{description} Example: {example}");
        }
        let schema = Map::from_iter([
            ("type".to_owned(), json!("object")),
            ("description".to_owned(), json!(description)),
            ("additionalProperties".to_owned(), others.unwrap_or(json!(true))),
        ]);
        self.whole(ArgumentValue::Schema(schema), is_required);
    }
}

/// Whether nothing that is text has the media type `written`, which may be a range.
fn is_of_bytes(written: &str) -> bool {
    !is_text(written) && !matches!(written, "*/*" | "application/*")
}

fn required(schema: &Map<String, Value>) -> Vec<&str> {
    let names = schema.get("required").and_then(Value::as_array);
    names.into_iter().flatten().filter_map(Value::as_str).collect()
}

/// How a field is written, when its encoding says so.
pub(in crate::openapi::arguments) fn style(encoding: Place<'_>, schema: &Map<String, Value>) -> Option<Style> {
    let named = form_of(encoding.text("style"));
    let explode = encoding.value.get("explode").and_then(Value::as_bool);
    let reserved = encoding.value.get("allowReserved") == Some(&json!(true));
    if is_scalar(schema) || named.is_none() && explode.is_none() && !reserved {
        return None;
    }
    let form = named.unwrap_or(Form::Form);
    let by_form = matches!(form, Form::Form | Form::DeepObject);
    let style = Style {
        form,
        explode: explode.unwrap_or(by_form),
        reserved: false,
    };
    // Lists repeat their name in forms by themselves.
    let is_usual = style.form == Form::Form && style.explode && types(schema) == ["array"];
    (!is_usual).then_some(style)
}

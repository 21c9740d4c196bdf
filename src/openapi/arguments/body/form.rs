//! Forms, plain and of several parts.

use serde_json::{Map, Value, json};

use super::part::{Written, content_types, has_xml_parts, of_types, part_of_file};
use super::{as_base64, file, flat, member};
use crate::openapi::arguments::parameters::form_of;
use crate::openapi::arguments::{Reading, is_scalar, types};
use crate::openapi::documents::Place;
use crate::openapi::model::{Argument, ArgumentValue, BodyKind};
use crate::openapi::read::Version;
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
        let merged = merge_alternatives(&mut schema);
        let is_closed = schema
            .get("additionalProperties")
            .is_none_or(|more| *more == json!(false));
        if is_closed && schema.get("properties").is_none() && types(&schema) == ["object"] {
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
            self.notes
                .push("the alternatives of the form are offered together: all fields are optional".to_owned());
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
            let file = if kind == BodyKind::Multipart {
                file(&schema)
            } else {
                None
            };
            let types = match encoding {
                Some(encoding) if kind == BodyKind::Multipart => content_types(encoding),
                _ => Vec::new(),
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
        if is_required {
            self.need_one(media_type.get("schema"), &rest);
        }
        Ok(())
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

/// Alternatives of a form as one object whose properties are all optional: a form is always one object. Says whether
/// there were any.
fn merge_alternatives(schema: &mut Map<String, Value>) -> bool {
    let Some(Value::Array(alternatives)) = schema.shift_remove("anyOf") else {
        return false;
    };
    let mut properties = match schema.shift_remove("properties") {
        Some(Value::Object(properties)) => properties,
        _ => Map::new(),
    };
    for alternative in alternatives {
        if let Some(Value::Object(more)) = alternative.get("properties") {
            for (name, property) in more {
                properties.entry(name.clone()).or_insert_with(|| property.clone());
            }
        }
    }
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), Value::Object(properties));
    schema.shift_remove("required");
    true
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

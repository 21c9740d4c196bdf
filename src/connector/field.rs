//! What kind of value an argument is: the seeds' field types (contract S0-33..S0-41, ruling C-38) as JSON Schemas.

use serde_json::{Map, Value, json};

use super::document::{FieldType, InputDocument, OptionDocument, Scalar};
use super::json_schema::Resolver;
use super::scope::Scope;
use crate::document::Node;

/// Everything but line breaks: `TEXT` is a single line.
const SINGLE_LINE: &str = r"^[^\r\n]*$";

/// The JSON Schema of an argument's value; reports what makes none.
pub(super) fn schema(scope: &Scope<'_>, node: &Node, field: &InputDocument) -> Option<Map<String, Value>> {
    let mut schema = match &field.schema {
        Some(written) => own_schema(scope, node, field, written)?,
        None => Map::new(),
    };
    let kind = field.r#type.or(if field.schema.is_some() {
        None
    } else {
        Some(FieldType::Text)
    });
    misplaced_keys(scope, node, field, kind);
    match kind {
        Some(FieldType::Text) => {
            schema.insert("type".to_owned(), json!("string"));
            schema.insert("pattern".to_owned(), json!(SINGLE_LINE));
        }
        Some(FieldType::MultiLineText | FieldType::String) => set_type(&mut schema, "string"),
        Some(FieldType::Number | FieldType::SchemaNumber) => set_type(&mut schema, "number"),
        Some(FieldType::Integer) => set_type(&mut schema, "integer"),
        Some(FieldType::Boolean | FieldType::SchemaBoolean) => set_type(&mut schema, "boolean"),
        Some(FieldType::Object | FieldType::SchemaObject) => set_type(&mut schema, "object"),
        Some(FieldType::Array) => {
            set_type(&mut schema, "array");
            schema.entry("items").or_insert_with(|| json!({}));
        }
        Some(FieldType::Select) if field.options.is_none() => {
            let message = format!("`{}` is a SELECT without `options`", field.name);
            let help = "write the values to choose from: options = [\"low\", \"high\"]";
            scope.refuse("missing-key", node.span.clone(), message, help);
            return None;
        }
        None | Some(FieldType::Select) => {}
        Some(FieldType::File) => schema = file(),
        Some(FieldType::Password) => {
            set_type(&mut schema, "string");
            schema.insert("writeOnly".to_owned(), json!(true));
            schema.insert("format".to_owned(), json!("password"));
        }
    }
    if let Some(options) = &field.options {
        choices(&mut schema, options);
    }
    if field.multiple {
        schema = list_of(schema, kind);
    }
    annotate(&mut schema, field);
    Some(schema)
}

/// Whether a field's values are never shown, logged or stored (contract S0-40).
pub(super) fn is_secret(field: &InputDocument, schema: &Map<String, Value>) -> bool {
    field.r#type == Some(FieldType::Password) || holds_secret(schema)
}

/// Whether a value of this schema, or any part of one, is marked as a secret.
pub(super) fn holds_secret(schema: &Map<String, Value>) -> bool {
    fn marked(value: &Value) -> bool {
        match value {
            Value::Object(members) => holds_secret(members),
            Value::Array(items) => items.iter().any(marked),
            _ => false,
        }
    }
    schema.get("writeOnly") == Some(&Value::Bool(true)) || schema.values().any(marked)
}

fn own_schema(scope: &Scope<'_>, node: &Node, field: &InputDocument, written: &Value) -> Option<Map<String, Value>> {
    let place = node.get("schema").unwrap_or(node);
    match Resolver::new(scope.root).resolve(written) {
        Ok(Value::Object(schema)) => Some(schema),
        Ok(_) => {
            let message = format!("the `schema` of `{}` must be a table", field.name);
            scope.error("bad-schema", place.span.clone(), message);
            None
        }
        Err(problem) => {
            scope.error(
                "bad-schema",
                place.nearest(&problem.pointer).span.clone(),
                problem.message,
            );
            None
        }
    }
}

/// Keys that mean nothing for this kind of field: an author who wrote them expects something.
fn misplaced_keys(scope: &Scope<'_>, node: &Node, field: &InputDocument, kind: Option<FieldType>) {
    let refuse = |key: &str, help: &str| {
        let span = node.key_span(key);
        let message = format!("`{key}` has no effect on `{}`", field.name);
        scope.refuse("no-effect", span, message, help);
    };
    let takes_schema = matches!(
        kind,
        None | Some(
            FieldType::Object
                | FieldType::SchemaObject
                | FieldType::Array
                | FieldType::String
                | FieldType::Integer
                | FieldType::SchemaNumber
                | FieldType::SchemaBoolean
        )
    );
    if field.schema.is_some() && !takes_schema {
        refuse("schema", "leave `type` out, or use the type OBJECT");
    }
    let takes_options = matches!(
        kind,
        Some(
            FieldType::Select
                | FieldType::Text
                | FieldType::String
                | FieldType::Integer
                | FieldType::Number
                | FieldType::SchemaNumber
        )
    );
    if field.options.is_some() && !takes_options {
        refuse("options", "use the type SELECT, or an `enum` in its `schema`");
    }
    if field.multiple && !matches!(kind, Some(FieldType::File | FieldType::Select)) {
        refuse(
            "multiple",
            "only FILE and SELECT can be lists of values; use the type `array` with a `schema`",
        );
    }
    if kind == Some(FieldType::Password) && field.default.is_some() {
        refuse(
            "default",
            "a password must not be written in a connector; put it in `auth` if all calls share it",
        );
    }
}

fn set_type(schema: &mut Map<String, Value>, name: &str) {
    // `type` comes first: people read schemas, too.
    let mut ordered = Map::new();
    ordered.insert("type".to_owned(), json!(name));
    ordered.extend(
        std::mem::take(schema)
            .into_iter()
            .filter(|(keyword, _)| keyword != "type"),
    );
    *schema = ordered;
}

/// Clients that know files recognise them by `format: file`.
fn file() -> Map<String, Value> {
    let schema = json!({
        "type": "object",
        "format": "file",
        "properties": {
            "fileName": { "type": "string", "description": "Name with extension." },
            "mimeType": { "type": "string", "description": "Media type, e.g. application/pdf." },
            "base64": { "type": "string", "contentEncoding": "base64", "description": "The content in base64." },
            "size": { "type": "integer", "description": "Size in bytes." },
            "lastModified": { "type": ["string", "number"], "description": "When the file was last changed." },
        },
        "required": ["fileName", "mimeType", "base64"],
        "additionalProperties": false,
    });
    match schema {
        Value::Object(schema) => schema,
        _ => Map::new(),
    }
}

fn choices(schema: &mut Map<String, Value>, options: &[OptionDocument]) {
    let values: Vec<Value> = options.iter().map(value_of).collect();
    let common = [
        ("string", Value::is_string as fn(&Value) -> bool),
        ("integer", |value| value.is_i64() || value.is_u64()),
        ("number", Value::is_number),
        ("boolean", Value::is_boolean),
    ];
    if let Some((name, _)) = common.iter().find(|(_, fits)| values.iter().all(fits)) {
        set_type(schema, name);
        schema.shift_remove("pattern");
    }
    schema.insert("enum".to_owned(), Value::Array(values));
    let labels: Vec<String> = options
        .iter()
        .filter_map(|option| match option {
            OptionDocument::Labelled(option) => {
                let value = value_of_scalar(&option.value);
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                option.label.as_ref().map(|label| format!("{value} = {label}"))
            }
            OptionDocument::Plain(_) => None,
        })
        .collect();
    if !labels.is_empty() {
        schema.insert("description".to_owned(), json!(format!("{}.", labels.join("; "))));
    }
}

fn value_of(option: &OptionDocument) -> Value {
    match option {
        OptionDocument::Plain(value) => value_of_scalar(value),
        OptionDocument::Labelled(option) => value_of_scalar(&option.value),
    }
}

fn value_of_scalar(scalar: &Scalar) -> Value {
    match scalar {
        Scalar::Text(text) => Value::String(text.clone()),
        Scalar::Number(number) => Value::Number(number.clone()),
        Scalar::Boolean(value) => Value::Bool(*value),
    }
}

fn list_of(mut item: Map<String, Value>, kind: Option<FieldType>) -> Map<String, Value> {
    let description = item.shift_remove("description");
    let mut list = Map::new();
    list.insert("type".to_owned(), json!("array"));
    list.insert("items".to_owned(), Value::Object(item));
    if kind == Some(FieldType::Select) {
        list.insert("uniqueItems".to_owned(), json!(true));
    }
    list.extend(description.map(|text| ("description".to_owned(), text)));
    list
}

/// Adds what people wrote for people (contract S0-41).
fn annotate(schema: &mut Map<String, Value>, field: &InputDocument) {
    if let Some(label) = &field.label {
        schema.insert("title".to_owned(), json!(label));
    }
    let labels = schema
        .get("description")
        .filter(|_| field.options.is_some())
        .and_then(Value::as_str);
    let description = match (field.description.as_deref().map(str::trim), labels) {
        (Some(text), Some(labels)) => Some(format!("{text}\n{labels}")),
        (Some(text), None) => Some(text.to_owned()),
        (None, _) => None,
    };
    if let Some(description) = description.filter(|text| !text.is_empty()) {
        schema.insert("description".to_owned(), json!(description));
    }
    if let Some(default) = &field.default {
        schema.insert("default".to_owned(), default.clone());
    }
    if let Some(placeholder) = &field.placeholder {
        schema.insert("examples".to_owned(), json!([placeholder]));
    }
}

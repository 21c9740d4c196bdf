//! Operations of Swagger 2.0 as those of 3.0, so that everything behind this knows one shape.

use serde_json::{Map, Value, json};

use super::documents::{Documents, Place, moved};
use super::shaping;
use crate::connector::media_type_essence;

/// Keys of a parameter that do not describe its value.
const NOT_OF_THE_VALUE: [&str; 7] = [
    "name",
    "in",
    "description",
    "required",
    "collectionFormat",
    "allowEmptyValue",
    "$ref",
];

/// The operation at `operation` as 3.0 writes it, with the parameters of its path and without references outside of
/// schemas, and what could not be kept of it.
pub(super) fn operation(documents: &Documents, operation: Place<'_>, item: Place<'_>) -> (Value, Vec<String>) {
    let mut converted = Map::new();
    let mut notes = Vec::new();
    for key in [
        "operationId",
        "summary",
        "description",
        "tags",
        "security",
        "deprecated",
    ] {
        converted.extend(operation.value.get(key).map(|value| (key.to_owned(), value.clone())));
    }
    let root = documents.root();
    let types = |key: &str| -> Vec<String> {
        let own = operation.get(key).or_else(|| root.get(key));
        let all = own.into_iter().flat_map(Place::items);
        all.filter_map(|one| Some(one.value.as_str()?.to_owned())).collect()
    };
    let parameters = all_parameters(documents, operation, item);
    let mut fields = Vec::new();
    let mut bodies = Vec::new();
    let mut kept = Vec::new();
    for parameter in parameters {
        match parameter.text("in") {
            Some("body") => bodies.push(parameter),
            Some("formData" | "form") => fields.push(parameter),
            _ => kept.push(plain_parameter(parameter)),
        }
    }
    // There is at most one body, and it has no fields beside it (Swagger 2.0, "Parameter Object").
    let sent = if fields.is_empty() { bodies.pop() } else { None };
    if let Some(parameter) = sent {
        converted.insert("requestBody".to_owned(), body(parameter, &types("consumes")));
    } else if !fields.is_empty() {
        converted.insert("requestBody".to_owned(), form(&fields, &types("consumes")));
    }
    for left_out in bodies {
        let name = left_out.text("name").unwrap_or_default();
        let instead = if fields.is_empty() {
            "another one is"
        } else {
            "fields of a form are"
        };
        notes.push(format!("the body `{name}` is left out: {instead} sent in its place"));
    }
    converted.insert("parameters".to_owned(), Value::Array(kept));
    converted.insert(
        "responses".to_owned(),
        responses(documents, operation, &types("produces")),
    );
    (Value::Object(converted), notes)
}

/// The parameters of the operation and those of its path that it does not have itself, references followed. What cannot
/// be followed stays as it is, for the report.
fn all_parameters<'d>(documents: &'d Documents, operation: Place<'d>, item: Place<'d>) -> Vec<Place<'d>> {
    let mut all: Vec<Place<'d>> = Vec::new();
    let lists = [operation.get("parameters"), item.get("parameters")];
    for parameter in lists.into_iter().flatten().flat_map(Place::items) {
        let parameter = documents.resolve(parameter).unwrap_or(parameter);
        let is_there = all.iter().any(|other| {
            let is_same = match (other.text("name"), parameter.text("name")) {
                // Case does not count in their names.
                (Some(known), Some(name)) if other.text("in") == Some("header") => known.eq_ignore_ascii_case(name),
                (known, name) => known.is_some() && known == name,
            };
            is_same && other.text("in") == parameter.text("in")
        });
        if !is_there {
            all.push(parameter);
        }
    }
    all
}

fn plain_parameter(parameter: Place<'_>) -> Value {
    if parameter.get("$ref").is_some() {
        return moved(parameter);
    }
    let mut converted = Map::new();
    for key in ["name", "in", "description", "required", shaping::KEY] {
        converted.extend(parameter.value.get(key).map(|value| (key.to_owned(), value.clone())));
    }
    converted.insert("schema".to_owned(), value_schema(parameter));
    let place = parameter.text("in").unwrap_or_default();
    if let Some((style, explode)) = style_of(parameter, place) {
        converted.insert("style".to_owned(), json!(style));
        converted.insert("explode".to_owned(), json!(explode));
    }
    Value::Object(converted)
}

/// The keys of a parameter that describe its value, as a schema.
fn value_schema(parameter: Place<'_>) -> Value {
    let Value::Object(mut members) = moved(parameter) else {
        return json!({});
    };
    // As 3.0 has it; what it says wins.
    if let Some(Value::Object(schema)) = members.shift_remove("schema") {
        members.extend(schema);
    }
    members.retain(|key, _| !NOT_OF_THE_VALUE.contains(&key.as_str()));
    Value::Object(members)
}

/// The style and explosion that `collectionFormat` stands for, `csv` when it is not written.
fn style_of(parameter: Place<'_>, place: &str) -> Option<(&'static str, bool)> {
    if parameter.text("type") != Some("array") {
        return None;
    }
    let in_query = matches!(place, "query" | "formData" | "form");
    Some(match parameter.text("collectionFormat").unwrap_or("csv") {
        "multi" if in_query => ("form", true),
        "ssv" => ("spaceDelimited", false),
        "pipes" => ("pipeDelimited", false),
        "tsv" => ("tabDelimited", false),
        _ if in_query => ("form", false),
        _ => ("simple", false),
    })
}

fn body(parameter: Place<'_>, consumes: &[String]) -> Value {
    let schema = parameter.get("schema").map_or_else(|| value_schema(parameter), moved);
    let json = "application/json".to_owned();
    let media_types = if consumes.is_empty() {
        std::slice::from_ref(&json)
    } else {
        consumes
    };
    let content: Map<String, Value> = media_types
        .iter()
        .map(|media_type| (media_type.clone(), json!({ "schema": schema })))
        .collect();
    json!({
        "description": parameter.text("description"),
        "required": parameter.value.get("required") == Some(&Value::Bool(true)),
        "content": content,
    })
}

fn form(fields: &[Place<'_>], consumes: &[String]) -> Value {
    let has_file = fields.iter().any(|field| field.text("type") == Some("file"));
    let is_multipart = has_file
        || consumes.iter().any(|one| one.starts_with("multipart/"))
            && !consumes.iter().any(|one| one == "application/x-www-form-urlencoded");
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut encoding = Map::new();
    for field in fields {
        let Some(name) = field.text("name") else { continue };
        let mut schema = value_schema(*field);
        if let (Some(text), Value::Object(schema)) = (field.text("description"), &mut schema) {
            schema.insert("description".to_owned(), json!(text));
        }
        if field.value.get("required") == Some(&Value::Bool(true)) {
            required.push(name);
        }
        if let Some((style, explode)) = style_of(*field, "formData") {
            encoding.insert(name.to_owned(), json!({ "style": style, "explode": explode }));
        }
        properties.insert(name.to_owned(), schema);
    }
    let media_type = if is_multipart {
        "multipart/form-data"
    } else {
        "application/x-www-form-urlencoded"
    };
    json!({
        "required": !required.is_empty(),
        "content": { media_type: {
            "schema": { "type": "object", "properties": properties, "required": required },
            "encoding": encoding,
        } },
    })
}

fn responses(documents: &Documents, operation: Place<'_>, produces: &[String]) -> Value {
    let mut converted = Map::new();
    for (status, response) in operation.get("responses").into_iter().flat_map(Place::members) {
        let response = documents.resolve(response).unwrap_or(response);
        let schema = response.get("schema");
        // What every operation answers with says nothing of an answer that may have no body.
        let is_said = operation.get("produces").is_some() && status != "204";
        if schema.is_none() && !is_said {
            continue;
        }
        let described = schema.map_or_else(|| json!({}), |schema| json!({ "schema": moved(schema) }));
        let plain = produces
            .iter()
            .find(|one| media_type_essence(one) == "application/json");
        let types = match plain.or_else(|| produces.iter().find(|one| one.contains("json"))) {
            Some(json) => vec![json.clone()],
            None if produces.is_empty() => vec!["application/json".to_owned()],
            None => produces.to_vec(),
        };
        let content: Map<String, Value> = types.into_iter().map(|name| (name, described.clone())).collect();
        converted.insert(status.clone(), json!({ "content": content }));
    }
    Value::Object(converted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(root: &Value) -> Value {
        let documents = Documents::read(&root.to_string()).unwrap();
        let item = documents.follow(0, "#/paths/~1a").unwrap();
        operation(&documents, item.get("post").unwrap(), item).0
    }

    #[test]
    fn parameters_bodies_and_answers_are_those_of_3_0() {
        let found = converted(
            &json!({"swagger": "2.0", "consumes": ["application/json"], "paths": {"/a": {
            "parameters": [{"name": "tenant", "in": "header", "type": "string"}, {"name": "ids", "in": "query", "type": "string"}],
            "post": {"operationId": "x", "parameters": [
                {"name": "ids", "in": "query", "type": "array", "items": {"type": "integer"}, "collectionFormat": "pipes", "description": "d"},
                {"name": "pet", "in": "body", "required": true, "schema": {"type": "object"}}],
              "responses": {"200": {"description": "ok", "schema": {"type": "string"}}, "204": {"description": "none"}}}}}}),
        );
        assert_eq!(
            found,
            json!({
                "operationId": "x",
                "requestBody": {"description": null, "required": true, "content": {"application/json": {"schema": {"type": "object"}}}},
                "parameters": [
                    {"name": "ids", "in": "query", "description": "d", "schema": {"type": "array", "items": {"type": "integer"}},
                        "style": "pipeDelimited", "explode": false},
                    {"name": "tenant", "in": "header", "schema": {"type": "string"}}],
                "responses": {"200": {"content": {"application/json": {"schema": {"type": "string"}}}}},
            })
        );
    }

    #[test]
    fn answers_are_of_the_types_that_an_operation_produces() {
        let answers = json!({"200": {"schema": {"type": "string"}}, "202": {"description": "ok"}, "204": {}});
        let of = |names: &[&str], schema: &Value| {
            let content: Map<String, Value> = names.iter().map(|name| ((*name).to_owned(), schema.clone())).collect();
            json!({ "content": content })
        };
        let (text, any) = (json!({"schema": {"type": "string"}}), json!({}));
        for (produces, sent) in [
            (
                vec!["application/hal+json", "application/json"],
                vec!["application/json"],
            ),
            (vec!["text/csv", "application/hal+json"], vec!["application/hal+json"]),
            (vec!["image/png", "image/*"], vec!["image/png", "image/*"]),
        ] {
            let found = converted(&json!({"swagger": "2.0", "paths": {"/a": {"post": {
                "produces": produces, "responses": answers}}}}));
            let expected = json!({"200": of(&sent, &text), "202": of(&sent, &any)});
            assert_eq!(found["responses"], expected, "{produces:?}");
            // Those of the whole description may be of other operations.
            let found = converted(
                &json!({"swagger": "2.0", "produces": produces, "paths": {"/a": {"post": {
                "responses": answers}}}}),
            );
            assert_eq!(found["responses"], json!({"200": of(&sent, &text)}), "{produces:?}");
        }
    }

    #[test]
    fn lists_are_joined_as_they_say_wherever_they_go() {
        for (format, place, style) in [
            ("csv", "path", "simple"),
            ("ssv", "path", "spaceDelimited"),
            ("pipes", "header", "pipeDelimited"),
            ("tsv", "query", "tabDelimited"),
            ("multi", "header", "simple"),
        ] {
            let parameter =
                json!({"name": "ids", "in": place, "type": "array", "items": {}, "collectionFormat": format});
            let found = converted(&json!({"swagger": "2.0", "paths": {"/a": {"post": {"parameters": [parameter]}}}}));
            assert_eq!(found["parameters"][0]["style"], style, "{format} in {place}");
        }
    }

    #[test]
    fn what_shapes_a_parameter_is_kept() {
        let shape = json!({"hidden": true});
        let parameter = |place: &str| json!({"name": place, "in": place, "type": "string", shaping::KEY: shape});
        let found = converted(&json!({"swagger": "2.0", "paths": {"/a": {"post": {
            "parameters": [parameter("query"), parameter("formData")]}}}}));
        assert_eq!(found["parameters"][0][shaping::KEY], shape);
        let form = &found["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"];
        assert_eq!(form["properties"]["formData"][shaping::KEY], shape);
    }

    #[test]
    fn form_fields_are_a_form_and_with_files_multipart() {
        for (kind, media_type) in [
            ("string", "application/x-www-form-urlencoded"),
            ("file", "multipart/form-data"),
        ] {
            let found = converted(&json!({"swagger": "2.0", "paths": {"/a": {"post": {"parameters": [
                {"name": "f", "in": "formData", "type": kind, "required": true},
                {"name": "l", "in": "formData", "type": "array", "items": {"type": "string"}, "collectionFormat": "multi"}]}}}}));
            assert_eq!(
                found["requestBody"],
                json!({"required": true, "content": {media_type: {
                "schema": {"type": "object", "properties": {"f": {"type": kind}, "l": {"type": "array", "items": {"type": "string"}}}, "required": ["f"]},
                "encoding": {"l": {"style": "form", "explode": true}}}}})
            );
        }
    }
}

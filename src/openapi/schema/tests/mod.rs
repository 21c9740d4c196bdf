mod bounds;
mod defaults;
mod values;

use serde_json::{Value, json};

use super::*;

const LIMITS: Limits = Limits {
    depth: 8,
    description: 200,
    examples: true,
    bytes: 50_000,
};

/// What becomes of the schema `S` in a document with these `schemas`.
fn normalised_with(schemas: &Value, direction: Direction, limits: Limits) -> (Value, Vec<Change>) {
    let text = json!({"openapi": "3.1.0", "paths": {}, "components": {"schemas": schemas}}).to_string();
    let documents = Documents::read(&text).unwrap();
    let texts = Texts::default();
    let shared = Shared::new(&documents, &texts);
    let mut normaliser = Normaliser::new(&shared, direction, limits);
    let place = documents.follow(0, "#/components/schemas/S").unwrap();
    let schema = Value::Object(normaliser.root(place));
    crate::schema::Schema::compile(&schema).unwrap_or_else(|error| panic!("{schema}: {error}"));
    (schema, normaliser.changes().keys().copied().collect())
}

fn normalised(schema: &Value) -> Value {
    normalised_with(&json!({ "S": schema }), Direction::Input, LIMITS).0
}

#[test]
fn older_spellings_become_those_of_2020_12() {
    for (written, expected) in [
        (
            json!({"type": "string", "nullable": true}),
            json!({"type": ["string", "null"]}),
        ),
        (
            json!({"type": "string", "x-nullable": true}),
            json!({"type": ["string", "null"]}),
        ),
        (json!({"type": ["string", "null"]}), json!({"type": ["string", "null"]})),
        (
            json!({"type": "string", "enum": ["a", null], "nullable": true}),
            json!({"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}]}),
        ),
        (
            json!({"type": "integer", "minimum": 1, "exclusiveMinimum": true}),
            json!({"type": "integer", "exclusiveMinimum": 1}),
        ),
        (
            json!({"type": "integer", "maximum": 9, "exclusiveMaximum": false}),
            json!({"type": "integer", "maximum": 9}),
        ),
        (
            json!({"type": "integer", "exclusiveMinimum": 1}),
            json!({"type": "integer", "exclusiveMinimum": 1}),
        ),
        (
            json!({"type": "string", "example": "x"}),
            json!({"type": "string", "examples": ["x"]}),
        ),
        (json!({"type": "file"}), json!({"type": "string", "format": "binary"})),
        (
            json!({"type": "string", "format": "byte"}),
            json!({"type": "string", "contentEncoding": "base64"}),
        ),
        (
            json!({"type": "string", "contentMediaType": "image/png"}),
            json!({"type": "string", "format": "binary"}),
        ),
        (
            json!({"type": "string", "format": "password"}),
            json!({"type": "string", "format": "password", "writeOnly": true}),
        ),
        (
            json!({"type": "integer", "format": "int64"}),
            json!({"type": "integer"}),
        ),
        (json!({"const": "a"}), json!({"type": "string", "enum": ["a"]})),
        (
            json!({"title": "A title", "type": "string"}),
            json!({"type": "string", "description": "A title"}),
        ),
        (
            json!({"type": "string", "x-internal": 1, "xml": {}, "externalDocs": {}}),
            json!({"type": "string"}),
        ),
        (json!(true), json!({})),
    ] {
        assert_eq!(normalised(&written), expected, "{written}");
    }
}

#[test]
fn mistakes_of_real_descriptions_are_mended() {
    for (written, expected) in [
        (json!({"type": "array"}), json!({"type": "array", "items": {}})),
        (json!({"type": "int"}), json!({"type": "integer"})),
        (json!({"type": "strin"}), json!({})),
        (
            json!({"properties": {"a": {}}}),
            json!({"type": "object", "properties": {"a": {}}}),
        ),
        (
            json!({"items": {"type": "string"}}),
            json!({"type": "array", "items": {"type": "string"}}),
        ),
        (
            json!({"type": "string", "enum": [1, true, "x"]}),
            json!({"type": "string", "enum": ["1", "true", "x"]}),
        ),
        (
            json!({"type": "integer", "enum": ["1", "b"]}),
            json!({"type": "integer", "enum": [1]}),
        ),
        (json!({"type": "string", "enum": []}), json!({"type": "string"})),
        (
            json!({"type": "string", "enum": ["a", "a"]}),
            json!({"type": "string", "enum": ["a"]}),
        ),
        (
            json!({"type": "integer", "default": "10"}),
            json!({"type": "integer", "default": 10}),
        ),
        (
            json!({"type": "integer", "maximum": 5, "default": 10}),
            json!({"type": "integer", "maximum": 5}),
        ),
        (json!({"type": "string", "default": null}), json!({"type": "string"})),
        (
            json!({"type": "string", "minLength": "1", "maxLength": -1}),
            json!({"type": "string", "minLength": 1}),
        ),
        (json!({"type": "string", "pattern": "(["}), json!({"type": "string"})),
        (
            json!({"type": "string", "pattern": "^\\p{Alnum}$"}),
            json!({"type": "string"}),
        ),
        (
            json!({"type": "string", "pattern": "^a\\_b$"}),
            json!({"type": "string", "pattern": "^a_b$"}),
        ),
        (
            json!({"type": "object", "required": true, "properties": {"a": {"type": "string", "required": true}}}),
            json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}),
        ),
        (
            json!({"type": "object", "properties": {"a": {}}, "required": ["a", "b", "a"]}),
            json!({"type": "object", "properties": {"a": {}}, "required": ["a"]}),
        ),
        (json!({"$ref": "#/components/schemas/none"}), json!({})),
        (json!("string"), json!({})),
    ] {
        assert_eq!(normalised(&written), expected, "{written}");
    }
}

#[test]
fn parts_of_all_of_are_one_schema() {
    let schemas = json!({
        "S": {"allOf": [{"$ref": "#/components/schemas/Base"}, {"type": "object", "properties": {"b": {"type": "integer"}}, "required": ["id", "b"]}], "description": "Whole."},
        "Base": {"type": "object", "description": "Base.", "properties": {"id": {"type": "string"}, "made": {"type": "string", "readOnly": true}}, "required": ["made"]},
    });
    let (schema, changes) = normalised_with(&schemas, Direction::Input, LIMITS);
    let expected = json!({"type": "object", "description": "Whole.",
        "properties": {"id": {"type": "string"}, "b": {"type": "integer"}}, "required": ["id", "b"]});
    assert_eq!((schema, changes), (expected, vec![]));
}

#[test]
fn what_goes_one_way_is_left_out_of_the_other() {
    let schemas = json!({"S": {"type": "object", "required": ["id", "secret", "name"], "properties": {
        "id": {"$ref": "#/components/schemas/Id"}, "secret": {"type": "string", "writeOnly": true}, "name": {"type": "string"}}},
        "Id": {"type": "string", "readOnly": true}});
    for (direction, kept) in [
        (Direction::Input, ["secret", "name"]),
        (Direction::Output, ["id", "name"]),
    ] {
        let (schema, _) = normalised_with(&schemas, direction, LIMITS);
        let names: Vec<&str> = schema["properties"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!((names.as_slice(), &schema["required"]), (kept.as_slice(), &json!(kept)));
    }
}

#[test]
fn alternatives_are_said_simply_or_as_any_of() {
    for (written, expected) in [
        (
            json!({"oneOf": [{"type": "string"}, {"type": "null"}]}),
            json!({"type": ["string", "null"]}),
        ),
        (
            json!({"anyOf": [{"type": "string"}, {"type": "integer"}]}),
            json!({"type": ["string", "integer"]}),
        ),
        (
            json!({"oneOf": [{"const": 1, "title": "One"}, {"const": 2, "title": "Two"}]}),
            json!({"type": "integer", "enum": [1, 2], "description": "1 = One; 2 = Two"}),
        ),
        (json!({"oneOf": [{"type": "string"}]}), json!({"type": "string"})),
        (
            json!({"description": "d", "anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string"}]}),
            json!({"description": "d", "anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string"}]}),
        ),
        (json!({"anyOf": [{"type": "string"}, {}]}), json!({})),
        (
            json!({"type": "object", "properties": {"a": {}, "b": {}}, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}),
            json!({"type": "object", "properties": {"a": {}, "b": {}}}),
        ),
        (
            json!({"type": "object", "properties": {"a": {}}, "oneOf": [
            {"properties": {"b": {"type": "string"}}, "additionalProperties": false, "required": ["a", "b"]}, {"properties": {"c": {}}}]}),
            json!({"anyOf": [{"type": "object", "properties": {"a": {}, "b": {"type": "string"}}, "required": ["b"]},
                {"type": "object", "properties": {"a": {}, "c": {}}}]}),
        ),
    ] {
        assert_eq!(normalised(&written), expected, "{written}");
    }
}

#[test]
fn the_discriminator_is_said_in_each_alternative() {
    let schemas = json!({
        "S": {"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
            "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat"}}},
        "Cat": {"type": "object", "properties": {"kind": {"type": "string"}}},
        "Dog": {"type": "object", "properties": {"name": {"type": "string"}}},
    });
    let (schema, _) = normalised_with(&schemas, Direction::Input, LIMITS);
    assert_eq!(
        schema,
        json!({"anyOf": [
            {"type": "object", "properties": {"kind": {"type": "string", "enum": ["cat"]}}, "required": ["kind"]},
            {"type": "object", "properties": {"name": {"type": "string"}, "kind": {"type": "string", "enum": ["Dog"]}}, "required": ["kind"]},
        ]})
    );
}

#[test]
fn a_schema_that_others_are_built_upon_may_be_any_of_them() {
    let schemas = json!({
        "S": {"description": "A pet", "type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}},
            "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat"}}},
        "Cat": {"allOf": [{"$ref": "#/components/schemas/S"}, {"properties": {"meow": {"type": "boolean"}}}]},
        "Dog": {"x-ms-discriminator-value": "dog", "allOf": [{"$ref": "#/components/schemas/S"}]},
        "Puppy": {"allOf": [{"$ref": "#/components/schemas/Dog"}, {"properties": {"owner": {"$ref": "#/components/schemas/S"}}}]},
    });
    let (schema, _) = normalised_with(&schemas, Direction::Input, LIMITS);
    assert_eq!(schema["description"], "A pet");
    let kind_of = |one: &Value| one["properties"]["kind"]["enum"].clone();
    let kinds: Vec<Value> = schema["anyOf"].as_array().unwrap().iter().map(kind_of).collect();
    // The last is the schema itself, which takes what nobody has described.
    assert_eq!(kinds, [json!(["cat"]), json!(["dog"]), json!(["Puppy"]), json!(null)]);
    assert_eq!(schema["anyOf"][0]["properties"]["meow"], json!({"type": "boolean"}));
    assert!(
        schema["anyOf"][2]["properties"]["owner"]["anyOf"].is_array(),
        "{schema}"
    );
    // An answer is described by what all have.
    let (schema, _) = normalised_with(&schemas, Direction::Output, LIMITS);
    assert!(schema.get("anyOf").is_none(), "{schema}");
    // Too many are not written out, and left open.
    let mut many = schemas.clone();
    for index in 0..20 {
        many[format!("S{index}")] = schemas["Cat"].clone();
    }
    let (schema, _) = normalised_with(&many, Direction::Input, LIMITS);
    assert_eq!(schema["additionalProperties"], json!(true), "{schema}");
}

#[test]
fn what_no_discriminator_chooses_needs_none() {
    let schemas = json!({
        "S": {"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
            "discriminator": {"propertyName": "kind", "defaultMapping": "Dog"}},
        "Cat": {"type": "object", "properties": {"kind": {"type": "string"}}},
        "Dog": {"type": "object", "properties": {"kind": {"type": "string"}, "name": {"type": "string"}}},
    });
    let (schema, _) = normalised_with(&schemas, Direction::Input, LIMITS);
    assert_eq!(
        schema,
        json!({"anyOf": [
            {"type": "object", "properties": {"kind": {"type": "string", "enum": ["Cat"]}}, "required": ["kind"]},
            {"type": "object", "properties": {"kind": {"type": "string"}, "name": {"type": "string"}}},
        ]})
    );
}

#[test]
fn of_two_lists_of_alternatives_only_those_are_paired_that_fit_each_other() {
    let of_kind = |kind: &str, name: &str| {
        json!({"type": "object", "properties": {"kind": {"type": "string", "enum": [kind]}, name: {"type": "string"}},
            "required": ["kind"]})
    };
    let schema = json!({
        "oneOf": [of_kind("cat", "purrs"), of_kind("dog", "barks")],
        "anyOf": [of_kind("cat", "sleeps"), of_kind("dog", "runs")],
    });
    let (schema, _) = normalised_with(&json!({ "S": schema }), Direction::Input, LIMITS);
    let names = |alternative: &Value| -> Vec<String> {
        let properties = alternative["properties"].as_object().unwrap();
        properties.keys().cloned().collect()
    };
    let pairs: Vec<_> = schema["anyOf"].as_array().unwrap().iter().map(names).collect();
    assert_eq!(
        pairs,
        [["kind", "purrs", "sleeps"], ["kind", "barks", "runs"]],
        "{schema}"
    );
}

#[test]
fn a_schema_within_itself_ends() {
    let schemas = json!({
        "S": {"type": "object", "properties": {"name": {"type": "string"}, "child": {"$ref": "#/components/schemas/S"}}},
    });
    let (schema, changes) = normalised_with(&schemas, Direction::Input, LIMITS);
    let inner = json!({"type": "object", "properties": {"name": {"type": "string"}, "child": {"type": "object"}}});
    let middle = json!({"type": "object", "properties": {"name": {"type": "string"}, "child": inner}});
    assert_eq!(
        schema,
        json!({"type": "object", "properties": {"name": {"type": "string"}, "child": middle}})
    );
    assert!(changes.contains(&Change::Cycle), "{changes:?}");
    for round in [
        json!({"S": {"$ref": "#/components/schemas/S"}}),
        json!({"S": {"allOf": [{"$ref": "#/components/schemas/S"}, {"type": "string"}]}}),
        json!({"S": {"anyOf": [{"$ref": "#/components/schemas/S"}, {"type": "array", "items": {"$ref": "#/components/schemas/S"}}]}}),
    ] {
        normalised_with(&round, Direction::Input, LIMITS);
    }
}

#[test]
fn schemas_that_double_with_every_level_are_stopped() {
    let mut schemas = Map::new();
    for level in 0..200 {
        let next = json!({"$ref": format!("#/components/schemas/L{}", level + 1)});
        schemas.insert(
            format!("L{level}"),
            json!({"properties": {"a": next, "b": next}, "allOf": [next]}),
        );
    }
    schemas.insert("S".to_owned(), json!({"$ref": "#/components/schemas/L0"}));
    schemas.insert("L200".to_owned(), json!({"type": "string"}));
    let text = json!({"openapi": "3.1.0", "paths": {}, "components": {"schemas": schemas}}).to_string();
    let documents = Documents::read(&text).unwrap();
    let texts = Texts::default();
    let shared = Shared::new(&documents, &texts);
    let mut normaliser = Normaliser::new(&shared, Direction::Input, LIMITS);
    normaliser.root(documents.follow(0, "#/components/schemas/S").unwrap());
    assert!(normaliser.is_overfull());
}

#[test]
fn what_lies_deeper_than_the_limit_is_cut_to_its_type() {
    let schemas = json!({"S": {"type": "object", "properties": {"a": {"type": "object", "properties": {
        "b": {"type": "object", "properties": {"c": {"type": "string"}}}, "d": {"type": "string"}}}}}});
    let limits = Limits { depth: 1, ..LIMITS };
    let (schema, changes) = normalised_with(&schemas, Direction::Input, limits);
    let expected = json!({"type": "object", "properties": {"a": {"type": "object", "properties": {"b": {"type": "object"}, "d": {"type": "string"}}}}});
    assert_eq!((schema, changes), (expected, vec![Change::Cut]));
}

#[test]
fn a_list_that_is_cut_still_says_what_it_lists() {
    let of = |items: &Value| json!({"type": "array", "items": items});
    let volume = json!({"type": "object", "properties": {"name": {"type": "string"}}});
    let schemas = json!({"Volume": volume, "S": {"type": "object", "properties": {"a": {"type": "object", "properties": {
        "whole": of(&volume), "referred": of(&json!({"$ref": "#/components/schemas/Volume"})),
        "twice": of(&of(&volume)), "often": of(&of(&of(&volume)))}}}}});
    let limits = Limits { depth: 1, ..LIMITS };
    let (schema, _) = normalised_with(&schemas, Direction::Input, limits);
    let objects = of(&json!({"type": "object"}));
    assert_eq!(
        schema["properties"]["a"]["properties"],
        json!({"whole": objects, "referred": objects, "twice": of(&objects), "often": of(&of(&of(&json!({}))))})
    );
}

#[test]
fn what_is_cut_is_never_narrower_and_keeps_the_type_that_its_parts_say() {
    let object = json!({"type": "object", "properties": {"name": {"type": "string"}}});
    let list = json!({"type": "array", "items": object});
    let referred = json!({"$ref": "#/components/schemas/Rules"});
    for (written, expected) in [
        (
            json!({"allOf": [referred], "description": "d"}),
            json!({"type": "object"}),
        ),
        (
            json!({"allOf": [{"description": "d"}, object]}),
            json!({"type": "object"}),
        ),
        (json!({"oneOf": [referred, object]}), json!({"type": "object"})),
        (json!({"anyOf": [referred, list]}), json!({})),
        (json!({"oneOf": [object, {"description": "anything"}]}), json!({})),
        (
            json!({"anyOf": [referred, {"type": "null"}]}),
            json!({"type": ["object", "null"]}),
        ),
        (
            json!({"allOf": [referred], "nullable": true}),
            json!({"type": ["object", "null"]}),
        ),
        (
            json!({"type": ["object", "null"], "properties": {}}),
            json!({"type": ["object", "null"]}),
        ),
        (json!({"type": ["object", "string"], "properties": {}}), json!({})),
        (
            json!({"type": "string", "nullable": true}),
            json!({"type": ["string", "null"]}),
        ),
        (
            json!({"type": "array", "nullable": true, "items": object}),
            json!({"type": ["array", "null"], "items": {"type": "object"}}),
        ),
    ] {
        let schemas = json!({"Rules": object, "S": {"type": "object", "properties": {
            "a": {"type": "object", "properties": {"b": written}}}}});
        let limits = Limits { depth: 1, ..LIMITS };
        let (schema, _) = normalised_with(&schemas, Direction::Input, limits);
        assert_eq!(schema["properties"]["a"]["properties"]["b"], expected, "{written}");
    }
}

#[test]
fn a_pattern_that_nobody_reads_is_left_out() {
    let of_words = |count: usize| format!("^({})$", vec!["word"; count].join("|"));
    let schemas = |pattern: &str| json!({"S": {"type": "string", "pattern": pattern}});
    let (kept, changes) = normalised_with(&schemas(&of_words(100)), Direction::Input, LIMITS);
    assert_eq!(kept, json!({"type": "string", "pattern": of_words(100)}));
    assert_eq!(changes, []);
    let (without, changes) = normalised_with(&schemas(&of_words(1000)), Direction::Input, LIMITS);
    assert_eq!(without, json!({"type": "string"}));
    assert_eq!(changes, [Change::Keyword]);
}

use serde_json::json;

use super::*;

fn read(root: &Value) -> Documents {
    Documents::read(&root.to_string()).unwrap()
}

#[test]
fn references_are_followed_however_they_are_encoded() {
    let documents = read(&json!({"openapi": "3.0.0",
        "paths": {"/pets/{id}": {"get": {"x": 1}}},
        "components": {"schemas": {"a~b": {"x": 2}, "50%": {"x": 3}, "named": {"$anchor": "here", "x": 4}}}}));
    for (reference, expected) in [
        ("#/paths/~1pets~1{id}/get", 1),
        ("#/paths/~1pets~1%7Bid%7D/get", 1),
        ("#/components/schemas/a~0b", 2),
        ("#/components/schemas/50%", 3),
        ("#here", 4),
    ] {
        let target = documents.follow(0, reference).map(|place| place.value["x"].clone());
        assert_eq!(target, Ok(json!(expected)), "{reference}");
    }
    for (reference, part) in [
        ("#/components/schemas/none", "leads nowhere"),
        ("other.yaml#/x", "not there"),
        ("https://example.com/a.json", "is a whole address"),
        ("/etc/passwd", "is a whole address"),
    ] {
        let error = documents.follow(0, reference).err().unwrap();
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn anchors_are_those_of_their_document_as_it_is_now() {
    let schemas = |x: i32| json!({"components": {"schemas": {"b": {"x": 0}, "a": {"$anchor": "here", "x": x}}}});
    let mut root = schemas(1);
    root["openapi"] = json!("3.1.0");
    root["paths"] = json!({});
    let mut documents = read(&root);
    let found = |documents: &Documents, reference: &str| {
        let found = documents.follow(0, reference);
        found.map(|place| place.value["x"].clone()).ok()
    };
    assert_eq!(found(&documents, "#here"), Some(json!(1)));
    documents.add("other.json".to_owned(), &schemas(2).to_string()).unwrap();
    assert_eq!(found(&documents, "other.json#here"), Some(json!(2)));
    let text = "overlay: 1.0.0\ninfo: {title: T, version: '1'}\n\
                actions: [{target: $.components.schemas.b, update: {$anchor: new}}]";
    let overlay = Overlay::read(std::path::Path::new("o.yaml"), text).unwrap();
    documents.lay(&overlay).unwrap();
    assert_eq!(found(&documents, "#new"), Some(json!(0)));
    assert_eq!(found(&documents, "other.json#new"), None);
}

#[test]
fn documents_are_found_relative_to_the_one_that_names_them() {
    let mut documents = read(
        &json!({"swagger": "2.0", "paths": {"/a": {"$ref": "paths/a.yaml#/a"}, "/b": {"$ref": "./paths/a.yaml"}}}),
    );
    assert_eq!(documents.missing(), ["paths/a.yaml"]);
    documents
        .add(
            "paths/a.yaml".to_owned(),
            "a: {x: {$ref: '../../common/b.json#/y'}, z: {$ref: '#/a/x'}}",
        )
        .unwrap();
    assert_eq!(documents.missing(), ["../common/b.json"]);
    documents
        .add("../common/b.json".to_owned(), r#"{"y": {"found": true}}"#)
        .unwrap();
    assert_eq!(documents.missing(), Vec::<String>::new());
    let place = documents
        .follow(0, "paths/a.yaml#/a/z")
        .and_then(|place| documents.resolve(place));
    assert_eq!(
        place.map(|place| (place.value.clone(), place.file)),
        Ok((json!({"found": true}), 2))
    );
}

#[test]
fn a_part_that_refers_to_the_root_by_its_file_gets_the_same_root() {
    let root = json!({"openapi": "3.1.0", "paths": {"/a": {"$ref": "paths/a.yaml"}}, "x": {"found": true}});
    let part = "{one: {$ref: '../openapi.yaml#/x'}, other: {$ref: '../api/openapi.yaml#/x'}}";
    let mut documents = read(&root).in_file("openapi.yaml");
    documents.add("paths/a.yaml".to_owned(), part).unwrap();
    assert_eq!(documents.missing(), ["api/openapi.yaml"]);
    assert_eq!(documents.missing_paths(), Vec::<String>::new());
    let place = documents.follow(0, "openapi.yaml#/x").unwrap();
    assert_eq!((place.value, place.file), (&json!({"found": true}), 0));
    // Only whoever reads the root knows what its file is called.
    let mut documents = read(&root);
    documents.add("paths/a.yaml".to_owned(), part).unwrap();
    assert_eq!(documents.missing(), ["openapi.yaml", "api/openapi.yaml"]);
}

#[test]
fn a_document_is_known_by_the_address_that_it_gives_itself() {
    let address = "https://a.example.com/api/openapi.yaml";
    let documents = read(&json!({"openapi": "3.2.0", "$self": address, "paths": {}, "a": {"x": 1}}));
    let found = documents.follow(0, &format!("{address}#/a"));
    assert_eq!(found.map(|place| place.value.clone()), Ok(json!({"x": 1})));
    assert!(documents.follow(0, "https://a.example.com/other.yaml#/a").is_err());
}

#[test]
fn a_copy_keeps_its_references() {
    let mut documents = read(&json!({"swagger": "2.0", "paths": {}}));
    documents
        .add("a/b.yaml".to_owned(), "x: {$ref: '#/y'}\ny: {found: true}")
        .unwrap();
    let place = documents.follow(0, "a/b.yaml").unwrap();
    let copy = moved(place);
    let root = Place {
        value: &copy["x"],
        file: 0,
    };
    assert_eq!(
        documents.resolve(root).map(|place| place.value.clone()),
        Ok(json!({"found": true}))
    );
}

#[test]
fn no_text_can_write_what_marks_a_moved_reference() {
    let hostile = "\u{0}999\u{0}#/x";
    let root = json!({"openapi": "3.0.0", "paths": {"/a": {"$ref": hostile}}});
    let error = Documents::read(&root.to_string()).err().unwrap().to_string();
    for part in ["`\\u0000999\\u0000#/x`", "/paths/~1a/$ref", "U+0000"] {
        assert!(error.contains(part), "{part} is not in {error}");
    }
    let mut documents = read(&json!({"openapi": "3.0.0", "paths": {"/a": {"$ref": "a.yaml#/x"}}}));
    let added = documents.add("a.yaml".to_owned(), r#"x: [{$ref: "\0000\0#/y"}]"#);
    let error = added.err().unwrap().to_string();
    assert!(error.contains("/x/0/$ref"), "{error}");
    // An overlay can copy any text to where a reference stands.
    for reference in [hostile, "\u{0}1", "\u{0}99999999999999999999\u{0}#/x"] {
        let error = documents.follow(0, reference).err().unwrap();
        assert!(!error.contains('\u{0}'), "{error}");
    }
}

#[test]
fn references_that_go_round_end() {
    let documents = read(&json!({"swagger": "2.0", "paths": {}, "a": {"$ref": "#/b"}, "b": {"$ref": "#/a"}}));
    let error = documents
        .follow(0, "#/a")
        .and_then(|place| documents.resolve(place))
        .err()
        .unwrap();
    assert!(error.contains("other references"), "{error}");
}

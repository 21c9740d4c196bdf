use serde_json::{Value, json};

use super::*;

/// The operations in `x-operations`, which stand in no path.
fn asking(documents: &Documents) -> Vec<Asking<'_>> {
    let operations = documents.root().get("x-operations").unwrap().items();
    operations.map(|place| Asking { place, item: place }).collect()
}

fn chosen(schemes: &Value, global: &Value, operations: &[Value]) -> (Authentication, Vec<String>, Vec<bool>) {
    let items: Vec<Value> = operations.to_vec();
    let root = json!({"openapi": "3.1.0", "security": global, "paths": {},
        "components": {"securitySchemes": schemes}, "x-operations": items});
    let documents = Documents::read(&root.to_string()).unwrap();
    let places = asking(&documents);
    let security = Security::of(&documents, &places);
    let met = places
        .iter()
        .map(|place| security.lacks(&documents, *place, "--operation x").is_none())
        .collect();
    (security.chosen, security.notes, met)
}

#[test]
fn what_serves_most_operations_is_chosen() {
    let key = |name: &str| json!({"type": "apiKey", "in": "header", "name": name});
    let schemes = json!({"key": key("X-Key"), "other": key("X-Other"), "whole": key("authorization"),
        "title": key("Our API Key"), "basic": {"type": "http", "scheme": "Basic"},
        "bearer": {"type": "http", "scheme": "bearer"}, "oauth": {"type": "oauth2", "flows": {"clientCredentials":
            {"tokenUrl": "https://a.example.com/token", "scopes": {"read": "", "write": ""}}}},
        "query": {"type": "apiKey", "in": "query", "name": "app"}, "tls": {"type": "mutualTLS"}});
    let in_query = Authentication::ApiKey {
        place: "query",
        name: "app".to_owned(),
    };
    let header = |name: &str| Authentication::ApiKey {
        place: "header",
        name: name.to_owned(),
    };
    for (global, operations, expected, met) in [
        (json!([{"key": []}]), vec![json!({})], header("X-Key"), vec![true]),
        (
            json!([{"key": []}]),
            vec![
                json!({}),
                json!({"security": []}),
                json!({"security": [{"bearer": []}]}),
            ],
            header("X-Key"),
            vec![true, true, false],
        ),
        (
            json!([{"tls": []}, {"basic": []}]),
            vec![json!({})],
            Authentication::Scheme("basic_auth"),
            vec![true],
        ),
        (
            json!([{"oauth": ["read"]}]),
            vec![json!({})],
            Authentication::Scheme("bearer_token"),
            vec![true],
        ),
        (
            json!([{"key": [], "other": []}]),
            vec![json!({})],
            Authentication::Headers(vec!["X-Key".to_owned(), "X-Other".to_owned()]),
            vec![true],
        ),
        (
            json!([{"key": [], "query": []}]),
            vec![json!({}), json!({}), json!({"security": [{"query": []}]})],
            Authentication::Combined(vec![header("X-Key"), in_query.clone()]),
            vec![true, true, true],
        ),
        (
            json!([{"query": [], "basic": [], "bearer": []}]),
            vec![json!({})],
            Authentication::Combined(vec![Authentication::Scheme("bearer_token"), in_query.clone()]),
            vec![true],
        ),
        (
            json!([{"query": []}]),
            vec![json!({}), json!({}), json!({"security": [{"query": [], "basic": []}]})],
            in_query.clone(),
            vec![true, true, false],
        ),
        (
            json!([{"bearer": [], "oauth": ["read"]}]),
            vec![json!({})],
            Authentication::Scheme("bearer_token"),
            vec![true],
        ),
        (
            json!([{"whole": [], "basic": []}]),
            vec![json!({})],
            header("authorization"),
            vec![true],
        ),
        (json!([{"tls": []}]), vec![json!({})], Authentication::None, vec![false]),
        (
            json!([{"title": []}]),
            vec![json!({})],
            Authentication::None,
            vec![false],
        ),
        (
            json!([{"bearer": []}, {}]),
            vec![json!({})],
            Authentication::Scheme("bearer_token"),
            vec![true],
        ),
        (json!([]), vec![json!({})], Authentication::None, vec![true]),
    ] {
        let (kind, notes, are_met) = chosen(&schemes, &global, &operations);
        assert_eq!((kind, are_met), (expected, met), "{global} {notes:?}");
    }
}

#[test]
fn what_is_not_done_is_told() {
    let schemes = json!({"oauth": {"type": "oauth2", "flow": "accessCode", "tokenUrl": "https://a.example.com/token", "scopes": {"read": ""}}});
    let (_, notes, _) = chosen(&schemes, &json!([{"oauth": []}]), &[json!({})]);
    assert!(
        notes[0].contains("accessCode: tokens from https://a.example.com/token") && notes[0].contains("bearer token"),
        "{notes:?}"
    );
    let (_, notes, _) = chosen(
        &json!({"tls": {"type": "mutualTLS"}}),
        &json!([{"tls": []}]),
        &[json!({})],
    );
    assert!(notes[0].contains("a client certificate"), "{notes:?}");
    let (_, notes, _) = chosen(&json!({}), &json!([]), &[json!({})]);
    assert!(notes[0].contains("asks for no authentication"), "{notes:?}");
}

#[test]
fn all_flows_and_the_scopes_that_are_asked_for_are_told() {
    let schemes = json!({"oauth": {"type": "oauth2", "flows": {
        "authorizationCode": {"authorizationUrl": "https://a.example.com/login", "tokenUrl": "https://a.example.com/token", "scopes": {}},
        "clientCredentials": {"tokenUrl": "https://b.example.com/token", "scopes": {"other": ""}}}}});
    let operations = [json!({}), json!({"security": [{"oauth": ["write", "read"]}]})];
    let (_, notes, _) = chosen(&schemes, &json!([{"oauth": ["read"]}]), &operations);
    assert_eq!(
        notes,
        [
            "the API uses OAuth 2.0 (authorizationCode: login at https://a.example.com/login, tokens from \
             https://a.example.com/token; clientCredentials: tokens from https://b.example.com/token): this version \
             sends an access token that you get yourself, as a bearer token",
            "the operations ask for tokens with the scopes `read`, `write`",
        ]
    );
}

#[test]
fn what_anybody_may_call_goes_without_the_credential() {
    let schemes = json!({"bearer": {"type": "http", "scheme": "bearer"}, "basic": {"type": "http", "scheme": "basic"}});
    let open = |own: Value| {
        let root = json!({"openapi": "3.1.0", "security": [{"bearer": []}], "paths": {},
            "components": {"securitySchemes": schemes}, "x-operations": [own, {}, {}]});
        let documents = Documents::read(&root.to_string()).unwrap();
        let places = asking(&documents);
        let security = Security::of(&documents, &places);
        assert_eq!(security.chosen, Authentication::Scheme("bearer_token"));
        security.is_open(&documents, places[0])
    };
    for (own, expected) in [
        (json!({}), false),
        (json!({"security": []}), true),
        (json!({"security": [{}]}), true),
        (json!({"security": [{"basic": []}, {}]}), true),
        (json!({"security": [{}, {"bearer": []}]}), false),
        (json!({"security": [{"basic": []}]}), false),
    ] {
        assert_eq!(open(own.clone()), expected, "{own}");
    }
}

#[test]
fn what_is_lacking_says_what_to_do() {
    let schemes = json!({"bearer": {"type": "http", "scheme": "bearer"}, "basic": {"type": "http", "scheme": "basic"},
        "tls": {"type": "mutualTLS"}});
    let root = json!({"openapi": "3.1.0", "security": [{"bearer": []}], "paths": {},
        "components": {"securitySchemes": schemes},
        "x-operations": [{}, {}, {"security": [{"basic": []}]}, {"security": [{"tls": []}]}]});
    let documents = Documents::read(&root.to_string()).unwrap();
    let places = asking(&documents);
    let security = Security::of(&documents, &places);
    let lacks: Vec<Option<String>> = places
        .iter()
        .map(|place| security.lacks(&documents, *place, "--operation 'x'"))
        .collect();
    assert_eq!((&lacks[0], &lacks[1]), (&None, &None));
    let basic = lacks[2].as_deref().unwrap();
    assert!(
        basic.ends_with("import it as a connector of its own, with --operation 'x'"),
        "{basic}"
    );
    assert!(lacks[3].as_deref().unwrap().contains("made by code"), "{lacks:?}");
}

#[test]
fn a_key_that_is_also_a_parameter_that_must_be_given_is_sent() {
    let key = |name: &str| json!({"type": "apiKey", "in": "header", "name": name});
    let schemes = json!({"bearer": {"type": "http", "scheme": "bearer"}, "app": key("X-App"), "other": key("X-Other"),
        "whole": key("Authorization")});
    let parameter =
        |name: &str, required: bool| json!({"parameters": [{"name": name, "in": "header", "required": required}]});
    let combined = Authentication::Combined(vec![
        Authentication::Scheme("bearer_token"),
        Authentication::ApiKey {
            place: "header",
            name: "X-App".to_owned(),
        },
    ]);
    for (global, operation, expected) in [
        (json!([{"bearer": []}]), parameter("x-app", true), combined.clone()),
        (
            json!([{"bearer": []}]),
            parameter("x-app", false),
            Authentication::Scheme("bearer_token"),
        ),
        (
            json!([{"bearer": []}]),
            parameter("X-Third", true),
            Authentication::Scheme("bearer_token"),
        ),
        (
            json!([{"bearer": []}]),
            parameter("Authorization", true),
            Authentication::Scheme("bearer_token"),
        ),
        (json!([{"bearer": [], "app": []}]), parameter("X-App", true), combined),
        (
            json!([]),
            parameter("X-App", true),
            Authentication::ApiKey {
                place: "header",
                name: "X-App".to_owned(),
            },
        ),
    ] {
        let (found, _, met) = chosen(&schemes, &global, std::slice::from_ref(&operation));
        assert_eq!((found, met), (expected, vec![true]), "{global} {operation}");
    }
}

//! What OpenAPI 3.2 has and older versions have not.

use serde_json::{Value, json};

use super::requests::call;
use crate::harness::{Upstream, Workspace};

fn description() -> Value {
    let pet = json!({"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}});
    json!({
        "openapi": "3.2.0", "$self": "https://api.example.com/v1/openapi.json", "info": {"title": "Pets", "version": "1"},
        "components": {
            "mediaTypes": {"Pet": {"schema": {"$ref": "https://api.example.com/v1/openapi.json#/components/schemas/Pet"}}},
            "schemas": {"Pet": pet}},
        "paths": {
            "/pets": {
                "query": {"operationId": "findPets", "requestBody": {"content": {"application/json": {
                    "$ref": "#/components/mediaTypes/Pet"}}}},
                "post": {"operationId": "addPet", "requestBody": {"content": {"application/json": {
                    "$ref": "#/components/mediaTypes/Pet"}}}, "callbacks": {"added": {"{$request.body#/url}": {}}}},
                "get": {"operationId": "listPets", "parameters": [{"in": "querystring", "name": "q", "content": {
                    "application/x-www-form-urlencoded": {"schema": {"type": "object", "properties": {
                        "kind": {"type": "string"}, "ids": {"type": "array", "items": {"type": "integer"}}}}}}}]},
                "additionalOperations": {"LOCK": {"operationId": "lockPets"}}}},
    })
}

#[tokio::test]
async fn a_description_of_the_newest_version_becomes_requests() {
    let upstream = Upstream::fixed("{}").await;
    let workspace = Workspace::new();
    std::fs::write(workspace.path().join("spec.json"), description().to_string()).unwrap();
    let base_url = format!("http://{}", upstream.address);
    let run = workspace
        .run(&["import", "spec.json", "--name", "echo", "--base-url", &base_url])
        .await;
    assert_eq!(run.code, Some(0), "{run:?}");
    for told in [
        "callbacks are left out (1)",
        "connectors do not send LOCK requests",
        "3 of 4 operations",
    ] {
        assert!(run.stdout.contains(told), "{told}: {}", run.stdout);
    }
    for (action, arguments, method, uri, body) in [
        ("find_pets", json!({"name": "a"}), "QUERY", "/pets", "{\"name\":\"a\"}"),
        ("add_pet", json!({"name": "b"}), "POST", "/pets", "{\"name\":\"b\"}"),
        (
            "list_pets",
            json!({"kind": "a cat", "ids": [1, 2]}),
            "GET",
            "/pets?kind=a%20cat&ids=1&ids=2",
            "",
        ),
    ] {
        let seen = call(&workspace, &upstream, action, &arguments).await;
        assert_eq!((seen.method.as_str(), seen.uri.to_string().as_str()), (method, uri));
        assert_eq!(String::from_utf8_lossy(&seen.body), body);
    }
}

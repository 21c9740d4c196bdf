//! Arguments that make servers take a request for another one: nobody is asked about what an action that reads sends.

use serde_json::{Value, json};

use crate::actions::{content, failure};
use crate::harness::{Seen, Upstream, Workspace, json_answer};

const ACTIONS: &str = r#"
[[actions]]
name = "get_ticket"
description = "Gets a ticket"
method = "GET"
path = "/tickets/1"
[[actions.input]]
name = "override"
in = "header"
sent_as = "X-HTTP-Method-Override"
[[actions.input]]
name = "url"
in = "header"
sent_as = "X_Original_URL"
[[actions.input]]
name = "_method"
in = "query"
[[actions.input]]
name = "filter"
type = "object"
in = "query"
style = "form"
explode = true

[[actions]]
name = "search_form"
description = "Searches"
method = "POST"
path = "/search"
effect = "read"
content_type = "application/x-www-form-urlencoded"
body = { q = "{{q}}", _method = "{{m}}" }
[[actions.input]]
name = "q"
[[actions.input]]
name = "m"

[[actions]]
name = "search_json"
description = "Searches"
method = "POST"
path = "/search"
effect = "read"
[actions.request_body]
type = "object"
additionalProperties = true

[[actions]]
name = "search_fixed"
description = "Searches by a long query"
method = "POST"
path = "/search"
effect = "read"
headers = { X-HTTP-Method-Override = "GET" }

[[actions]]
name = "delete_ticket"
description = "Deletes a ticket"
method = "POST"
path = "/tickets/1"
confirm = false
headers = { X-HTTP-Method-Override = "DELETE" }
"#;

#[tokio::test]
async fn no_argument_makes_a_write_of_what_reads() {
    let upstream = Upstream::fixed("{}").await;
    let workspace = Workspace::with(&upstream.base_url(), ACTIONS);
    let mut session = workspace.serve().await;
    let refused = [
        ("get_ticket", json!({ "override": "DELETE" }), "DELETE"),
        ("get_ticket", json!({ "override": "delete" }), "delete"),
        ("get_ticket", json!({ "url": "/tickets/2" }), "`x_original_url`"),
        ("get_ticket", json!({ "_method": "PUT" }), "PUT"),
        ("get_ticket", json!({ "filter": { "x-http-method": "PATCH" } }), "PATCH"),
        ("search_form", json!({ "q": "a", "m": "DELETE" }), "DELETE"),
        ("search_json", json!({ "body": { "_method": "DELETE" } }), "DELETE"),
    ];
    for (action, arguments, says) in refused {
        let answer = session.call(&format!("crm__{action}"), arguments.clone()).await;
        let text = failure(&answer);
        assert!(text.starts_with("INVALID_REQUEST"), "{action} {arguments}: {text}");
        let cause = format!("this action only reads, and {says} may change something");
        assert!(text.contains(&cause), "{action} {arguments}: {text}");
    }
    assert_eq!(upstream.count(), 0);
    let passing = [
        (
            "get_ticket",
            json!({ "override": "GET", "filter": { "state": "DELETE" } }),
        ),
        ("search_form", json!({ "q": "_method=DELETE" })),
        ("search_json", json!({ "body": { "q": { "_method": "DELETE" } } })),
        ("search_fixed", json!({})),
        ("delete_ticket", json!({})),
    ];
    let count = passing.len();
    for (action, arguments) in passing {
        content(&session.call(&format!("crm__{action}"), arguments).await);
    }
    assert_eq!(upstream.count(), count);
}

#[tokio::test]
async fn check_tells_of_inputs_that_make_a_request_another_one() {
    let workspace = Workspace::with("https://crm.example.com", ACTIONS);
    let run = workspace.run(&["check", "--json"]).await;
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let found = report["diagnostics"].as_array().unwrap().iter();
    let names: Vec<&str> = found
        .filter(|finding| finding["code"] == "taken-for-another")
        .map(|finding| {
            assert_eq!(finding["severity"], "warning");
            finding["message"].as_str().unwrap().split('`').nth(1).unwrap()
        })
        .collect();
    assert_eq!(
        names,
        ["X-HTTP-Method-Override", "X_Original_URL", "_method", "_method"],
        "{}",
        run.stdout
    );
}

/// What an API that redirects makes of it counts as well.
#[tokio::test]
async fn no_redirect_makes_a_write_of_what_reads() {
    use axum::http::{StatusCode, header};
    use axum::response::IntoResponse as _;

    let upstream = Upstream::start(|seen: Seen| async move {
        let target = match seen.uri.path() {
            "/v1/search" => "/v1/tickets/1",
            "/v1/tickets/1" => "/v1/tickets/1/",
            _ => return json_answer("{}"),
        };
        (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, target)]).into_response()
    })
    .await;
    let workspace = Workspace::with(&upstream.base_url(), ACTIONS);
    let mut session = workspace.serve().await;
    let answer = session.call("crm__search_form", json!({ "q": "a" })).await;
    let text = failure(&answer);
    assert!(text.starts_with("URL_NOT_ALLOWED"), "{text}");
    assert!(
        text.contains("this action only reads, and POST at another path"),
        "{text}"
    );
    assert_eq!(upstream.count(), 1);
    content(&session.call("crm__get_ticket", json!({})).await);
    content(&session.call("crm__delete_ticket", json!({})).await);
    assert_eq!(upstream.count(), 5);
}

//! What code may send: the write gate looks at the request that would leave.

use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;
use serde_json::json;

use super::{SEALED, content, desk, failure};
use crate::harness::{Seen, Upstream, json_answer};

const SEND: &str = r"
const response = await ld.request({ method: data.input.title, url: data.input.url, body: data.input.query });
return { status: response.status };
";

#[tokio::test]
async fn an_action_that_reads_cannot_write() {
    let upstream = Upstream::fixed("{}").await;
    let settings = SEALED.replacen("[security]\n", "[security]\nsafe_requests = [\"POST /search\"]\n", 1);
    let workspace = desk(
        &upstream.base_url(),
        &settings,
        &[("look", "read", SEND), ("change", "write", SEND)],
    );
    let mut session = workspace.serve().await;
    let url = |path: &str| format!("{}{path}", upstream.base_url());
    for method in ["GET", "get", "HEAD", "OPTIONS", "PROPFIND", "REPORT"] {
        let answer = session
            .call("desk__look", json!({ "title": method, "url": url("/a") }))
            .await;
        assert_eq!(content(&answer)["status"], 200, "{method}");
    }
    let answer = session
        .call(
            "desk__look",
            json!({ "title": "POST", "url": url("/search"), "query": "{}" }),
        )
        .await;
    assert_eq!(content(&answer)["status"], 200);
    let before = upstream.count();
    for (method, path) in [
        ("POST", "/a"),
        ("PUT", "/search"),
        ("DELETE", "/a"),
        ("PATCH", "/a"),
        ("MKCOL", "/a"),
        ("FROBNICATE", "/a"),
        ("POST", "/search/../a"),
        ("POST", "/searching"),
    ] {
        let answer = session
            .call("desk__look", json!({ "title": method, "url": url(path) }))
            .await;
        assert!(
            failure(&answer).contains("this action only reads"),
            "{method} {path}: {answer}"
        );
    }
    assert_eq!(upstream.count(), before);
    let answer = session
        .call("desk__change", json!({ "title": "DELETE", "url": url("/a") }))
        .await;
    assert_eq!(content(&answer)["status"], 200);
    let rows = workspace.rows().await;
    let row = rows
        .iter()
        .rev()
        .find(|row| row.action.as_deref() == Some("change"))
        .unwrap();
    assert_eq!(
        (row.method.as_deref(), row.path.as_deref()),
        (Some("DELETE"), Some("/v1/a"))
    );
    assert_eq!(
        (row.requests, row.upstream_status, row.outcome.as_str()),
        (1, Some(200), "ok")
    );
}

const NOT_AWAITED: &str = r"
await ld.request({ url: data.input.url + '/first' });
ld.request({ method: 'POST', url: data.input.url + '/tickets', body: { title: 'Lamp' } });
return { done: true };
";

const SIDE_BY_SIDE: &str = r"
const url = data.input.url;
await Promise.all([ld.request({ method: 'POST', url: url + '/tickets' }), ld.request({ url: url + '/status' })]);
return { done: true };
";

/// Cut off, it may have reached the API or not, and nobody would know.
#[tokio::test]
async fn a_write_that_nobody_awaits_goes_through_and_is_told() {
    let upstream = Upstream::start(|seen: Seen| async move {
        let status: u16 = if seen.uri.path().ends_with("/status") { 500 } else { 201 };
        let mut answer = json_answer("{}");
        *answer.status_mut() = status.try_into().unwrap();
        answer
    })
    .await;
    let actions = [("lost", "write", NOT_AWAITED), ("both", "write", SIDE_BY_SIDE)];
    let workspace = desk(&upstream.base_url(), SEALED, &actions);
    let mut session = workspace.serve().await;
    for tool in ["desk__lost", "desk__lost", "desk__lost", "desk__both"] {
        let answer = session.call(tool, json!({ "url": upstream.base_url() })).await;
        assert_eq!(content(&answer)["done"], true, "{answer}");
    }
    assert_eq!(upstream.count(), 8);
    let rows = workspace.rows().await;
    assert_eq!(rows.len(), 4);
    for row in rows {
        assert_eq!(
            (
                row.method.as_deref(),
                row.path.as_deref(),
                row.upstream_status,
                row.requests
            ),
            (Some("POST"), Some("/v1/tickets"), Some(201), 2)
        );
    }
}

#[tokio::test]
async fn a_program_that_ends_before_its_write_does_leaves_its_outcome_unknown() {
    let upstream = Upstream::start(|_: Seen| std::future::pending()).await;
    let workspace = desk(&upstream.base_url(), SEALED, &[("spare", "read", "return 1;")]);
    let file = workspace.connectors().join("desk/connector.toml");
    let connector = std::fs::read_to_string(&file).unwrap().replace(
        "[[actions]]\nname = \"spare\"",
        "[[actions]]\nname = \"leaves\"\ndescription = \"Leaves.\"\neffect = \"write\"\nconfirm = false\n\
         component = \"actions/leaves.wasm\"\n[[actions]]\nname = \"spare\"",
    );
    workspace.write("desk/connector.toml", connector);
    workspace.write("desk/actions/leaves.wasm", crate::sandbox::bytes("leaves.wat"));
    let mut session = workspace.serve().await;
    let answer = session.call("desk__leaves", json!({})).await;
    assert_eq!(
        answer["result"]["_meta"]["toolgate/error"]["code"], "OUTCOME_UNKNOWN",
        "{answer}"
    );
    assert_eq!(upstream.count(), 1);
    assert_eq!(workspace.rows().await[0].outcome.as_str(), "OUTCOME_UNKNOWN");
}

const WRITE_THEN_READ: &str = r"
await ld.request({ method: 'POST', url: data.input.url + '/tickets' });
if (data.input.title === 'throws') throw new Error('broken');
if (data.input.title === 'fails') return { error: 'broken' };
await ld.request({ method: 'GET', url: data.input.url + '/slow', timeout: 100 });
";

const WRITES_AT_ONCE: &str = r"
const url = data.input.url + '/slow';
await Promise.all([ld.request({ method: 'POST', url, timeout: 100 }), ld.request({ method: 'GET', url, timeout: 100 })]);
";

/// Whoever repeats the call repeats the write.
#[tokio::test]
async fn what_fails_after_a_write_is_not_called_a_matter_of_trying_again() {
    let upstream = Upstream::start(|seen: Seen| async move {
        if seen.uri.path().ends_with("/slow") {
            std::future::pending::<()>().await;
        }
        json_answer("{}")
    })
    .await;
    let actions = [("then", "write", WRITE_THEN_READ), ("once", "write", WRITES_AT_ONCE)];
    let workspace = desk(&upstream.base_url(), SEALED, &actions);
    let mut session = workspace.serve().await;
    for (tool, title, code) in [
        ("desk__then", "times out", "TIMEOUT"),
        ("desk__then", "throws", "ACTION_FAILED"),
        ("desk__then", "fails", "ACTION_FAILED"),
        ("desk__once", "", "OUTCOME_UNKNOWN"),
    ] {
        let arguments = json!({ "url": upstream.base_url(), "title": title });
        let answer = session.call(tool, arguments).await;
        let error = &answer["result"]["_meta"]["toolgate/error"];
        assert_eq!(
            (&error["code"], &error["retryable"]),
            (&json!(code), &json!(false)),
            "{error}"
        );
        let resolution = error["resolution"].as_str().unwrap();
        assert!(
            resolution.starts_with("read the current state first"),
            "{title}: {resolution}"
        );
    }
}

#[tokio::test]
async fn a_method_that_a_header_claims_counts() {
    let upstream = Upstream::fixed("{}").await;
    let settings = SEALED.replacen("[security]\n", "[security]\nsafe_requests = [\"POST /search\"]\n", 1);
    let code = "const headers = { [data.input.title]: data.input.query };\n\
                const r = await ld.request({ method: data.input.parent, url: data.input.url, headers });\n\
                return { status: r.status };";
    let workspace = desk(&upstream.base_url(), &settings, &[("look", "read", code)]);
    let mut session = workspace.serve().await;
    let url = format!("{}/search", upstream.base_url());
    for (method, header, claimed, leaves) in [
        ("GET", "X-HTTP-Method-Override", "DELETE", false),
        ("GET", "x-method-override", "patch", false),
        ("POST", "X-HTTP-Method", "PUT", false),
        ("GET", "X-HTTP-Method-Override", "", false),
        ("POST", "X-HTTP-Method-Override", "get", true),
        ("GET", "X_HTTP_Method_Override", "DELETE", false),
        ("GET", "X-Method", "DELETE", false),
        ("GET", "X-Original-Method", "DELETE", false),
        ("GET", "_method", "DELETE", false),
        ("GET", "X-Original-URL", "/v1/other", false),
        ("GET", "x-rewrite-url", "/v1/other", false),
    ] {
        let before = upstream.count();
        let arguments = json!({ "parent": method, "title": header, "query": claimed, "url": url });
        let answer = session.call("desk__look", arguments).await;
        assert_eq!(
            upstream.count() > before,
            leaves,
            "{method} {header} {claimed}: {answer}"
        );
        if !leaves {
            assert!(failure(&answer).contains("this action only reads"), "{answer}");
        }
    }
}

/// The same for code: what is listed as safe is the request to that path.
#[tokio::test]
async fn a_redirect_makes_no_write_of_what_reads() {
    let upstream = Upstream::start(|seen: Seen| async move {
        let target = match seen.uri.path() {
            "/v1/search" => "/v1/tickets/7",
            "/v1/find" => "/v1/find/",
            "/v1/seek" => "/v1/seek?_method=DELETE",
            _ => return json_answer("{}"),
        };
        (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, target)]).into_response()
    })
    .await;
    let listed = "[security]\nsafe_requests = [\"POST /search\", \"POST /find\", \"POST /seek*\"]\n";
    let settings = SEALED.replacen("[security]\n", listed, 1);
    let code =
        "const r = await ld.request({ method: 'POST', url: data.input.url, body: 'a' }); return { status: r.status };";
    let actions = [("look", "read", code), ("change", "write", code)];
    let workspace = desk(&upstream.base_url(), &settings, &actions);
    let mut session = workspace.serve().await;
    for (tool, path, follows) in [
        ("desk__look", "search", false),
        ("desk__look", "find", true),
        ("desk__look", "seek", false),
        ("desk__change", "search", true),
    ] {
        let before = upstream.count();
        let url = format!("{}/{path}", upstream.base_url());
        let answer = session.call(tool, json!({ "url": url })).await;
        assert_eq!(
            upstream.count() - before,
            1 + usize::from(follows),
            "{tool} {path}: {answer}"
        );
        if !follows {
            assert!(failure(&answer).contains("this action only reads"), "{answer}");
        }
    }
}

#[tokio::test]
async fn nothing_leads_past_the_allowlist() {
    let (upstream, other) = (Upstream::fixed("{}").await, Upstream::fixed("{}").await);
    let workspace = desk(&upstream.base_url(), SEALED, &[("change", "write", SEND)]);
    let mut session = workspace.serve().await;
    for url in [
        format!("http://{}/v1/a", other.address),
        format!("http://{}/v2/a", upstream.address),
        "http://169.254.169.254/latest/meta-data".to_owned(),
        "file:///etc/passwd".to_owned(),
    ] {
        let answer = session
            .call("desk__change", json!({ "title": "GET", "url": url }))
            .await;
        assert!(failure(&answer).starts_with("URL_NOT_ALLOWED"), "{url}: {answer}");
    }
    for (method, url, says) in [
        (
            "GET",
            "relative",
            "its URL `relative` cannot be read: relative URL without a base; begin it with `/`",
        ),
        ("CONNECT", "http://a.example/", "cannot be its method"),
        ("G E T", "http://a.example/", "cannot be its method"),
    ] {
        let answer = session
            .call("desk__change", json!({ "title": method, "url": url }))
            .await;
        assert!(failure(&answer).contains(says), "{method} {url}: {answer}");
    }
    assert_eq!((upstream.count(), other.count()), (0, 0));
}

#[tokio::test]
async fn a_person_is_asked_once_and_reads_the_arguments() {
    let upstream = Upstream::fixed("{}").await;
    let code = "await ld.request({ method: 'POST', url: data.input.url });\n\
                await ld.request({ method: 'POST', url: data.input.url });\nreturn { done: true };";
    let workspace = desk(&upstream.base_url(), SEALED, &[("change", "write", code)]);
    let text = std::fs::read_to_string(workspace.connectors().join("desk/connector.toml")).unwrap();
    workspace.write("desk/connector.toml", text.replace("confirm = false\n", ""));
    let mut session = workspace.serve_to_person("accept").await;
    let url = format!("{}/a", upstream.base_url());
    let answer = session
        .call("desk__change", json!({ "url": url, "title": "Lamp" }))
        .await;
    assert_eq!(content(&answer)["done"], true);
    assert_eq!((session.prompts.len(), upstream.count()), (1, 2));
    let prompt = &session.prompts[0];
    for part in ["Effect: write", "Runs: actions/change.js", "title: \"Lamp\""] {
        assert!(prompt.contains(part), "{prompt}");
    }
    drop(session);
    let mut session = workspace.serve_to_person("decline").await;
    let answer = session
        .call("desk__change", json!({ "url": url, "title": "Lamp" }))
        .await;
    assert!(failure(&answer).starts_with("APPROVAL_DENIED"), "{answer}");
    assert_eq!(upstream.count(), 2);
}

/// As paths of actions without code: below the base URL, and nowhere else.
#[tokio::test]
async fn a_url_that_begins_with_a_slash_stands_below_the_base_url() {
    let upstream = Upstream::fixed("{}").await;
    let workspace = desk(&upstream.base_url(), SEALED, &[("look", "read", SEND)]);
    let mut session = workspace.serve().await;
    for url in ["/a?b=1", "/a/../c", "//evil.test/d", "/@evil.test"] {
        let answer = session.call("desk__look", json!({ "title": "GET", "url": url })).await;
        assert_eq!(content(&answer)["status"], 200, "{url}: {answer}");
    }
    let seen: Vec<String> = upstream.seen().iter().map(|seen| seen.uri.to_string()).collect();
    assert_eq!(seen, ["/v1/a?b=1", "/v1/c", "/v1//evil.test/d", "/v1/@evil.test"]);
    for url in ["/../secrets", "a", ""] {
        let answer = session.call("desk__look", json!({ "title": "GET", "url": url })).await;
        assert_eq!(answer["result"]["isError"], true, "{url}: {answer}");
    }
    assert_eq!(upstream.count(), seen.len());
    let kept = workspace
        .run(&["logs", "--call", &workspace.rows().await[0].call_id])
        .await;
    assert!(kept.stdout.contains("/v1/a"), "{}", kept.stdout);
}

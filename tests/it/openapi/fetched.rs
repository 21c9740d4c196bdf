//! Descriptions at a URL: behind a login, and split over files.

use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;
use serde_json::{Value, json};

use crate::harness::{Seen, Upstream, Workspace, json_answer};

const TOKEN: &str = "Bearer t0ken-0f-the-sp3c";
const INSIDE: [&str; 2] = ["--network", "127.0.0.0/8"];

fn root(reference: &str) -> String {
    json!({
        "openapi": "3.0.0", "info": {"title": "A", "version": "1"},
        "paths": {"/a": {"get": {"operationId": "getIt", "parameters": [
            {"name": "p", "in": "query", "schema": {"$ref": reference}}]}}},
    })
    .to_string()
}

fn is_authorized(seen: &Seen) -> bool {
    seen.headers
        .get(header::AUTHORIZATION)
        .is_some_and(|value| value == TOKEN)
}

#[tokio::test]
async fn a_description_behind_a_login_is_fetched_with_a_header_that_is_kept_elsewhere() {
    let upstream = Upstream::start(|seen| async move {
        match (is_authorized(&seen), seen.uri.path()) {
            (false, _) => StatusCode::UNAUTHORIZED.into_response(),
            (true, "/docs/openapi.json") => json_answer(root("../common/types.json#/Name")),
            (true, "/common/types.json") => {
                json_answer(r#"{"Name": {"type": "string", "description": "The fetched name."}}"#)
            }
            (true, _) => StatusCode::NOT_FOUND.into_response(),
        }
    })
    .await;
    let mut workspace = Workspace::new();
    workspace.set("SPEC_TOKEN", TOKEN);
    let url = format!("http://{}/docs/openapi.json", upstream.address);
    let base_url = format!("http://{}", upstream.address);
    let import = [
        "import",
        url.as_str(),
        "--name",
        "x",
        "--base-url",
        base_url.as_str(),
        INSIDE[0],
        INSIDE[1],
    ];

    let run = workspace.run(&import).await;
    assert_eq!((run.code, upstream.count()), (Some(1), 1), "{run:?}");
    assert!(
        run.stderr.contains("status 401") && run.stderr.contains("--header"),
        "{}",
        run.stderr
    );

    // The value itself is refused, and not repeated.
    let literal = format!("Authorization: {TOKEN}");
    let run = workspace.run(&[&import[..], &["--header", &literal]].concat()).await;
    assert_eq!((run.code, upstream.count()), (Some(2), 1), "{run:?}");
    assert!(run.stderr.contains("toolgate vault set spec_token"), "{}", run.stderr);
    assert!(!run.stderr.contains("t0ken"), "{}", run.stderr);

    let reference = ["--header", "Authorization: env:SPEC_TOKEN"];
    let run = workspace.run(&[&import[..], &reference].concat()).await;
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
    assert_eq!(upstream.count(), 3);
    let services = std::fs::read_to_string(workspace.connectors().join("x/services/a.toml")).unwrap();
    assert!(services.contains("The fetched name."), "{services}");
    let kept = std::fs::read_to_string(workspace.connectors().join("x/openapi/up/common/types.json")).unwrap();
    assert!(kept.contains("The fetched name."));
    for entry in ["x/connector.toml", "x/openapi/report.json"] {
        let text = std::fs::read_to_string(workspace.connectors().join(entry)).unwrap();
        assert!(!text.contains("t0ken"), "{entry}");
    }

    std::fs::write(workspace.path().join("spec.json"), root("#/x")).unwrap();
    let run = workspace
        .run(&[&["analyze", "spec.json"], &reference[..]].concat())
        .await;
    assert_eq!(run.code, Some(2), "{run:?}");
}

#[tokio::test]
async fn neither_a_redirect_nor_a_reference_takes_the_header_elsewhere() {
    let other = Upstream::start(|_| async { json_answer(root("#/none")) }).await;
    let elsewhere = format!("http://{}/openapi.json", other.address);
    let whole = format!("http://{}/types.json#/Name", other.address);
    let upstream = Upstream::start(move |seen| {
        let (elsewhere, whole) = (elsewhere.clone(), whole.clone());
        async move {
            match seen.uri.path() {
                "/moved.json" | "/types.json" => (StatusCode::FOUND, [(header::LOCATION, elsewhere)]).into_response(),
                "/whole.json" => json_answer(root(&whole)),
                _ => json_answer(root("types.json#/Name")),
            }
        }
    })
    .await;
    let mut workspace = Workspace::new();
    workspace.set("SPEC_TOKEN", TOKEN);
    let analyze = |path: &str| {
        let url = format!("http://{}{path}", upstream.address);
        let workspace = &workspace;
        async move {
            let header = ["--header", "Authorization: env:SPEC_TOKEN"];
            workspace
                .run(&[&["analyze", url.as_str(), "--json"], &INSIDE[..], &header].concat())
                .await
        }
    };
    let run = analyze("/moved.json").await;
    assert_eq!(
        run.code,
        Some(1),
        "the guard lets nothing out to another origin: {run:?}"
    );
    let run = analyze("/openapi.json").await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stderr.contains("warning: cannot fetch"), "{}", run.stderr);
    let run = analyze("/whole.json").await;
    assert_eq!(run.code, Some(0), "{run:?}");
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let changes = report["report"]["imported"][0]["changes"].to_string();
    assert!(changes.contains("references that lead nowhere"), "{report}");
    assert_eq!(other.count(), 0);
    assert!(upstream.seen().iter().all(is_authorized));
}

#[tokio::test]
async fn nothing_but_descriptions_is_fetched_and_not_endlessly_many_are_looked_for() {
    let upstream = Upstream::start(|seen| async move {
        let count = if seen.uri.path() == "/few.json" { 3 } else { 1001 };
        let paths: serde_json::Map<String, Value> = (0..count)
            .map(|index| (format!("/{index}"), json!({"$ref": format!("p{index}.txt")})))
            .collect();
        json_answer(json!({"openapi": "3.0.0", "paths": paths}).to_string())
    })
    .await;
    let workspace = Workspace::new();
    for (path, code, says) in [
        ("/few.json", 0, "`p0.txt` is not read"),
        ("/many.json", 1, "more than 1000 files"),
    ] {
        let url = format!("http://{}{path}", upstream.address);
        let run = workspace.run(&[&["analyze", url.as_str()], &INSIDE[..]].concat()).await;
        assert_eq!(run.code, Some(code), "{path}");
        assert!(run.stderr.contains(says), "{path}: {}", run.stderr);
    }
    assert_eq!(upstream.count(), 2);
}

//! Operations at another server than the rest, and what anybody may call.

use axum::response::IntoResponse as _;
use serde_json::{Value, json};

use crate::harness::{Upstream, Workspace, json_answer};

fn description() -> Value {
    json!({
        "openapi": "3.1.0", "info": {"title": "Files", "version": "1"},
        "servers": [{"url": "https://api.example.com/2.0"}],
        "security": [{"bearer": []}],
        "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
        "paths": {
            "/files": {
                "get": {"operationId": "listFiles"},
                "head": {"operationId": "checkFiles"},
            },
            "/files/content": {
                "servers": [{"url": "https://upload.example.com/api/2.0"}],
                "get": {"operationId": "getContent"},
            },
            "/status": {"get": {"operationId": "getStatus", "security": []}},
            "/beta": {"get": {"operationId": "getBeta", "servers": [{"url": "https://api.example.com/2.0/next"}]}},
            "/pages": {"get": {"operationId": "getPages", "security": [], "servers": [{"url": "https://pages.example.com"}]}},
        },
    })
}

fn read(workspace: &Workspace, file: &str) -> String {
    std::fs::read_to_string(workspace.connectors().join(file)).unwrap()
}

#[tokio::test]
async fn servers_of_operations_are_named_and_those_that_get_the_credential_are_told() {
    let workspace = Workspace::new();
    std::fs::write(workspace.path().join("spec.json"), description().to_string()).unwrap();
    let run = workspace.run(&["import", "spec.json", "--name", "files"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.contains("6 of 6 operations"), "{}", run.stdout);
    let line = "- the credential is sent to these servers: https://api.example.com, https://upload.example.com\n";
    assert!(run.stdout.contains(line), "{}", run.stdout);
    let connector = read(&workspace, "files/connector.toml");
    for expected in [
        "[connection.servers.upload]\nbase_url = \"https://upload.example.com/api/2.0\"\ncredentials = true\n",
        "[connection.servers.pages]\nbase_url = \"https://pages.example.com/\"\ncredentials = false\n",
    ] {
        assert!(connector.contains(expected), "{connector}");
    }
    let check = workspace.run(&["check"]).await;
    assert_eq!(check.code, Some(0), "{check:?}");
    assert!(
        check
            .stdout
            .contains("the credential is sent to https://upload.example.com too")
            || check
                .stderr
                .contains("the credential is sent to https://upload.example.com too"),
        "{check:?}"
    );
    let analysis = workspace.run(&["analyze", "spec.json"]).await;
    assert!(
        analysis.stdout.contains("upload: https://upload.example.com/api/2.0"),
        "{}",
        analysis.stdout
    );
}

#[tokio::test]
async fn each_operation_goes_to_its_server_and_only_named_ones_get_the_credential() {
    let api = Upstream::start(|seen| async move {
        if seen.method == axum::http::Method::HEAD {
            return [("x-count", "3"), ("location", "/v1/x")].into_response();
        }
        json_answer("{}")
    })
    .await;
    let (upload, pages) = (Upstream::fixed("{}").await, Upstream::fixed("{}").await);
    let mut workspace = Workspace::new();
    std::fs::write(workspace.path().join("spec.json"), description().to_string()).unwrap();
    let base_url = format!("http://{}/2.0", api.address);
    let arguments = ["import", "spec.json", "--name", "files", "--base-url", &base_url];
    let run = workspace.run(&["analyze", "spec.json", "--base-url", &base_url]).await;
    assert!(
        run.stdout.contains("say where that is with --server upload=URL"),
        "what belongs to one place is not left for another: {}",
        run.stdout
    );
    let servers = [
        format!("upload=http://{}/api/2.0", upload.address),
        format!("pages=http://{}", pages.address),
    ];
    let run = workspace
        .run(&[&arguments[..], &["--server", &servers[0], "--server", &servers[1]]].concat())
        .await;
    assert_eq!(run.code, Some(0), "{run:?}");
    let connector = read(&workspace, "files/connector.toml").replace("vault://files/token", "env:FILES_TOKEN");
    workspace.write("files/connector.toml", connector);

    // Without the secret only those work that need none.
    for (action, code) in [("get_status", 0), ("get_pages", 0), ("list_files", 1)] {
        let run = workspace.run(&["call", &format!("files__{action}")]).await;
        assert_eq!(run.code, Some(code), "{action}: {run:?}");
    }
    workspace.set("FILES_TOKEN", "t0ken-0f-files");
    let mut answers = Vec::new();
    for action in [
        "list_files",
        "get_content",
        "get_status",
        "get_beta",
        "get_pages",
        "check_files",
    ] {
        let run = workspace.run(&["call", &format!("files__{action}")]).await;
        assert_eq!(run.code, Some(0), "{action}: {run:?}");
        answers.push(run.stdout);
    }
    let seen = |upstream: &Upstream| -> Vec<(String, bool)> {
        let all = upstream.seen().into_iter();
        all.map(|seen| {
            let credential = seen.headers.get("authorization");
            (
                format!("{} {}", seen.method, seen.uri),
                credential.is_some_and(|value| value == "Bearer t0ken-0f-files"),
            )
        })
        .collect()
    };
    let expected = |lines: &[(&str, bool)]| -> Vec<(String, bool)> {
        lines
            .iter()
            .map(|(line, credential)| ((*line).to_owned(), *credential))
            .collect()
    };
    assert_eq!(
        seen(&api),
        expected(&[
            ("GET /2.0/status", false),
            ("GET /2.0/files", true),
            ("GET /2.0/status", false),
            ("GET /2.0/next/beta", true),
            ("HEAD /2.0/files", true),
        ])
    );
    assert_eq!(seen(&upload), expected(&[("GET /api/2.0/files/content", true)]));
    assert_eq!(seen(&pages), expected(&[("GET /pages", false), ("GET /pages", false)]));
    let head: Value = serde_json::from_str(answers.last().unwrap()).unwrap();
    assert_eq!(
        (&head["status"], &head["headers"]["x-count"]),
        (&json!(200), &json!("3"))
    );

    let shown = |action: &str| {
        let tool = format!("files__{action}");
        let workspace = &workspace;
        async move { workspace.run(&["call", &tool, "--dry-run"]).await.stdout }
    };
    assert!(shown("get_content").await.contains("Bearer [REDACTED]"));
    assert!(!shown("get_pages").await.contains("REDACTED"));
}

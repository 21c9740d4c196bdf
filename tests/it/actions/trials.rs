//! `toolgate test`: what the author of an action sees.

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use serde_json::{Value, json};

use super::{KEY, SEALED, desk};
use crate::harness::{Finished, Seen, Upstream, Workspace, json_answer};

const SCRIPTS: &[(&str, &str, &str)] = &[
    (
        "both",
        "read",
        "ld.log('key', data.auth.api_key, 'for', data.input.title);\n\
         const [first, second] = await Promise.all(['/a', '/b'].map((path) => ld.request({ method: 'GET',\n\
         url: data.input.url + path, params: { token: data.auth.api_key } })));\n\
         return { statuses: [first.status, second.status] };",
    ),
    ("broken", "read", "ld.log('before');\nthrow new Error('not today');"),
];

async fn api() -> Upstream {
    Upstream::start(async |seen: Seen| match seen.uri.path() {
        "/v1/b" => StatusCode::NOT_FOUND.into_response(),
        _ => json_answer(r#"{"id": 1}"#),
    })
    .await
}

/// Milliseconds differ from run to run.
fn without_times(text: &str) -> String {
    let words = text.split(' ').collect::<Vec<_>>();
    let mut kept = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let is_time = words.get(at + 1).is_some_and(|next| next.starts_with("ms"));
        kept.push(if is_time && word.parse::<u64>().is_ok() {
            "N"
        } else {
            word
        });
    }
    kept.into_iter()
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

async fn try_out(workspace: &Workspace, action: &str, upstream: &Upstream, more: &[&str]) -> Finished {
    let input = json!({ "url": upstream.base_url(), "title": "Ada" }).to_string();
    let mut arguments = vec!["test", action, "--input", "-"];
    arguments.extend(more);
    workspace.run_with_input(&arguments, input.as_bytes()).await
}

#[tokio::test]
async fn the_author_sees_the_log_the_requests_and_the_result() {
    let upstream = api().await;
    let workspace = desk(&upstream.base_url(), SEALED, SCRIPTS);
    let run = try_out(&workspace, "desk__both", &upstream, &[]).await;
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    assert!(!run.stdout.contains(KEY), "{}", run.stdout);
    let said = without_times(&run.stdout);
    assert!(said.contains("N ms info key "), "{said}");
    assert!(said.contains(" for Ada\n"), "{said}");
    for (path, status, bytes) in [("/a", 200, 9), ("/b", 404, 0)] {
        let line =
            format!("ms GET {}{path} {status}, {bytes} bytes, N ms\n", upstream.base_url()).replace("http://", "");
        assert!(said.contains(&line), "{line}{said}");
    }
    let (_, result) = run.stdout.split_once("\n\n").unwrap();
    assert_eq!(
        serde_json::from_str::<Value>(result).unwrap(),
        json!({ "statuses": [200, 404] })
    );

    let run = try_out(&workspace, "desk__both", &upstream, &["--json"]).await;
    let whole: Value = serde_json::from_str(&run.stdout).unwrap();
    assert!(!run.stdout.contains(KEY), "{}", run.stdout);
    assert_eq!(
        (&whole["passed"], &whole["result"]["statuses"]),
        (&json!(true), &json!([200, 404]))
    );
    assert_eq!(whole["log"].as_array().unwrap().len(), 3);

    // The log is kept like that of any other call.
    let id = workspace.rows().await[0].call_id.clone();
    let kept = workspace.run(&["logs", "--call", &id]).await;
    assert!(
        without_times(&kept.stdout).contains("/v1/b 404, 0 bytes"),
        "{}",
        kept.stdout
    );
}

#[tokio::test]
async fn a_failed_run_shows_what_it_did_and_ends_with_one() {
    let upstream = api().await;
    let workspace = desk(&upstream.base_url(), SEALED, SCRIPTS);
    let run = try_out(&workspace, "custom.desk.broken", &upstream, &[]).await;
    assert_eq!(run.code, Some(1));
    assert!(without_times(&run.stdout).contains("info before"), "{}", run.stdout);
    assert!(run.stderr.starts_with("ACTION_FAILED: "), "{}", run.stderr);
    assert!(run.stderr.contains("actions/broken.js:2"), "{}", run.stderr);
    let run = try_out(&workspace, "desk__broken", &upstream, &["--json"]).await;
    assert_eq!((run.code, run.stderr.as_str()), (Some(1), ""));
    let whole: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        (&whole["passed"], &whole["error"]["code"]),
        (&json!(false), &json!("ACTION_FAILED"))
    );
    assert_eq!(whole["log"][0]["message"], "before");
}

#[tokio::test]
async fn an_action_without_code_is_tried_the_same_way() {
    let upstream = api().await;
    let actions = "[auth]\ntype = \"api_key\"\nin = \"query\"\nname = \"token\"\nkey = \"env:CRM_KEY\"\n[[actions]]\n\
                   name = \"get_thing\"\ndescription = \"Gets a thing\"\nmethod = \"GET\"\npath = \"/things/{id}\"\n\
                   [[actions.input]]\nname = \"id\"\nrequired = true\n";
    let mut workspace = Workspace::with(&upstream.base_url(), actions);
    workspace.set("CRM_KEY", KEY);
    std::fs::write(workspace.path().join("x.json"), format!("{{\"id\": \"{KEY}\"}}")).unwrap();
    let run = workspace.run(&["test", "crm__get_thing", "--input", "x.json"]).await;
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
    let line = format!("ms GET {}/things/[REDACTED] 200, 9 bytes, N ms\n", upstream.base_url()).replace("http://", "");
    assert!(without_times(&run.stdout).contains(&line), "{}", run.stdout);
    assert!(!run.stdout.contains(KEY), "{}", run.stdout);

    let gone = Workspace::with(
        "http://127.0.0.1:9/v1",
        actions.replace("env:CRM_KEY", "env:USER").as_str(),
    );
    let run = gone.run(&["test", "crm__get_thing", "--input", r#"{"id": "1"}"#]).await;
    assert_eq!(run.code, Some(1));
    assert!(run.stdout.contains("GET 127.0.0.1:9/v1/things/1"), "{run:?}");
}

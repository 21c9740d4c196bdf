//! The server is killed with 64 calls under way: what was answered is on record, what was interrupted is known to be,
//! and the log's chain holds.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use toolgate::store::{AuditFilter, AuditRecord};

use crate::harness::{READ_AND_WRITE, Session, Upstream, Workspace, json_answer};

const SETTINGS: &str = "\
[server]
max_concurrent_calls = 64
[limits]
requests_per_minute_per_action = 1000000
requests_per_minute = 1000000
requests_per_day = 1000000
";

/// Calls under way when the server is killed.
const CALLS: u64 = 64;

/// One write of ten hangs for ever, so that some are always interrupted.
async fn api() -> Upstream {
    let writes = Arc::new(AtomicUsize::new(0));
    Upstream::start(move |request| {
        let hangs = request.method == "POST" && writes.fetch_add(1, Ordering::Relaxed) % 10 == 9;
        async move {
            if hangs {
                std::future::pending::<()>().await;
            }
            json_answer("{}")
        }
    })
    .await
}

/// Keeps 64 calls under way until `answers` came; the kinds of all calls, and those that were answered.
async fn calls(session: &mut Session, answers: u64) -> (HashMap<u64, &'static str>, Vec<u64>) {
    let mut kinds = HashMap::new();
    let mut open = Vec::new();
    let mut answered = Vec::new();
    let mut number = 0;
    while answered.len() < usize::try_from(answers).unwrap() {
        while open.len() < usize::try_from(CALLS).unwrap() {
            number += 1;
            let tool = if number % 3 == 0 { "crm__write" } else { "crm__read" };
            let id = session.begin(tool, json!({})).await;
            kinds.insert(id, tool);
            open.push(id);
        }
        let answer = session.any_response(&open).await;
        assert_eq!(answer["result"]["isError"], json!(false), "{answer}");
        let id = answer["id"].as_u64().unwrap();
        open.retain(|other| *other != id);
        answered.push(id);
    }
    (kinds, answered)
}

async fn rows(workspace: &Workspace) -> Vec<AuditRecord> {
    let filter = AuditFilter {
        limit: u32::MAX,
        ..AuditFilter::default()
    };
    workspace.store().await.read_audit(&filter).await.unwrap()
}

#[tokio::test]
async fn a_kill_under_load_loses_no_answered_call_and_hides_no_write() {
    kill_under_load(3).await;
}

#[tokio::test]
#[ignore = "takes minutes"]
async fn a_hundred_kills_under_load_lose_no_answered_call_and_hide_no_write() {
    kill_under_load(100).await;
}

async fn kill_under_load(rounds: u64) {
    let upstream = api().await;
    let workspace = Workspace::with(&upstream.base_url(), READ_AND_WRITE);
    workspace.config(SETTINGS);
    let mut least = HashMap::from([("crm__read", 0), ("crm__write", 0)]);
    let mut head: Option<String> = None;
    for round in 0..rounds {
        let mut session = workspace.serve().await;
        // Somewhere else in the course of things every time.
        let (kinds, answered) = calls(&mut session, 40 + (7 * round) % 90).await;
        for id in &answered {
            *least.get_mut(kinds[id]).unwrap() += 1;
        }
        let ended = session.kill().await;
        assert_eq!(ended.code, None, "{ended:?}");

        let written = upstream
            .seen()
            .iter()
            .filter(|request| request.method == "POST")
            .count();
        let rows = rows(&workspace).await;
        for (tool, answered) in &least {
            let ok = rows
                .iter()
                .filter(|row| row.tool == *tool && row.outcome.as_str() == "ok")
                .count();
            assert!(
                ok >= *answered,
                "round {round}: {ok} rows of {tool} for {answered} answers"
            );
        }
        let writes: Vec<_> = rows.iter().filter(|row| row.tool == "crm__write").collect();
        assert!(
            writes.len() >= written,
            "round {round}: {} rows for {written} writes that arrived",
            writes.len()
        );
        for row in &rows {
            let ended = row.ended_at.is_some();
            assert_eq!(
                ended,
                row.outcome.as_str() != "OUTCOME_UNKNOWN",
                "round {round}: {row:?}"
            );
        }

        let mut verify = vec!["audit", "verify", "--json"];
        if let Some(head) = &head {
            verify.extend(["--head", head]);
        }
        let run = workspace.run(&verify).await;
        assert_eq!(run.code, Some(0), "round {round}: {run:?}");
        let found: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(found["holds"], true);
        head = found["head"].as_str().map(str::to_owned);
    }
}

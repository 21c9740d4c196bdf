//! `toolgate audit`.

use serde_json::Value;
use sqlx::Connection as _;
use sqlx::sqlite::SqliteConnection;

use toolgate::store::AuditRecord;

use super::crm;
use crate::harness::{Finished, Upstream, Workspace};

async fn verify(workspace: &Workspace, arguments: &[&str]) -> Finished {
    workspace.run(&[&["audit", "verify"], arguments].concat()).await
}

/// Three calls and the head after them.
async fn three_calls(workspace: &Workspace) -> String {
    for _ in 0..3 {
        get_thing(workspace).await;
    }
    let run = verify(workspace, &["--json"]).await;
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    found["head"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_untouched_log_is_reported_with_its_head() {
    let upstream = Upstream::fixed("{}").await;
    let workspace = crm(&upstream.base_url());
    let run = verify(&workspace, &[]).await;
    let zeros = "0".repeat(64);
    assert_eq!(run.code, Some(0));
    assert_eq!(
        run.stdout,
        format!("the audit log is as it was written\nevents: 0\nhead: {zeros}\n")
    );

    let head = three_calls(&workspace).await;
    let run = verify(&workspace, &["--head", &head]).await;
    assert_eq!(run.code, Some(0));
    assert_eq!(
        run.stdout,
        format!("the audit log is as it was written\nevents: 3\nhead: {head}\n")
    );

    let run = verify(&workspace, &["--head", &"ab".repeat(32)]).await;
    assert_eq!(run.code, Some(1));
    assert!(
        run.stdout
            .starts_with("the audit log fits together, but the noted head is not in it"),
        "{}",
        run.stdout
    );
    let run = verify(&workspace, &["--head", "abc"]).await;
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr.contains("a head has 64 hexadecimal digits"),
        "{}",
        run.stderr
    );
}

#[tokio::test]
async fn a_changed_log_is_reported_with_the_call() {
    let upstream = Upstream::fixed("{}").await;
    let workspace = crm(&upstream.base_url());
    three_calls(&workspace).await;
    let second = workspace.rows().await[1].call_id.clone();
    let file = format!("sqlite://{}", workspace.state().join("toolgate.db").display());
    let mut connection = SqliteConnection::connect(&file).await.unwrap();
    sqlx::query("UPDATE audit SET details = replace(details, ':200', ':500') WHERE sequence = 2")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();

    let run = verify(&workspace, &[]).await;
    assert_eq!(run.code, Some(1), "{run:?}");
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(
        lines[0],
        format!(
            "the audit log was changed at event 2 (call {second}): it is not as it was written, or not where it was \
             written: its hash does not fit"
        )
    );
    assert_eq!(lines[1], "events: 3");

    let run = verify(&workspace, &["--json"]).await;
    assert_eq!(run.code, Some(1));
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(found["holds"], false);
    assert_eq!(found["broken"]["event"], 2);
    assert_eq!(found["broken"]["call_id"], second.as_str());
}

#[tokio::test]
async fn what_is_old_is_cut_off_when_somebody_says_so() {
    let upstream = Upstream::fixed("{}").await;
    let mut workspace = crm(&upstream.base_url());
    workspace.set("TZ", "UTC");
    three_calls(&workspace).await;
    let mut old: Vec<AuditRecord> = workspace.rows().await;
    for (row, year) in old.iter_mut().zip(["2020", "2021", "2022"]) {
        row.call_id = year.to_owned();
        row.started_at = format!("{year}-01-01T00:00:00.000Z");
        row.ended_at = Some(format!("{year}-01-01T00:00:01.000Z"));
    }
    // A log of its own: only its beginning can be cut off.
    let mut workspace = crm(&upstream.base_url());
    workspace.set("TZ", "UTC");
    workspace.store().await.write_audit(&old, false).await.unwrap();
    get_thing(&workspace).await;
    let prune = ["audit", "prune", "--before", "2021-06-01"];

    let run = workspace.run(&prune).await;
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr
            .contains("nobody is here to ask whether calls are to be removed from the audit log: say --yes"),
        "{}",
        run.stderr
    );
    assert_eq!(workspace.rows().await.len(), 4);
    let run = workspace.run(&[&prune[..], &["--yes"]].concat()).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(
        run.stdout,
        "events cut off: 2; what ended at or after 2021-06-01T00:00:00.000Z is kept\n"
    );
    assert_eq!(workspace.rows().await[0].call_id, "2022");
    // As long as the settings keep them.
    let run = workspace.run(&["audit", "prune", "--yes", "--json"]).await;
    let done: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(done["cut"], 1);
    assert_eq!(workspace.rows().await.len(), 1);
    let run = verify(&workspace, &[]).await;
    assert_eq!(run.code, Some(0));
    assert!(run.stdout.contains("\nevents: 1\ncut off: 3\n"), "{}", run.stdout);
    // None is forgotten of how often the API was called.
    let run = workspace.run(&["apis", "list", "--json"]).await;
    let apis: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(apis[0]["metadata"]["total_calls"], 4);
}

async fn get_thing(workspace: &Workspace) {
    let run = workspace
        .run(&["call", "crm__get_thing", "--input", r#"{"id": "1"}"#])
        .await;
    assert_eq!(run.code, Some(0), "{run:?}");
}

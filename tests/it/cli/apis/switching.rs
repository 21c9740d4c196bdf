//! APIs that are switched off and on, and deleted.

use serde_json::json;

use super::super::{ACTIONS, CHANGED, crm};
use super::{guarded, list};
use crate::harness::{Workspace, connector};

#[tokio::test]
async fn a_switch_is_followed_by_every_process_and_survives_restarts() {
    let upstream = guarded().await;
    let workspace = crm(&upstream.base_url());
    let mut session = workspace.serve().await;
    assert_eq!(session.tools().await.len(), 2);

    let run = workspace.run(&["apis", "disable", "crm"]).await;
    assert_eq!(
        run.stdout,
        "crm is disabled: its tools are hidden and calls fail with API_DISABLED; `toolgate apis enable crm` offers \
         them again\n"
    );
    session.notification(CHANGED).await;
    assert_eq!(session.tools().await, Vec::<String>::new());
    let answer = session.call("crm__get_thing", json!({ "id": "1" })).await;
    let text = answer["result"]["content"][0]["text"].as_str().unwrap();
    assert!(
        text.starts_with("API_DISABLED: the API `crm` is disabled; nothing was sent\n"),
        "{text}"
    );
    assert_eq!(answer["result"]["isError"], true);

    // Another process, and one that starts now.
    let run = workspace
        .run(&["call", "custom.crm.get_thing", "--input", r#"{"id": "1"}"#])
        .await;
    assert!(run.stderr.starts_with("API_DISABLED: "), "{}", run.stderr);
    assert_eq!(workspace.run(&["tools", "--json"]).await.stdout, "[]\n");
    let mut later = workspace.serve().await;
    assert_eq!(later.tools().await, Vec::<String>::new());
    assert_eq!(upstream.count(), 0);
    let shown = list(&workspace).await.remove(0);
    assert_eq!(
        (&shown["badge"], &shown["metadata"]["status"]),
        (&json!("Connected"), &json!("disabled"))
    );

    let run = workspace.run(&["apis", "disable", "crm"]).await;
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), "crm is disabled already\n"));
    let run = workspace.run(&["apis", "enable", "crm"]).await;
    assert_eq!(run.stdout, "crm is enabled: its tools are offered again\n");
    for session in [&mut session, &mut later] {
        session.notification(CHANGED).await;
        let answer = session.call("crm__get_thing", json!({ "id": "1" })).await;
        assert_eq!(answer["result"]["isError"], false, "{answer}");
    }
    let run = workspace.run(&["apis", "enable", "crm"]).await;
    assert_eq!(run.stdout, "crm is enabled already\n");
    let run = workspace.run(&["apis", "disable", "crn"]).await;
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr
            .starts_with("error: there is no API `crn`; `toolgate apis list` shows"),
        "{}",
        run.stderr
    );
}

#[tokio::test]
async fn a_reload_does_not_switch_anything_on() {
    let workspace = crm("http://127.0.0.1:9/v1");
    workspace.run(&["apis", "disable", "crm"]).await;
    let mut session = workspace.serve().await;
    workspace.write("erp.toml", connector("erp", "http://127.0.0.1:9/v1", ACTIONS));
    session.notification(CHANGED).await;
    assert_eq!(session.tools().await, ["erp__create_thing", "erp__get_thing"]);
}

#[tokio::test]
async fn what_a_file_disables_no_switch_enables() {
    let workspace = Workspace::with(
        "http://127.0.0.1:9/v1",
        &format!("{ACTIONS}\n[metadata]\nstatus = \"paused\"\n"),
    );
    let run = workspace.run(&["apis", "enable", "crm"]).await;
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("the file of `crm` disables it"), "{}", run.stderr);
    let run = workspace.run(&["call", "crm__get_thing"]).await;
    assert!(run.stderr.starts_with("API_DISABLED: "), "{}", run.stderr);
    assert_eq!(list(&workspace).await[0]["metadata"]["status"], "disabled");
}

#[tokio::test]
async fn a_deleted_api_is_gone_everywhere_and_nothing_is_lost() {
    let workspace = crm("http://127.0.0.1:9/v1");
    // Even where nobody watches the files.
    workspace.config("[catalog]\nwatch = false\n");
    let mut session = workspace.serve().await;
    assert_eq!(session.tools().await.len(), 2);
    let run = workspace.run(&["apis", "delete", "crm"]).await;
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr
            .contains("nobody is here to ask whether `crm` is to be deleted: say --yes"),
        "{}",
        run.stderr
    );
    assert_eq!(list(&workspace).await.len(), 1);

    let before = std::fs::read(workspace.connectors().join("crm.toml")).unwrap();
    let run = workspace.run(&["apis", "delete", "crm", "--yes"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let (_, place) = run.stdout.trim_end().split_once(" is now ").unwrap();
    assert!(place.starts_with("state/trash/"), "{place}");
    assert_eq!(std::fs::read(workspace.path().join(place)).unwrap(), before);
    assert!(!workspace.connectors().join("crm.toml").exists());
    session.notification(CHANGED).await;
    assert_eq!(session.tools().await, Vec::<String>::new());
    assert_eq!(
        workspace.run(&["apis", "list"]).await.stdout,
        "there are no APIs in connectors\n"
    );

    // Put back, it is an API like any other.
    workspace.write("crm.toml", before);
    assert_eq!(list(&workspace).await[0]["metadata"]["status"], "active");
    session.notification(CHANGED).await;
    assert_eq!(session.tools().await.len(), 2);

    workspace.write("broken.toml", "name = 1");
    let run = workspace.run(&["apis", "delete", "broken", "--yes"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(list(&workspace).await.len(), 1);
}

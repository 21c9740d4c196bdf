//! `toolgate import --update`: what it says, what it keeps, and what it refuses.

use std::path::Path;

use serde_json::{Value, json};

use crate::committed;
use crate::harness::{Finished, Workspace};

const OVERLAY: &str = "overlay: 1.0.0\ninfo: {title: T, version: 1.0.0}\nactions:\n\
                       - {target: '$.paths[*].*', update: {x-toolgate: {ok_statuses: [404]}}}\n";

fn case(file: &str) -> String {
    std::fs::read_to_string(committed::path(&format!("tests/cases/openapi/update/{file}"))).unwrap()
}

/// A connector imported from `spec.yaml`, which holds `before.yaml`.
async fn imported(arguments: &[&str]) -> Workspace {
    let workspace = Workspace::new();
    write(&workspace, "spec.yaml", &case("before.yaml"));
    write(&workspace, "own.overlay.yaml", OVERLAY);
    let run = workspace
        .run(&[&["import", "spec.yaml", "--name", "Help Desk"], arguments].concat())
        .await;
    assert_eq!(run.code, Some(0), "{run:?}");
    workspace
}

fn write(workspace: &Workspace, file: &str, text: &str) {
    std::fs::write(workspace.path().join(file), text).unwrap();
}

fn path(workspace: &Workspace, file: &str) -> std::path::PathBuf {
    workspace.connectors().join("help_desk").join(file)
}

fn read(workspace: &Workspace, file: &str) -> String {
    std::fs::read_to_string(path(workspace, file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Changes a generated file as a person would.
fn edit(workspace: &Workspace, file: &str, from: &str, to: &str) {
    let text = read(workspace, file);
    assert!(text.contains(from), "{file}: {text}");
    std::fs::write(path(workspace, file), text.replace(from, to)).unwrap();
}

async fn update(workspace: &Workspace, arguments: &[&str]) -> Finished {
    workspace
        .run(&[&["import", "--update", "help_desk"], arguments].concat())
        .await
}

/// Everything in the folder of connectors, by path.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(next) = left.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                all.push((name, std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    all.sort();
    all
}

/// What a run printed, without what differs from one to the next.
fn told(run: &Finished) -> String {
    let mut text = format!("exit code {}\n{}{}", run.code.unwrap(), run.stdout, run.stderr);
    for word in text
        .clone()
        .split(|one: char| !one.is_ascii_alphanumeric() && one != '-')
    {
        let is_hash = word.len() == 12 && word.chars().all(|one| one.is_ascii_hexdigit());
        let is_day = word.len() == 10 && word.chars().all(|one| one.is_ascii_digit() || one == '-');
        if is_hash || is_day {
            text = text.replace(word, if is_day { "DAY" } else { "HASH" });
        }
    }
    text
}

#[tokio::test]
async fn an_update_tells_what_changes_and_keeps_every_name() {
    let workspace = imported(&["--overlay", "own.overlay.yaml"]).await;
    let mut said = String::new();
    said += &told(&update(&workspace, &[]).await);
    write(&workspace, "spec.yaml", &case("after.yaml"));
    // What the import did not write stays.
    std::fs::create_dir(path(&workspace, "fixtures")).unwrap();
    std::fs::write(path(&workspace, "fixtures/own.json"), "{}").unwrap();
    let before = files(&workspace.connectors());
    let run = update(&workspace, &[]).await;
    assert_eq!(run.code, Some(4), "{run:?}");
    said += &told(&run);
    assert_eq!(
        files(&workspace.connectors()),
        before,
        "nothing is written without a yes"
    );
    let run = update(&workspace, &["--json"]).await;
    let found: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
    assert_eq!(
        (&found["written"], &found["difference"]["same"]),
        (&json!(false), &json!(2))
    );

    let run = update(&workspace, &["--yes"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.stdout.ends_with("Updated connectors/help_desk.\n"),
        "{}",
        run.stdout
    );
    said += &told(&update(&workspace, &["--yes"]).await);
    let expected = committed::path("tests/cases/openapi/update/expected.txt");
    assert_eq!(committed::difference(&expected, &said), None);

    assert_eq!(read(&workspace, "fixtures/own.json"), "{}");
    assert_eq!(read(&workspace, "openapi/spec.yaml"), case("after.yaml"));
    assert_eq!(read(&workspace, "openapi/overlay.yaml"), OVERLAY);
    let others = std::fs::read_dir(workspace.connectors()).unwrap().count();
    assert_eq!(others, 1, "nothing is left beside the connector");
    let check = workspace.run(&["check", "--json"]).await;
    let check: Value = serde_json::from_str(&check.stdout).unwrap();
    assert_eq!(check["diagnostics"], json!([]));
    let services = files(&path(&workspace, "services"));
    assert!(
        services.iter().all(|(_, text)| text.contains("ok_statuses = [404]")),
        "{services:?}"
    );
}

#[tokio::test]
async fn what_was_edited_is_never_lost() {
    let workspace = imported(&[]).await;
    edit(&workspace, "services/teams.toml", "Lists teams", "Lists my teams");
    edit(
        &workspace,
        "connector.toml",
        "tier = \"full\"",
        "tier = \"full\"\nid = \"mine\"",
    );
    edit(
        &workspace,
        "SKILL.md",
        "# Working with Help Desk",
        "# Working with our help desk",
    );
    write(&workspace, "spec.yaml", &case("after.yaml"));
    let run = update(&workspace, &["--yes"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.stdout.contains("services/teams.toml stays as it was edited\n"),
        "{}",
        run.stdout
    );
    assert!(read(&workspace, "services/teams.toml").contains("Lists my teams"));
    assert!(read(&workspace, "connector.toml").contains("id = \"mine\""));
    assert!(read(&workspace, "SKILL.md").contains("our help desk"));
    assert!(
        run.stdout.contains("SKILL.md stays as it was edited, although"),
        "{}",
        run.stdout
    );

    // Now in a file that the description says something else about.
    edit(
        &workspace,
        "services/tickets.toml",
        "Lists the newest tickets",
        "Lists what is new",
    );
    write(&workspace, "spec.yaml", &case("before.yaml"));
    let before = files(&workspace.connectors());
    let run = update(&workspace, &["--yes"]).await;
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.stderr
            .contains("connectors/help_desk/services/tickets.toml was edited since")
            && run.stderr.contains("--overwrite"),
        "{}",
        run.stderr
    );
    assert_eq!(files(&workspace.connectors()), before);
    let run = update(&workspace, &["--yes", "--overwrite"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    let (_, backup) = run.stdout.split_once("The folder as it was is ").unwrap();
    let backup = workspace.path().join(backup.trim().trim_end_matches('.'));
    let kept = std::fs::read_to_string(backup.join("services/tickets.toml")).unwrap();
    assert!(kept.contains("Lists what is new"));
    assert!(read(&workspace, "services/tickets.toml").contains("\"Lists tickets\""));
    assert!(
        read(&workspace, "services/teams.toml").contains("Lists my teams"),
        "only what has to be is written over"
    );
    let check = workspace.run(&["check"]).await;
    assert!(
        check.stdout.starts_with("1 connector, "),
        "the backup is not served: {}",
        check.stdout
    );
}

#[tokio::test]
async fn what_was_removed_stays_removed_and_what_was_added_is_not_written_over() {
    let workspace = imported(&[]).await;
    std::fs::remove_file(path(&workspace, "services/teams.toml")).unwrap();
    write(
        &workspace,
        "spec.yaml",
        &case("before.yaml").replace("Lists notes", "Lists all notes"),
    );
    let run = update(&workspace, &["--yes"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(!path(&workspace, "services/teams.toml").exists());
    assert!(read(&workspace, "services/notes.toml").contains("Lists all notes"));
    // A file of one's own where the import would put one.
    let own = "[[actions]]\nname = \"own\"\ndescription = \"Own\"\nmethod = \"GET\"\npath = \"/own\"\n";
    std::fs::write(path(&workspace, "services/labels.toml"), own).unwrap();
    write(&workspace, "spec.yaml", &case("after.yaml"));
    let run = update(&workspace, &["--yes"]).await;
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.stderr.contains("services/labels.toml is not of the import"),
        "{}",
        run.stderr
    );
}

#[tokio::test]
async fn what_was_asked_for_is_asked_for_again() {
    let asked = [
        "--tag",
        "T*",
        "--base-url",
        "http://127.0.0.1:9/api",
        "--overlay",
        "own.overlay.yaml",
    ];
    let workspace = imported(&asked).await;
    let text = case("before.yaml")
        .replace("Lists teams", "Lists all teams")
        .replace("Lists notes", "Lists all notes");
    write(&workspace, "spec.yaml", &text);
    let run = update(&workspace, &["--yes"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.stdout
            .contains("0 actions added, 0 removed, 1 changed, 3 as before."),
        "{}",
        run.stdout
    );
    let connector = read(&workspace, "connector.toml");
    assert!(connector.contains("http://127.0.0.1:9/api") && connector.contains("127.0.0.0/8"));
    assert!(!path(&workspace, "services/notes.toml").exists());
    // The overlay that is kept is the one to edit; the description's copy beside it is as it was.
    edit(&workspace, "openapi/overlay.yaml", "404", "410");
    let copy = path(&workspace, "openapi/spec.yaml");
    let run = update(&workspace, &[copy.to_str().unwrap(), "--yes"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(read(&workspace, "services/teams.toml").contains("ok_statuses = [410]"));
    // Where it comes from has not changed by that. Another wish replaces the one before.
    let run = update(&workspace, &["--tag", "Notes", "--yes"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(path(&workspace, "services/notes.toml").exists() && !path(&workspace, "services/teams.toml").exists());
    let report: Value = serde_json::from_str(&read(&workspace, "openapi/report.json")).unwrap();
    assert_eq!(
        (&report["source"]["from"], &report["source"]["choice"]["tag"]),
        (&json!("../../spec.yaml"), &json!(["Notes"]))
    );
}

#[tokio::test]
async fn secrets_stay_where_they_are() {
    let workspace = Workspace::new();
    let secured = case("before.yaml").replace(
        "paths:",
        "security: [{key: []}]\ncomponents: {securitySchemes: {key: {type: http, scheme: bearer}}}\npaths:",
    );
    write(&workspace, "spec.yaml", &secured);
    let run = workspace.run(&["import", "spec.yaml", "--name", "Help Desk"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    workspace.store_secret("help_desk/token", "s3cret").await;
    write(
        &workspace,
        "spec.yaml",
        &secured.replace("Lists notes", "Lists all notes"),
    );
    let run = update(&workspace, &["--yes"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(read(&workspace, "connector.toml").contains("token = \"vault://help_desk/token\""));
    assert!(read(&workspace, "connector.toml").contains("slug = \"help_desk\""));
    // Another scheme is told before it is there.
    write(
        &workspace,
        "spec.yaml",
        &secured.replace("scheme: bearer", "scheme: basic"),
    );
    let run = update(&workspace, &[]).await;
    assert_eq!(run.code, Some(4), "{run:?}");
    assert!(
        run.stdout.contains("! requests are authenticated differently"),
        "{}",
        run.stdout
    );
}

#[tokio::test]
async fn what_cannot_be_updated_is_told() {
    let workspace = imported(&[]).await;
    let run = workspace.run(&["import", "--update", "nobody"]).await;
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr.contains("nobody is not a connector that was imported"),
        "{}",
        run.stderr
    );
    let run = workspace.run(&["import", "--update", "help_desk", "--name", "x"]).await;
    assert_eq!(run.code, Some(2), "{run:?}");
    std::fs::remove_file(workspace.path().join("spec.yaml")).unwrap();
    let run = update(&workspace, &["--yes"]).await;
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr.contains("cannot read") && run.stderr.contains("spec.yaml"),
        "{}",
        run.stderr
    );
    write(&workspace, "spec.yaml", &case("after.yaml"));
    // A report from elsewhere must not name files elsewhere.
    edit(
        &workspace,
        "openapi/report.json",
        "\"services/teams.toml\":",
        "\"../../spec.yaml\":",
    );
    let run = update(&workspace, &["--yes"]).await;
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr
            .contains("names `../../spec.yaml`, which is not in the connector's folder"),
        "{}",
        run.stderr
    );
    assert!(workspace.path().join("spec.yaml").exists());

    let workspace = imported(&[]).await;
    write(&workspace, "spec.yaml", &case("after.yaml"));
    edit(
        &workspace,
        "services/notes.toml",
        "method = \"GET\"",
        "method = \"GOT\"",
    );
    let run = update(&workspace, &["--yes"]).await;
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr.contains("the connector has errors as it is"),
        "{}",
        run.stderr
    );
}

#[tokio::test]
async fn an_update_that_was_killed_loses_nothing() {
    let workspace = imported(&[]).await;
    let connectors = workspace.connectors();
    let before = connectors.join(".help_desk.before");
    let edited = "[[actions]]\nname = \"list_mine\"\n";
    edit(&workspace, "services/teams.toml", "Lists teams", "Lists my teams");
    write(&workspace, "spec.yaml", &case("after.yaml"));
    // It was killed when the connector had been put aside.
    std::fs::rename(connectors.join("help_desk"), &before).unwrap();
    let run = update(&workspace, &["--yes"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.stderr.contains(
            "note: connectors/help_desk is back: an update that did not end had left it as connectors/.help_desk.before"
        ),
        "{}",
        run.stderr
    );
    assert!(read(&workspace, "services/teams.toml").contains("Lists my teams"));
    assert!(!before.exists());

    // Then it was imported anew, and what was put aside may be the only one that was edited.
    std::fs::create_dir_all(&before).unwrap();
    std::fs::write(before.join("mine.toml"), edited).unwrap();
    write(&workspace, "spec.yaml", &case("before.yaml"));
    let run = update(&workspace, &["--yes"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(std::fs::read_to_string(before.join("mine.toml")).unwrap(), edited);
}

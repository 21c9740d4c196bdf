//! `toolgate new connector`: what it writes loads without a finding, and nothing is written over.

use crate::harness::Workspace;

/// The schemes that a new connector can begin with, as the help lists them.
async fn schemes(workspace: &Workspace) -> Vec<String> {
    let help = workspace.run(&["new", "connector", "--help"]).await.stdout;
    let (_, option) = help.split_once("--auth <AUTH>").unwrap();
    let (_, listed) = option.split_once("[possible values: ").unwrap();
    let (listed, _) = listed.split_once(']').unwrap();
    let schemes: Vec<String> = listed.split(", ").map(str::to_owned).collect();
    assert!(schemes.len() >= 5, "{schemes:?}");
    schemes
}

fn read(workspace: &Workspace, file: &str) -> String {
    std::fs::read_to_string(workspace.connectors().join(file)).unwrap()
}

#[tokio::test]
async fn every_kind_of_new_connector_loads_without_a_finding_or_a_hint() {
    let workspace = Workspace::new();
    let schemes = schemes(&workspace).await;
    for auth in &schemes {
        let name = format!("Lite \"{auth}\"");
        let run = workspace.run(&["new", "connector", &name, "--auth", auth]).await;
        assert_eq!(run.code, Some(0), "{run:?}");
    }
    let full = [
        "new",
        "connector",
        "Wiki",
        "--tier",
        "full",
        "--entity",
        "page",
        "--entity",
        "Wiki Space",
    ];
    let run = workspace.run(&full).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    insta::assert_snapshot!(run.stdout, @r"
    Wrote connectors/wiki:
      connector.toml           where the API is, its key, its limits
      services/page.toml       the actions of one entity
      services/wiki_space.toml the actions of one entity
      AGENTS.md                for whoever changes the connector
      SKILL.md                 for the agents that use it
      .env.example             the variables it needs, without values

    Next:
      1. read the documentation of Wiki, and put the real paths and fields into the files
      2. toolgate check --hints
      3. export WIKI_KEY=...
      4. toolgate call wiki__list_pages --dry-run
    ");

    let run = workspace.run(&["check", "--json"]).await;
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    for found in ["diagnostics", "problems", "hints"] {
        assert_eq!(report[found], serde_json::json!([]), "{report:#}");
    }
    assert_eq!(report["connectors"], 1 + schemes.len());
    assert_eq!(report["tools"], 6 + 3 * schemes.len());
    // What the connectors need, and nothing else.
    let needed = report["unset_secrets"].as_array().unwrap();
    assert_eq!(needed.len(), 6, "{needed:?}");
    for name in ["LITE_API_KEY_KEY", "LITE_BASIC_AUTH_PASSWORD"] {
        let file = format!("{}/.env.example", name.rsplit_once('_').unwrap().0.to_lowercase());
        assert!(read(&workspace, &file).contains(&format!("{name}=\n")), "{file}");
    }
}

#[tokio::test]
async fn a_name_that_begins_with_a_digit_makes_variables_that_can_be_set() {
    let workspace = Workspace::new();
    let schemes = schemes(&workspace).await;
    for auth in &schemes {
        let run = workspace
            .run(&["new", "connector", &format!("3scale {auth}"), "--auth", auth])
            .await;
        assert_eq!(run.code, Some(0), "{run:?}");
    }
    let run = workspace.run(&["check", "--json"]).await;
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["diagnostics"], serde_json::json!([]), "{report:#}");
    assert_eq!(report["connectors"], schemes.len(), "{report:#}");
    let variables = read(&workspace, "3scale_basic_auth/.env.example");
    assert_eq!(
        variables,
        "API_3SCALE_BASIC_AUTH_USER=\nAPI_3SCALE_BASIC_AUTH_PASSWORD=\n"
    );
}

#[tokio::test]
async fn what_would_not_load_is_not_written() {
    let workspace = Workspace::new();
    let long = "x".repeat(80);
    for (arguments, part) in [
        (
            vec!["CRM", "--base-url", "https://u:p4ssw0rd@x.com/v1"],
            "user name or password",
        ),
        (
            vec!["CRM", "--base-url", "http://p4ssw0rd@x.com/v1"],
            "user name or password",
        ),
        (vec!["CRM", "--base-url", "https://x.com/v1?a=b"], "query or a fragment"),
        (vec!["CRM", "--base-url", "https://x.com/v1#f"], "query or a fragment"),
        (vec![long.as_str()], "slug"),
        (vec!["CRM", "--entity", "3d model"], "3d_model_id"),
    ] {
        let run = workspace
            .run(&[&["new", "connector"], arguments.as_slice()].concat())
            .await;
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run:?}");
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
        assert!(!run.stderr.contains("p4ssw0rd"), "{}", run.stderr);
        let left = std::fs::read_dir(workspace.connectors()).unwrap().count();
        assert_eq!(left, 0, "{arguments:?}");
    }
}

#[tokio::test]
async fn the_first_lines_name_schemas_that_are_there() {
    let workspace = Workspace::new();
    workspace.run(&["new", "connector", "Wiki", "--tier", "full"]).await;
    for (file, folder) in [
        ("wiki/connector.toml", "wiki"),
        ("wiki/services/item.toml", "wiki/services"),
    ] {
        let text = read(&workspace, file);
        let schema = text.lines().next().unwrap().strip_prefix("#:schema ").unwrap();
        let schema: serde_json::Value = serde_json::from_str(&read(&workspace, &format!("{folder}/{schema}"))).unwrap();
        assert!(schema["properties"]["actions"].is_object());
    }
}

#[tokio::test]
async fn what_is_there_is_left_as_it_is() {
    let workspace = Workspace::new();
    workspace.write("crm/notes.txt", "mine");
    let run = workspace.run(&["new", "connector", "CRM"]).await;
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("connectors/crm is there already"), "{}", run.stderr);
    assert_eq!(read(&workspace, "crm/notes.txt"), "mine");
    assert!(!workspace.connectors().join("crm/connector.toml").exists());
}

#[tokio::test]
async fn what_cannot_be_meant_is_told() {
    let workspace = Workspace::new();
    for (arguments, part) in [
        (vec!["!!"], "no letter or digit"),
        (vec!["CRM", "--base-url", "http://10.0.0.1"], "not https"),
        (vec!["CRM", "--entity", "a", "--entity", "b"], "--tier full"),
        (
            vec!["CRM", "--tier", "full", "--entity", "a", "--entity", "A"],
            "given twice",
        ),
    ] {
        let run = workspace
            .run(&[&["new", "connector"], arguments.as_slice()].concat())
            .await;
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.stderr.contains(part), "{}", run.stderr);
    }
    assert!(!workspace.connectors().join("crm").exists());
}

//! `toolgate check` loses none of what it finds, however much that is and whatever it is called.

use serde_json::Value;

use crate::harness::{Workspace, connector, share_compiled_code};

/// `count` actions without a description, which is a warning for each. The connector around them has one more.
fn undescribed(count: usize) -> String {
    let action = |index| format!("[[actions]]\nname = \"get_{index}\"\nmethod = \"GET\"\npath = \"/{index}\"\n");
    (0..count).map(action).collect()
}

#[tokio::test]
async fn an_error_behind_many_warnings_is_told_and_counted() {
    let workspace = Workspace::new();
    let rest =
        undescribed(250) + "[[actions]]\nname = \"last\"\ndescription = \"d\"\nmethod = \"FETCH\"\npath = \"/\"\n";
    workspace.write("crm.toml", connector("crm", "https://a.test/v1", &rest));
    let run = workspace.run(&["check"]).await;
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    assert!(run.stderr.contains("\"FETCH\""), "{}", run.stderr);
    // Not only those that are shown.
    assert!(run.stdout.contains(": 1 error, 251 warnings"), "{}", run.stdout);
    assert!(run.stderr.contains("52 more warnings"), "{}", run.stderr);
    let run = workspace.run(&["check", "--json"]).await;
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&report["errors"], &report["warnings"]), (&1.into(), &251.into()));
    assert_eq!(report["diagnostics"].as_array().unwrap().len(), 200);

    workspace.write("crm.toml", connector("crm", "https://a.test/v1", &undescribed(250)));
    let run = workspace.run(&["check"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.contains(": 0 errors, 251 warnings"), "{}", run.stdout);
}

/// Actions may have one name and be told apart by their slugs.
#[tokio::test]
async fn scripts_of_actions_of_one_name_are_all_checked() {
    let workspace = Workspace::new();
    let action = |slug: &str, code: &str| {
        format!(
            "[[actions]]\nname = \"get\"\nslug = \"{slug}\"\ndescription = \"d\"\neffect = \"read\"\ncode = '{code}'\n"
        )
    };
    let rest = action("get_good", "return 1;") + &action("get_bad", "return 1 +;");
    workspace.write("desk/connector.toml", connector("desk", "https://a.test/v1", &rest));
    share_compiled_code(&workspace.state());
    let run = workspace.run(&["check"]).await;
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    assert!(run.stderr.contains("unexpected token in expression"), "{}", run.stderr);
    assert!(run.stderr.contains("code = 'return 1 +;'"), "{}", run.stderr);

    // A failing call says where that one is.
    let run = workspace.run(&["call", "desk__get_bad"]).await;
    assert!(run.stderr.contains("connector.toml:19:19: "), "{run:?}");
}

/// The folder around such a file has no name of its own.
#[tokio::test]
async fn a_single_file_may_be_named_without_its_folder() {
    let workspace = Workspace::new();
    let text = connector("crm", "https://a.test/v1", &undescribed(1));
    std::fs::write(workspace.path().join("one.toml"), text).unwrap();
    let run = workspace.run(&["check", "--connectors", "one.toml"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(
        run.stdout.starts_with("1 connector, 1 tool: 0 errors"),
        "{}",
        run.stdout
    );
}

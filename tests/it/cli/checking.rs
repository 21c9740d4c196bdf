//! `toolgate check`: everything that is wrong with a folder, at once, with where it is.

use serde_json::{Value, json};

use super::{ACTIONS, crm};
use crate::harness::{Upstream, Workspace, connector};

const BROKEN: &str = "name = \"broken\"\ndescription = \"x\"\n[connection]\nbase_ulr = \"https://a.test\"\n[[actions]]\nname = \"a\"\nmethod = \"FETCH\"\npath = \"/\"\n";

#[tokio::test]
async fn a_good_folder_is_counted() {
    let workspace = crm("http://127.0.0.1:9/v1");
    let run = workspace.run(&["check"]).await;
    assert_eq!(run.code, Some(0));
    assert_eq!(
        run.stdout,
        "1 connector, 2 tools: 0 errors, 1 warning, 4 hints (--hints shows them)\n"
    );
    let hinted = workspace.run(&["check", "--hints"]).await;
    assert!(hinted.stdout.ends_with(", 4 hints\n"), "{}", hinted.stdout);
    assert!(hinted.stderr.contains("note[no-response-schema]"), "{}", hinted.stderr);
    insta::assert_snapshot!(run.stderr, @r"
    warning[allow-http]: requests may leave without encryption: anybody in that network can read the credential
     --> connectors/crm.toml:6:14
      |
    6 | allow_http = true
      |              ^^^^
    ");
}

/// Contract S1-88: limits are on by default, and it is told where they are off.
#[tokio::test]
async fn limits_that_are_switched_off_are_told() {
    let workspace = Workspace::new();
    let off = connector(
        "crm",
        "http://127.0.0.1:9/v1",
        &format!("[security.rate_limit]\nrequests_per_day = \"unlimited\"\n{ACTIONS}"),
    );
    workspace.write("crm.toml", off);
    workspace.config("[limits]\nrequests_per_minute_per_action = \"unlimited\"\n");
    let run = workspace.run(&["check"]).await;
    assert_eq!(run.code, Some(0));
    assert!(run.stdout.contains(": 0 errors, 4 warnings"), "{}", run.stdout);
    for part in [
        "warning[unlimited]: nothing limits calls in a day: ",
        "connectors/crm.toml:9:20",
        "warning[unlimited]: nothing limits calls of an action, unless its file does: ",
        "config.toml:2:34",
    ] {
        assert!(run.stderr.contains(part), "{part} is not in {}", run.stderr);
    }
}

#[tokio::test]
async fn all_errors_of_a_folder_are_reported_at_once() {
    let workspace = crm("http://127.0.0.1:9/v1");
    workspace.write("broken.toml", BROKEN);
    workspace.write("again/connector.yaml", "name: [\n");
    workspace.write("latin.toml", b"name = \"caf\xe9\"");
    workspace.config("[server]\nmax_concurent_calls = 1\n");
    let run = workspace.run(&["check"]).await;
    assert_eq!(run.code, Some(1));
    for part in [
        "connectors/broken.toml:4:1",
        "`base_url`",
        "connectors/broken.toml:7:10",
        "connectors/again/connector.yaml:",
        "cannot read connectors/latin.toml",
        "config.toml:2:1",
        "`max_concurrent_calls`",
    ] {
        assert!(run.stderr.contains(part), "{part} is not in {}", run.stderr);
    }
    // What is good is served all the same.
    assert!(run.stdout.starts_with("1 connector, 2 tools: "), "{}", run.stdout);

    let run = workspace.run(&["check", "--json"]).await;
    assert_eq!((run.code, run.stderr.as_str()), (Some(1), ""));
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let found = report["diagnostics"].as_array().unwrap();
    let misspelt = found
        .iter()
        .find(|finding| finding["file"] == "connectors/broken.toml" && finding["line"] == 4)
        .unwrap_or_else(|| panic!("{report:#}"));
    assert_eq!(
        (&misspelt["severity"], &misspelt["column"]),
        (&json!("error"), &json!(1))
    );
    assert!(misspelt["help"].as_str().unwrap().contains("base_url"), "{misspelt}");
    assert_eq!(report["tools"], 2);
    let errors = found.iter().filter(|finding| finding["severity"] == "error").count();
    let problems = report["problems"].as_array().unwrap().len();
    assert_eq!(report["errors"], errors + problems);
}

#[tokio::test]
async fn names_that_collide_are_errors() {
    let workspace = crm("http://127.0.0.1:9/v1");
    workspace.write("other.toml", connector("CRM", "http://127.0.0.1:9/v2", ACTIONS));
    let run = workspace.run(&["check"]).await;
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr
            .contains("the connector `crm` is left out: the name `crm` is taken"),
        "{}",
        run.stderr
    );
}

#[tokio::test]
async fn a_missing_folder_is_an_error_and_an_empty_one_is_not() {
    let workspace = Workspace::new();
    let run = workspace.run(&["check", "--connectors", "nowhere"]).await;
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("cannot read nowhere"), "{}", run.stderr);
    let run = workspace.run(&["check"]).await;
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (Some(0), "0 connectors, 0 tools: 0 errors, 0 warnings\n")
    );
}

/// Contracts S4-12 and S4-13.
#[tokio::test]
async fn settings_come_from_the_environment() {
    let upstream = Upstream::fixed("{}").await;
    let mut workspace = Workspace::new();
    let rest = "[settings]\nbase_url = {}\nkey = {}\nunit = { default = \"things\" }\n\
                [auth]\ntype = \"api_key\"\nheader_name = \"X-Key\"\nkey = \"{{settings.key}}\"\n\
                [[actions]]\nname = \"list_units\"\ndescription = \"Lists\"\nmethod = \"GET\"\npath = \"/{settings.unit}\"\n";
    workspace.write("shop.toml", connector("shop", "{{settings.base_url}}", rest));
    let run = workspace.run(&["check"]).await;
    assert_eq!(run.code, Some(1));
    for part in [
        "error[missing-setting]: the environment variable `SHOP_BASE_URL` is not set here, or is empty",
        "connectors/shop.toml:4:13",
        "error[missing-setting]: the environment variable `SHOP_KEY` is not set here, or is empty",
        "connectors/shop.toml:15:8",
    ] {
        assert!(run.stderr.contains(part), "{part} is not in {}", run.stderr);
    }
    workspace.set("SHOP_BASE_URL", &upstream.base_url());
    workspace.set("SHOP_KEY", "k3y-from-settings");
    assert_eq!(workspace.run(&["check"]).await.code, Some(0));
    for (unit, path) in [("", "/v1/things"), ("a b", "/v1/a%20b")] {
        workspace.set("SHOP_UNIT", unit);
        let run = workspace.run(&["call", "shop__list_units"]).await;
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let seen = upstream.seen().pop().unwrap();
        assert_eq!(seen.uri.path(), path);
        assert_eq!(seen.headers["x-key"], "k3y-from-settings");
    }
}

/// Contracts S4-16 and S4-22.
#[tokio::test]
async fn a_full_connector_without_its_pages_does_not_pass() {
    let workspace = Workspace::new();
    let main = connector("shop", "http://127.0.0.1:9/v1", "");
    workspace.write("shop/connector.toml", main);
    let action = "[[actions]]\nname = \"get_it\"\ndescription = \"Gets\"\nmethod = \"GET\"\npath = \"/\"\n";
    workspace.write("shop/services/it.toml", action);
    let run = workspace.run(&["check"]).await;
    assert_eq!(run.code, Some(1));
    for part in ["error[no-agents]", "error[no-skill]"] {
        assert!(run.stderr.contains(part), "{part} is not in {}", run.stderr);
    }
    // It works all the same.
    assert!(workspace.run(&["tools"]).await.stdout.contains("shop__get_it"));
    workspace.write("shop/AGENTS.md", "Read the API's documentation first.");
    workspace.write("shop/SKILL.md", "Nothing yet.");
    let run = workspace.run(&["check"]).await;
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("error[skill-drift]"), "{}", run.stderr);
    workspace.write("shop/SKILL.md", "`get_it` gets it.");
    assert_eq!(workspace.run(&["check"]).await.code, Some(0));
}

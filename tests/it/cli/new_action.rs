//! `toolgate new action`: what it writes runs as it is, and nothing is written over.

use std::fs;

use serde_json::Value;

use crate::committed;
use crate::harness::{Finished, Workspace, share_compiled_code, shipped};

/// A connector's file in every form, with an action that reads at `/customers`.
const TOML: &str = "name = \"Shop\"\r\ndescription = \"A shop\"\r\n[connection]\r\nbase_url = \"https://shop.example.com/v1\"\r\n\
    [[actions]]\r\nname = \"list\"\r\ndescription = \"d\"\r\nmethod = \"GET\"\r\npath = \"/orders\"";
const LIST: &str = "name = \"Shop\"\ndescription = \"A shop\"\n\
    actions = [{ name = \"list\", description = \"d\", method = \"GET\", path = \"/orders\" }]\n\
    [connection]\nbase_url = \"https://shop.example.com/v1\"\n";
const YAML: &str = "name: Shop\ndescription: A shop\nconnection:\n  base_url: https://shop.example.com/v1\nactions:\n\
    - name: list\n  description: d\n  method: GET\n  path: /orders\n";
const JSON: &str = "{\"name\": \"Shop\", \"description\": \"A shop\", \"connection\": {\"base_url\": \"https://shop.example.com/v1\"},\n\
    \"actions\": [{\"name\": \"list\", \"description\": \"d\", \"method\": \"GET\", \"path\": \"/orders\"}]}\n";

fn read(workspace: &Workspace, file: &str) -> String {
    fs::read_to_string(workspace.connectors().join(file)).unwrap()
}

async fn make(workspace: &Workspace, arguments: &[&str]) -> Finished {
    workspace.run(&[&["new", "action"], arguments].concat()).await
}

async fn findings(workspace: &Workspace) -> Vec<Value> {
    let run = workspace.run(&["check", "--json"]).await;
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    report["diagnostics"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_new_action_runs_as_it_is() {
    let (workspace, api) = shipped("demo-crm").await;
    share_compiled_code(&workspace.state());
    let before = (read(&workspace, "demo-crm/connector.toml"), findings(&workspace).await);
    let run = make(&workspace, &["best_customers"]).await;
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
    insta::assert_snapshot!(run.stdout, @r"
    Wrote connectors/demo-crm/actions/best_customers.js: what it does
    Added the action to the end of connectors/demo-crm/connector.toml.
    Added a line about it to connectors/demo-crm/SKILL.md.

    Next:
      1. toolgate test demo_crm__best_customers
    ");
    let after = read(&workspace, "demo-crm/connector.toml");
    assert!(after.starts_with(&before.0), "{after}");
    // Neither errors nor warnings come with it.
    assert_eq!(findings(&workspace).await, before.1);

    let run = workspace
        .run(&["test", "demo_crm__best_customers", "--input", "{\"limit\": 2}"])
        .await;
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
    let (log, result) = run.stdout.split_once("\n\n").unwrap();
    assert!(log.contains(" entries at /customers"), "{log}");
    assert!(log.contains("/v1/customers  200,"), "{log}");
    let result: Value = serde_json::from_str(result).unwrap();
    assert_eq!(result["entries"].as_array().unwrap().len(), 2, "{result}");
    assert!(
        result["count"].as_u64().unwrap() > 2 && result["entries"][0]["id"].is_string(),
        "{result}"
    );
    let run = workspace.run(&["test", "demo_crm__best_customers", "--json"]).await;
    let whole: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(whole["result"]["entries"].as_array().unwrap().len(), 5, "{whole}");

    // The same once more: nothing is written over.
    let run = make(&workspace, &["best_customers", "--connector", "demo-crm"]).await;
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr.contains("has an action `best_customers` already"),
        "{}",
        run.stderr
    );
    workspace.write("demo-crm/actions/mine.js", "return 1;");
    let run = make(&workspace, &["mine", "--connector", "connectors/demo-crm"]).await;
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr.contains("actions/mine.js is there already"),
        "{}",
        run.stderr
    );
    assert_eq!(read(&workspace, "demo-crm/actions/mine.js"), "return 1;");
    assert_eq!(read(&workspace, "demo-crm/connector.toml"), after);
    api.stop().await;
}

#[tokio::test]
async fn the_bytes_of_the_connector_stay() {
    let workspace = Workspace::new();
    workspace.write("shop/connector.toml", TOML);
    let run = make(&workspace, &["report"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    let text = read(&workspace, "shop/connector.toml");
    assert!(text.starts_with(&format!("{TOML}\r\n\r\n[[actions]]\r\n")), "{text:?}");
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
}

#[tokio::test]
async fn what_cannot_be_added_to_is_said_and_pasted() {
    for (file, text, told, paste) in [
        (
            "connector.yaml",
            YAML,
            "in a line of its own behind connectors/shop/connector.yaml:9",
            (|text, entry| format!("{text}{entry}")) as fn(&str, &str) -> String,
        ),
        (
            "connector.json",
            JSON,
            "which ends at connectors/shop/connector.json:2:84, with a comma between them",
            |text, entry| {
                let mut whole: Value = serde_json::from_str(text).unwrap();
                let entry = serde_json::from_str(entry).unwrap();
                whole["actions"].as_array_mut().unwrap().push(entry);
                whole.to_string()
            },
        ),
        (
            "connector.toml",
            LIST,
            "which ends at connectors/shop/connector.toml:3:81, with a comma between them",
            |text, entry| text.replace("}]\n", &format!("}}, {entry}]\n")),
        ),
    ] {
        let workspace = Workspace::new();
        workspace.write(&format!("shop/{file}"), text);
        let run = make(&workspace, &["report"]).await;
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
        let told = format!(" list `actions`, {told}:\n\n");
        let (_, rest) = run
            .stdout
            .split_once(&told)
            .unwrap_or_else(|| panic!("{told}{}", run.stdout));
        let (entry, next) = rest.split_once("\n\nNext:\n").unwrap();
        assert!(next.ends_with("toolgate test shop__report\n"), "{next}");
        assert_eq!(read(&workspace, &format!("shop/{file}")), text);
        assert!(read(&workspace, "shop/actions/report.js").contains("const url = \"/orders\";"));
        workspace.write(&format!("shop/{file}"), paste(text, entry));
        let tools = workspace.run(&["tools"]).await;
        assert!(tools.stdout.contains("shop__report"), "{tools:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_meant_is_told() {
    let workspace = Workspace::new();
    let told = async |arguments: &[&str], code: i32, part: &str| {
        let run = make(&workspace, arguments).await;
        assert_eq!(run.code, Some(code), "{run:?}");
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
    };
    told(
        &["report"],
        2,
        "there is no connector in connectors: `toolgate new connector`",
    )
    .await;
    workspace.write("shop/connector.toml", TOML);
    told(&["Daily Report"], 2, "e.g. `daily_report`").await;
    told(&["!!"], 2, "no letter or digit").await;
    told(&["../../report"], 2, "cannot be the name").await;
    told(&[&"a".repeat(101)], 2, "at most 64").await;
    told(
        &["report", "--connector", "store"],
        2,
        "`store` is not a connector's folder; name one of `shop`",
    )
    .await;
    // By the name of its folder or by its slug.
    workspace.write("old-wiki/connector.toml", TOML.replace("Shop", "Notes"));
    for (action, name) in [("first", "old-wiki"), ("second", "notes")] {
        let run = make(&workspace, &[action, "--connector", name]).await;
        assert!(
            run.stdout.contains(&format!("toolgate test notes__{action}")),
            "{run:?}"
        );
    }
    std::fs::remove_dir_all(workspace.connectors().join("old-wiki")).unwrap();
    workspace.write("wiki.toml", TOML.replace("Shop", "Wiki"));
    told(&["report"], 2, "name one of `shop`, `wiki.toml` with --connector").await;
    told(
        &["report", "--connector", "wiki.toml"],
        2,
        "connectors/wiki.toml is a single file, and code is kept in a connector's folder: move it to connectors/wiki/connector.toml",
    )
    .await;
    workspace.write("shop/connector.toml", TOML.replace("base_url", "base_ulr"));
    told(&["report", "--connector", "shop"], 1, "connectors/shop has errors").await;
    assert!(!workspace.connectors().join("shop/actions").exists());
}

#[tokio::test]
async fn a_connector_elsewhere_is_named_in_the_next_step() {
    let workspace = Workspace::new();
    let elsewhere = workspace.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::write(elsewhere.join("connector.toml"), TOML).unwrap();
    let run = make(&workspace, &["report", "--connector", "elsewhere"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    let command = "toolgate test shop__report --connectors elsewhere";
    assert!(run.stdout.contains(command), "{}", run.stdout);
    let tools = workspace.run(&["tools", "--connectors", "elsewhere"]).await;
    assert!(tools.stdout.contains("shop__report"), "{tools:?}");
}

#[tokio::test]
async fn a_component_comes_with_all_that_builds_it() {
    let steps_in_rust = "
  1. rustup target add wasm32-unknown-unknown
  2. cargo install --locked wasm-tools@1.258.0
  3. cargo build --release --target wasm32-unknown-unknown --manifest-path connectors/demo-crm/components/best/Cargo.toml
  4. wasm-tools component new \
connectors/demo-crm/components/best/target/wasm32-unknown-unknown/release/action.wasm \
--output connectors/demo-crm/actions/best.wasm
  5. toolgate test demo_crm__best
";
    let steps_in_python = "
  1. python3 -m venv connectors/demo-crm/components/best/.venv
  2. connectors/demo-crm/components/best/.venv/bin/pip install --require-hashes \
--requirement connectors/demo-crm/components/best/requirements.txt
  3. connectors/demo-crm/components/best/.venv/bin/componentize-py \
--wit-path connectors/demo-crm/components/best/wit --world action componentize app \
--python-path connectors/demo-crm/components/best --stub-wasi --output connectors/demo-crm/actions/best.wasm
  4. toolgate test demo_crm__best
";
    for (language, steps, helper, place) in [
        (
            "rust",
            steps_in_rust,
            "wasm-guests/toolgate-guest/src",
            "toolgate-guest/src",
        ),
        ("python", steps_in_python, "wasm-guests/toolgate-guest-python", ""),
    ] {
        let (workspace, api) = shipped("demo-crm").await;
        let run = make(&workspace, &["best", "--lang", language]).await;
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
        assert!(run.stdout.ends_with(&format!("\nNext:{steps}")), "{}", run.stdout);
        let entry = read(&workspace, "demo-crm/connector.toml");
        assert!(entry.contains("component = \"actions/best.wasm\""), "{entry}");

        let sources = workspace.connectors().join("demo-crm/components/best");
        let written = |file: &str| fs::read(sources.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        for file in fs::read_dir(committed::path(helper)).unwrap().map(Result::unwrap) {
            if file.path().is_file() {
                let name = file.file_name().into_string().unwrap();
                let written = written(format!("{place}/{name}").trim_start_matches('/'));
                assert_eq!(written, fs::read(file.path()).unwrap(), "{name}");
            }
        }
        let contract = fs::read(committed::path("wasm-guests/wit/action.wit")).unwrap();
        assert_eq!(written("wit/action.wit"), contract);
        api.stop().await;
    }
    // The stage of the tests that follows the steps leaves out what it has installed itself.
    let script = fs::read_to_string(committed::path("tests/run")).unwrap();
    assert!(script.contains("wasm-tools 1.258.0 "));
}

/// A connector does not load before its components are built, and can be added to all the same.
#[tokio::test]
async fn an_action_is_added_to_a_connector_whose_components_are_not_built() {
    let workspace = Workspace::new();
    workspace.write("shop/connector.toml", TOML);
    for (arguments, missing) in [
        (&["best", "--lang", "rust", "--connector", "shop"], None),
        (
            &["worst", "--lang", "python", "--connector", "shop"],
            Some("connectors/shop/actions/best.wasm"),
        ),
        (
            &["report", "--lang", "js", "--connector", "shop"],
            Some("connectors/shop/actions/best.wasm and connectors/shop/actions/worst.wasm"),
        ),
    ] {
        let run = make(&workspace, arguments).await;
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
        let main = read(&workspace, "shop/connector.toml");
        assert!(main.contains(&format!("name = \"{}\"", arguments[0])), "{main}");
        let step = missing.map(|missing| format!(". build {missing}: the connector does not load before\n"));
        match step {
            Some(step) => assert!(run.stdout.contains(&step), "{step}: {}", run.stdout),
            None => assert!(!run.stdout.contains("does not load"), "{}", run.stdout),
        }
        let last = run.stdout.lines().last().unwrap();
        assert!(
            last.ends_with(&format!(". toolgate test shop__{}", arguments[0])),
            "{last}"
        );
    }
    let run = make(&workspace, &["worst", "--connector", "shop"]).await;
    assert!(run.stderr.contains("has an action `worst` already"), "{run:?}");

    // The connector is found by its slug too.
    fs::rename(
        workspace.connectors().join("shop"),
        workspace.connectors().join("kiosk"),
    )
    .unwrap();
    let run = make(&workspace, &["daily", "--connector", "shop"]).await;
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");

    // What else is wrong is told, as it was.
    let text = read(&workspace, "kiosk/connector.toml");
    for (wrong, told) in [
        (text.replace("base_url", "base_ulr"), "base_ulr"),
        (
            text.replace("actions/report.js", "actions/reprt.js"),
            "actions/reprt.js",
        ),
    ] {
        workspace.write("kiosk/connector.toml", wrong);
        let run = make(&workspace, &["weekly", "--connector", "kiosk"]).await;
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(
            run.stderr.contains(told) && run.stderr.contains("connectors/kiosk has errors"),
            "{}",
            run.stderr
        );
    }
}

/// Anchors begin where their items do, and what repeats another item is read in that one's place.
#[tokio::test]
async fn items_with_anchors_do_not_lead_astray() {
    let head = "name: Shop\ndescription: A shop\nconnection:\n  base_url: https://shop.example.com/v1\n";
    for (list, line, indent) in [
        (
            "actions:\n  - &first\n    name: list\n    description: d\n    method: GET\n    path: /orders\n",
            10,
            "  ",
        ),
        (
            "actions:\n  - &first {name: list, description: d, method: GET, path: /orders}\n",
            6,
            "  ",
        ),
        (
            "actions: &all\n    - name: list\n      description: d\n      method: GET\n      path: /orders\n",
            9,
            "    ",
        ),
        (
            "actions:\n  # The first.\n  -\n    name: list\n    description: &d Lists\n    method: GET\n    path: /orders\n  \
             - name: other\n    method: GET\n    path: /orders\n    description: *d\n",
            15,
            "  ",
        ),
        (
            "actions:\n  - name: &name list\n    method: GET\n    path: /orders\n    description: *name\n",
            9,
            "  ",
        ),
    ] {
        let workspace = Workspace::new();
        let text = format!("{head}{list}# The end.\n");
        workspace.write("shop/connector.yaml", &text);
        let run = make(&workspace, &["report"]).await;
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{text}{run:?}");
        let told = format!("in a line of its own behind connectors/shop/connector.yaml:{line}:\n\n{indent}- {{");
        assert!(run.stdout.contains(&told), "{text}{told}\n{}", run.stdout);
    }
}

#[tokio::test]
async fn a_page_for_agents_that_would_be_too_long_is_left_alone() {
    for (text, file) in [(TOML, "connector.toml"), (YAML, "connector.yaml")] {
        let workspace = Workspace::new();
        workspace.write(&format!("shop/{file}"), text);
        let page = format!("# Shop\n{}\n", "x".repeat(64 * 1024 - 60));
        workspace.write("shop/SKILL.md", &page);
        let run = make(&workspace, &["report"]).await;
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{run:?}");
        let told = "connectors/shop/SKILL.md would have 65546 bytes with a line about the action `report`, and agents are \
                    given at most 65536: shorten it first; nothing was written";
        assert!(run.stderr.contains(told), "{}", run.stderr);
        assert_eq!(read(&workspace, &format!("shop/{file}")), text);
        assert_eq!(read(&workspace, "shop/SKILL.md"), page);
        assert!(!workspace.connectors().join("shop/actions").exists());
    }
}

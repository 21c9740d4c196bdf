//! `toolgate new action` in connectors that are written in other ways: it adds to them, or says what to do by hand, and
//! that is right.

use serde_json::Value;

use crate::harness::{Finished, Workspace};

const CONNECTION: &str = "[connection]\nbase_url = \"https://shop.example.com/v1\"\n";
const ITEM: &str = "{ name = \"list\", description = \"d\", method = \"GET\", path = \"/orders\" }";
const TABLE: &str = "name = \"list\"\ndescription = \"d\"\nmethod = \"GET\"\npath = \"/orders\"\n";
const SKILL: &str = "# Working with Shop\n\n- `list` lists.\n";

fn shop(file: &str, text: &str) -> Workspace {
    let workspace = Workspace::new();
    workspace.write(&format!("shop/{file}"), text);
    workspace.write("shop/SKILL.md", SKILL);
    workspace
}

fn read(workspace: &Workspace, file: &str) -> String {
    std::fs::read_to_string(workspace.connectors().join("shop").join(file)).unwrap()
}

async fn make(workspace: &Workspace) -> Finished {
    let run = workspace.run(&["new", "action", "report"]).await;
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
    run
}

/// The tools of the connector, which has no errors.
async fn tools(workspace: &Workspace) -> Vec<String> {
    let check = workspace.run(&["check"]).await;
    assert_eq!(check.code, Some(0), "{check:?}");
    let tools = workspace.run(&["tools", "--json"]).await;
    let tools: Value = serde_json::from_str(&tools.stdout).unwrap();
    let names = tools.as_array().unwrap().iter();
    let mut names: Vec<String> = names.map(|tool| tool["name"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn files_keep_their_line_ends() {
    let text =
        format!("name = \"Shop\"\ndescription = \"A shop\"\n{CONNECTION}[[actions]]\n{TABLE}").replace('\n', "\r\n");
    let workspace = shop("connector.toml", &text);
    workspace.write("shop/SKILL.md", SKILL.replace('\n', "\r\n"));
    make(&workspace).await;
    for file in ["connector.toml", "SKILL.md"] {
        let now = read(&workspace, file);
        assert!(now.contains("report"), "{now}");
        assert_eq!(now.matches('\n').count(), now.matches("\r\n").count(), "{now:?}");
    }
}

#[tokio::test]
async fn toml_is_added_to_by_the_keys_that_it_has() {
    let head = "name = \"Shop\"\ndescription = \"A shop\"\n";
    let wrapped = format!("[custom_api]\n{head}[custom_api.connection]\nbase_url = \"https://shop.example.com/v1\"\n");
    for (text, header) in [
        (format!("{head}{CONNECTION}[[actions]]\n{TABLE}"), "actions"),
        (format!("{head}{CONNECTION}[[endpoints]]\n{TABLE}"), "endpoints"),
        (
            format!("{wrapped}[[custom_api.endpoints]]\n{TABLE}"),
            "custom_api.endpoints",
        ),
        (
            format!("{wrapped}[[custom_api.actions]]\n{TABLE}"),
            "custom_api.actions",
        ),
    ] {
        let workspace = shop("connector.toml", &text);
        make(&workspace).await;
        let now = read(&workspace, "connector.toml");
        let added = now.strip_prefix(&text).unwrap();
        assert!(
            added.starts_with(&format!("\n[[{header}]]\nname = \"report\"\n")),
            "{added}"
        );
        assert_eq!(tools(&workspace).await, ["shop__list", "shop__report"], "{text}");
    }
}

#[tokio::test]
async fn a_connector_without_actions_gets_its_first() {
    let head = "name = \"Shop\"\ndescription = \"A shop\"\n";
    for (before, after) in [
        (format!("{head}{CONNECTION}"), ""),
        (format!("{head}actions = []\n{CONNECTION}"), "]\n[connection]"),
        (
            format!("\u{feff}{head}actions = [\r\n  # none yet\r\n]\r\n{CONNECTION}"),
            "]\r\n[connection]",
        ),
        (format!("{head}actions = {{}}\n{CONNECTION}"), "]\n[connection]"),
        (format!("{head}{CONNECTION}[actions]\n"), ""),
        (format!("{head}[actions]\n{CONNECTION}"), "[connection]"),
    ] {
        let workspace = shop("connector.toml", &before);
        let run = make(&workspace).await;
        assert!(
            run.stdout.contains("connectors/shop/connector.toml.\nAdded a line"),
            "{run:?}"
        );
        let now = read(&workspace, "connector.toml");
        assert!(now.starts_with(head) || now.starts_with('\u{feff}'), "{now}");
        assert!(now.contains(after), "{now}");
        assert!(read(&workspace, "actions/report.js").contains("const url = \"/\";"));
        assert_eq!(tools(&workspace).await, ["shop__report"], "{before}");
    }
}

/// What is done by hand, as it is said.
async fn advice(file: &str, text: &str) -> (Workspace, String) {
    let workspace = shop(file, text);
    let run = make(&workspace).await;
    assert_eq!(read(&workspace, file), text);
    assert_eq!(read(&workspace, "SKILL.md"), SKILL);
    let (_, rest) = run.stdout.split_once("actions/report.js: what it does\n").unwrap();
    let (said, next) = rest.split_once("\nNext:\n").unwrap();
    assert_eq!(next, "  1. toolgate test shop__report\n");
    (workspace, said.to_owned())
}

/// The texts to put somewhere, in the order in which they are said.
fn texts(said: &str) -> Vec<&str> {
    let mut parts = said.split(":\n\n").skip(1).collect::<Vec<_>>();
    for part in &mut parts {
        *part = part.rsplit_once("\n\nPut this").map_or(*part, |(text, _)| text);
    }
    parts.iter().map(|part| part.trim_end()).collect()
}

#[tokio::test]
async fn one_list_of_toml_is_added_to_by_hand() {
    for key in ["actions", "endpoints"] {
        let text = format!("name = \"Shop\"\ndescription = \"A shop\"\n{key} = [\n  {ITEM}\n]\n{CONNECTION}");
        let (workspace, said) = advice("connector.toml", &text).await;
        let expected = format!(
            "`{key}` at connectors/shop/connector.toml:3:1 is one list, which is added to by hand.\n\n\
             Put this behind the last item of the list `{key}`, which ends at connectors/shop/connector.toml:4:72, with a \
             comma between them:\n\n{{ name = \"report\", "
        );
        assert!(said.starts_with(&expected), "{said}");
        let [entry, skill] = texts(&said)[..] else {
            panic!("{said}")
        };
        let pasted = text.replace(ITEM, &format!("{ITEM},\n  {entry}"));
        workspace.write("shop/connector.toml", pasted);
        workspace.write("shop/SKILL.md", format!("{SKILL}{skill}\n"));
        assert_eq!(tools(&workspace).await, ["shop__list", "shop__report"]);
    }
}

#[tokio::test]
async fn an_action_that_would_not_be_offered_is_added_by_hand() {
    let text =
        format!("name = \"Shop\"\ndescription = \"A shop\"\nexpose = [\"list\"]\n{CONNECTION}[[actions]]\n{TABLE}");
    let (workspace, said) = advice("connector.toml", &text).await;
    let [entry, name, skill] = texts(&said)[..] else {
        panic!("{said}")
    };
    insta::assert_snapshot!(said.replace(entry, "ENTRY"), @r#"
    The list `expose` at connectors/shop/connector.toml:3:10 names the actions that are offered, so this is done by hand.

    Put this at the end of connectors/shop/connector.toml:

    ENTRY

    Put this behind the last item of the list `expose`, which ends at connectors/shop/connector.toml:3:16, with a comma between them:

    "report"

    Put this at the end of connectors/shop/SKILL.md:

    - `report` returns the first entries of the list at /orders.
    "#);
    let pasted = text.replace("[\"list\"]", &format!("[\"list\", {name}]"));
    workspace.write("shop/connector.toml", format!("{pasted}{entry}\n"));
    workspace.write("shop/SKILL.md", format!("{SKILL}{skill}\n"));
    assert_eq!(tools(&workspace).await, ["shop__list", "shop__report"]);
}

#[tokio::test]
async fn yaml_is_added_to_by_hand() {
    let head = "  name: Shop\n  description: A shop\n";
    let connection = "  connection:\n    base_url: https://shop.example.com/v1\n";
    let item = "    - name: list\n      description: d\n      method: GET\n      path: /orders\n";
    // Lines of their own, with something behind them.
    let text = format!("custom_api:\n{head}  endpoints:\n{item}\n  # Where it is.\n{connection}");
    let (workspace, said) = advice("connector.yaml", &text).await;
    let expected = "connectors/shop/connector.yaml is not TOML, so it is added to by hand.\n\n\
        Put this at the end of the list `custom_api.endpoints`, in a line of its own behind connectors/shop/connector.yaml:8:\n\n    - {";
    assert!(said.starts_with(expected), "{said}");
    let skill = texts(&said)[1];
    let entry = said.split(":\n\n").nth(1).unwrap().split('\n').next().unwrap();
    workspace.write("shop/connector.yaml", text.replace(item, &format!("{item}{entry}\n")));
    workspace.write("shop/SKILL.md", format!("{SKILL}{skill}\n"));
    assert_eq!(tools(&workspace).await, ["shop__list", "shop__report"]);

    // Between brackets.
    let text = "name: Shop\ndescription: A shop\nactions: [{name: list, description: d, method: GET, path: /orders}]\n\
        connection:\n  base_url: https://shop.example.com/v1\n";
    let (workspace, said) = advice("connector.yaml", text).await;
    assert!(
        said.contains("`actions`, which ends at connectors/shop/connector.yaml:3:66, with a comma between them:\n\n{"),
        "{said}"
    );
    let [entry, skill] = texts(&said)[..] else {
        panic!("{said}")
    };
    workspace.write("shop/connector.yaml", text.replace("}]", &format!("}}, {entry}]")));
    workspace.write("shop/SKILL.md", format!("{SKILL}{skill}\n"));
    assert_eq!(tools(&workspace).await, ["shop__list", "shop__report"]);

    // None yet.
    let text =
        "custom_api:\n  name: Shop\n  description: A shop\n  connection:\n    base_url: https://shop.example.com/v1\n";
    let (workspace, said) = advice("connector.yaml", text).await;
    assert!(
        said.contains("\n\nPut this into `custom_api` of connectors/shop/connector.yaml:\n\n  actions: [{"),
        "{said}"
    );
    let entry = said.split(":\n\n").nth(1).unwrap().split('\n').next().unwrap();
    workspace.write("shop/connector.yaml", format!("{text}{entry}\n"));
    workspace.write("shop/SKILL.md", format!("{SKILL}{}\n", texts(&said)[1]));
    assert_eq!(tools(&workspace).await, ["shop__report"]);
}

#[tokio::test]
async fn json_is_added_to_by_hand() {
    let connection = "\"connection\": {\"base_url\": \"https://shop.example.com/v1\"}";
    let head = format!("{{\"name\": \"Shop\", \"description\": \"A shop\", {connection}");
    let item = "{\"name\": \"list\", \"description\": \"d\", \"method\": \"GET\", \"path\": \"/orders\"}";
    let text = format!("{head},\n\"endpoints\": [{item}]}}\n");
    let (workspace, said) = advice("connector.json", &text).await;
    assert!(
        said.contains("the list `endpoints`, which ends at connectors/shop/connector.json:2:86, with a comma between"),
        "{said}"
    );
    let [entry, skill] = texts(&said)[..] else {
        panic!("{said}")
    };
    workspace.write("shop/connector.json", text.replace(item, &format!("{item}, {entry}")));
    workspace.write("shop/SKILL.md", format!("{SKILL}{skill}\n"));
    assert_eq!(tools(&workspace).await, ["shop__list", "shop__report"]);

    for (written, told) in [
        (
            ",\n\"actions\": []",
            "Make this the value of `actions` at connectors/shop/connector.json:2:1",
        ),
        ("", "Put this into connectors/shop/connector.json"),
    ] {
        let (workspace, said) = advice("connector.json", &format!("{head}{written}}}\n")).await;
        assert!(said.contains(&format!("\n\n{told}:\n\n")), "{said}");
        let entry = texts(&said)[0].trim_start_matches("\"actions\": ");
        workspace.write("shop/connector.json", format!("{head}, \"actions\": {entry}}}"));
        workspace.write("shop/SKILL.md", format!("{SKILL}{}\n", texts(&said)[1]));
        assert_eq!(tools(&workspace).await, ["shop__report"]);
    }
}

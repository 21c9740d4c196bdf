//! `toolgate check`: everything that is wrong with a folder, at once, with where it is.

use serde_json::{Value, json};

use super::{ACTIONS, crm};
use crate::harness::{Upstream, Workspace, connector, share_compiled_code};

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
async fn a_time_that_no_call_can_take_is_told() {
    let workspace = Workspace::new();
    let action = |name: &str, more: &str| {
        format!("[[actions]]\nname = \"{name}\"\ndescription = \"d\"\nmethod = \"GET\"\npath = \"/\"\n{more}")
    };
    let actions = action("slow", "timeout_ms = 40001\n") + &action("quick", "timeout_ms = 40000\n");
    workspace.write("crm.toml", connector("crm", "http://127.0.0.1:9/v1", &actions));
    workspace.config("[server]\ncall_timeout_ms = 40000\n");
    let run = workspace.run(&["check"]).await;
    assert_eq!(run.code, Some(0));
    assert!(run.stdout.contains(": 0 errors, 2 warnings"), "{}", run.stdout);
    let warning = "warning: the connector `crm` has a `timeout_ms` that no call can last for, of `slow`: `call_timeout_ms` \
                   under `[server]` is 40000";
    assert!(run.stderr.contains(warning), "{}", run.stderr);

    workspace.config("[server]\ncall_timeout_ms = 20000\n");
    let run = workspace.run(&["check"]).await;
    assert!(
        run.stderr.contains("of its connection, `slow`, `quick`: "),
        "{}",
        run.stderr
    );
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
async fn names_that_collide_are_errors_with_their_places() {
    let workspace = crm("http://127.0.0.1:9/v1");
    workspace.write("other.toml", connector("CRM", "http://127.0.0.1:9/v2", ACTIONS));
    let run = workspace.run(&["check"]).await;
    assert_eq!(run.code, Some(1));
    let told = "error: the connector `crm` in connectors/other.toml is left out: connectors/crm.toml has the name `crm` \
                already; give one of them another `slug` or name\n";
    assert!(run.stderr.contains(told), "{}", run.stderr);
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

/// A connector with an action for each of `actions`, which are lines of TOML.
fn with_code(actions: &[&str]) -> Workspace {
    let mut workspace = Workspace::new();
    workspace.set("DESK_KEY", "s3cr3t-key-0123456789");
    let head = connector(
        "desk",
        "http://127.0.0.1:9/v1",
        "[auth]\ntype = \"api_key\"\n[auth.fields]\napi_key = \"env:DESK_KEY\"\n",
    );
    let action = |(index, action)| {
        format!("[[actions]]\nname = \"do_{index}\"\ndescription = \"d\"\neffect = \"read\"\n{action}\n")
    };
    let text = head + &actions.iter().enumerate().map(action).collect::<String>();
    workspace.write("desk/connector.toml", text);
    share_compiled_code(&workspace.state());
    workspace
}

/// Contract S0-104 and issue 4: what the sandbox would refuse is told before anybody calls it, where its author wrote it.
#[tokio::test]
async fn code_that_cannot_run_is_an_error_at_its_place() {
    let workspace = with_code(&[
        "code = \"actions/broken.js\"",
        "code = \"\"\"\nconst a = 1;\nconst b = { title: 'x' text: 'y' };\nreturn b;\n\"\"\"",
        "component = \"actions/web.wasm\"",
        "component = \"actions/core.wasm\"",
        "component = \"actions/other.wasm\"",
        "code = \"actions/good.js\"",
        "code = \"actions/good.js\"",
    ]);
    workspace.write("desk/actions/broken.js", "const a = 1;\n\n  return a +;\n");
    workspace.write(
        "desk/actions/good.js",
        "return await ld.request({ url: data.input.url });\n",
    );
    let web = wat::parse_str("(component (import \"wasi:http/outgoing-handler@0.2.0\" (instance)))").unwrap();
    workspace.write("desk/actions/web.wasm", web);
    workspace.write("desk/actions/core.wasm", wat::parse_str("(module)").unwrap());
    workspace.write("desk/actions/other.wasm", wat::parse_str("(component)").unwrap());
    let run = workspace.run(&["check"]).await;
    assert_eq!(run.code, Some(1), "{run:?}");
    let errors = run.stderr.split("\n\n").filter(|block| block.starts_with("error["));
    insta::assert_snapshot!(errors.collect::<Vec<_>>().join("\n\n"), @r#"
    error[bad-code]: SyntaxError: unexpected token in expression: ';'
     --> connectors/desk/actions/broken.js:3:13
      |
    3 |   return a +;
      |             ^

    error[bad-code]: SyntaxError: Unexpected identifier 'text'
      --> connectors/desk/connector.toml:23:24
       |
    23 | const b = { title: 'x' text: 'y' };
       |                        ^

    error[bad-code]: actions/web.wasm imports `wasi:http/outgoing-handler@0.2.0`, which the world `toolgate:action/action` does not have: action code has no files, environment or sockets, and sends requests with `toolgate:action/http`
      --> connectors/desk/connector.toml:30:13
       |
    30 | component = "actions/web.wasm"
       |             ^^^^^^^^^^^^^^^^^^

    error[bad-code]: actions/core.wasm is a core WebAssembly module, not a component: make a component of it, e.g. with `wasm-tools component new`
      --> connectors/desk/connector.toml:35:13
       |
    35 | component = "actions/core.wasm"
       |             ^^^^^^^^^^^^^^^^^^^

    error[bad-code]: actions/other.wasm was not made for the world `toolgate:action/action` of version 0.1: it has no export `run`
      --> connectors/desk/connector.toml:40:13
       |
    40 | component = "actions/other.wasm"
       |             ^^^^^^^^^^^^^^^^^^^^
    "#);
}

/// Contracts S0-105 and S0-116, ruling C-05.
#[tokio::test]
async fn what_code_does_in_vain_is_told_and_keys_are_not_shown() {
    let key = ["sk_live", "4eC39HqLyjWDarjtT1zdp7dc"].join("_");
    let workspace = with_code(&[
        "code = \"actions/old.js\"",
        &format!("code = \"\"\"\nconst key = '{key}';\nreturn ld.hash('sha256', key);\n\"\"\""),
    ]);
    let old = format!(
        "const res = await fetch('https://desk.example.com');\nconst rows = ld.csv2jsn(res.text);\n\
         if (data.auth.api_key.length < 4) return process.env.KEY;\nconst spare = '{key}'; return spare;\n"
    );
    workspace.write("desk/actions/old.js", &old);
    let run = workspace.run(&["check"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(!run.stderr.contains("4eC39"), "{}", run.stderr);
    let of_code = ["not-in-sandbox", "unknown-member", "inspected-handle", "hard-coded-key"];
    let told = run
        .stderr
        .split("\n\n")
        .filter(|block| of_code.iter().any(|code| block.contains(code)));
    insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n\n"), @r#"
    warning[not-in-sandbox]: there is no `fetch` in the sandbox
     --> connectors/desk/actions/old.js:1:19
      |
    1 | const res = await fetch('https://desk.example.com');
      |                   ^^^^^
      |
      = help: use `ld.request`, or write aliases = true under [code] in the connector

    warning[unknown-member]: there is no `ld.csv2jsn`
     --> connectors/desk/actions/old.js:2:17
      |
    2 | const rows = ld.csv2jsn(res.text);
      |                 ^^^^^^^
      |
      = help: did you mean `ld.csv2json`? It is not available in this version of Toolgate

    warning[inspected-handle]: `data.auth.api_key` is a handle: this reads the handle, not the secret that it stands for
     --> connectors/desk/actions/old.js:3:23
      |
    3 | if (data.auth.api_key.length < 4) return process.env.KEY;
      |                       ^^^^^^
      |
      = help: pass it on as a whole; only code that has to compute with secrets says secrets = "exposed" under [security]

    warning[not-in-sandbox]: there is no `process` in the sandbox
     --> connectors/desk/actions/old.js:3:42
      |
    3 | if (data.auth.api_key.length < 4) return process.env.KEY;
      |                                          ^^^^^^^
      |
      = help: there is no process and no environment: name what the code needs under [auth.fields], and read `data.auth`

    warning[hard-coded-key]: this looks like a key of 32 characters: whoever reads the code has it
     --> connectors/desk/actions/old.js:4:16
      |
    4 | const spare = '********************************'; return spare;
      |                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: name it under [auth.fields], e.g. api_key = "env:API_KEY", read `data.auth.api_key`, and replace the key

    warning[hard-coded-key]: this looks like a key of 32 characters: whoever reads the code has it
      --> connectors/desk/connector.toml:22:14
       |
    22 | const key = '********************************';
       |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: name it under [auth.fields], e.g. api_key = "env:API_KEY", read `data.auth.api_key`, and replace the key
    "#);
    // Once the code is as it should be, it is not told again.
    let opened = old.replace("data.auth.api_key.length < 4", "false");
    workspace.write("desk/actions/old.js", opened);
    let report: Value = serde_json::from_str(&workspace.run(&["check", "--json"]).await.stdout).unwrap();
    let found = report["diagnostics"].as_array().unwrap();
    assert!(
        found.iter().all(|finding| finding["code"] != "inspected-handle"),
        "{report:#}"
    );
}

/// Neither by what is told of the code, nor by the line that is shown with it.
#[tokio::test]
async fn a_key_is_not_quoted_wherever_it_stands() {
    let key = "q7Wz2LmX9vRt4KpB6nYc8Hd3";
    for code in [
        format!("let a = 1; let a = 2; // old key: {key}"),
        format!("break; // sk-{key}"),
        format!("ld.reqest(); /* {key} */"),
        format!("ld[\\\"{key}\\\"]()"),
        format!("class A {{ a() {{ this.#{key} }} }}"),
        format!("ld.{key}()"),
    ] {
        let run = with_code(&[&format!("code = \"\"\"\n{code}\n\"\"\"")])
            .run(&["check"])
            .await;
        assert!(
            run.stderr.contains("warning[") || run.stderr.contains("error["),
            "{code}"
        );
        assert!(!run.stderr.contains(key), "{code}: {}", run.stderr);
    }
}

#[tokio::test]
async fn a_folder_without_connectors_is_told_with_what_to_do() {
    let workspace = Workspace::new();
    workspace.write("notes.txt", "nothing");
    let run = workspace.run(&["check"]).await;
    assert_eq!(run.code, Some(0));
    let told = "note: there are no connectors in connectors: make one with `toolgate new connector NAME` or `toolgate \
                import`, or name another folder with --connectors\n";
    assert_eq!(run.stderr, told);
}

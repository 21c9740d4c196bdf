//! Real files of clients: what an edit makes of them, byte for byte.
//!
//! `tests/cases/install/CLIENT/CASE/before.*` becomes `after.*`, and that becomes `before.*` again, or `removed.*`
//! where that is there. `TOOLGATE_UPDATE=1` writes `after.*` and `removed.*` anew.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;

/// The entry of all cases.
fn entry(client: Client) -> Map<String, Value> {
    let server = Server::Started {
        program: "/opt/toolgate".to_owned(),
        arguments: ["serve", "--connectors", "/srv/ü \"x\""].map(String::from).to_vec(),
        variables: vec!["CRM_KEY".to_owned()],
    };
    server.entry(client).unwrap()
}

fn with(client: Client, text: &str) -> Result<String, Problem> {
    Document::read(client, text, "toolgate")?.with(&entry(client))
}

fn without(client: Client, text: &str) -> Result<Option<String>, Problem> {
    Document::read(client, text, "toolgate")?.without()
}

/// Every case: its client, and its file `before.*`.
fn cases() -> Vec<(Client, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/install");
    let entries = |folder: &Path| -> Vec<PathBuf> {
        let mut entries: Vec<PathBuf> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        entries.sort();
        entries
    };
    let mut cases = Vec::new();
    for folder in entries(&root) {
        let name = folder.file_name().unwrap().to_str().unwrap();
        let client = <Client as clap::ValueEnum>::from_str(name, false).unwrap();
        for case in entries(&folder) {
            let before = entries(&case)
                .into_iter()
                .find(|file| file.file_stem().is_some_and(|stem| stem == "before"));
            cases.push((client, before.unwrap()));
        }
    }
    assert!(cases.len() >= 25, "only {} cases", cases.len());
    cases
}

/// Compares what came out with a committed file, or writes it.
fn compare(file: &Path, text: &str) {
    if crate::config::environment_variable("TOOLGATE_UPDATE").is_some() {
        fs::write(file, text).unwrap();
    }
    let expected = fs::read_to_string(file).unwrap();
    assert_eq!(text, expected, "{}", file.display());
}

#[test]
fn every_case_comes_out_as_written_and_goes_back() {
    for (client, file) in cases() {
        let before = fs::read_to_string(&file).unwrap();
        let named = |stem: &str| file.with_file_name(format!("{stem}.{}", file.extension().unwrap().to_str().unwrap()));
        let after = with(client, &before).unwrap_or_else(|problem| panic!("{}: {problem:?}", file.display()));
        compare(&named("after"), &after);
        // What is there already is found, and left.
        let read = Document::read(client, &after, "toolgate").ok().unwrap();
        assert!(
            difference::holds(read.entry().unwrap(), &entry(client)),
            "{}",
            file.display()
        );
        assert_eq!(read.with(&entry(client)).unwrap(), after, "{}", file.display());
        let removed = without(client, &after).unwrap().unwrap();
        if named("removed").exists() || removed != before {
            compare(&named("removed"), &removed);
        }
        assert_eq!(without(client, &removed).unwrap(), None, "{}", file.display());
    }
}

#[test]
fn line_breaks_stay_what_they_are() {
    for (client, file) in cases() {
        let text = fs::read_to_string(&file).unwrap();
        if !text.contains('\n') {
            continue;
        }
        let windows = |text: &str| text.replace('\n', "\r\n");
        let after = with(client, &text).unwrap();
        assert_eq!(
            with(client, &windows(&text)).unwrap(),
            windows(&after),
            "{}",
            file.display()
        );
        let removed = without(client, &after).unwrap().unwrap();
        let removed_windows = without(client, &windows(&after)).unwrap().unwrap();
        assert_eq!(removed_windows, windows(&removed), "{}", file.display());
    }
}

/// Comments and commas in every place where an editor lets people put them.
#[test]
fn comments_stay_wherever_they_are() {
    let between = [
        "",
        " ",
        "\n    ",
        " // c\n",
        " /* c */ ",
        " // c\n    // d\n    ",
        "\n    /* c\n d */\n    ",
    ];
    let mut files = 0;
    for before in between {
        for behind in between {
            for (comma, end) in [("", ""), (",", ""), (",", " // e\n"), (",", "\n    // e\n  ")] {
                for others in ["\"a\": {}", "\"a\": { \"x\": 1 /* y */ }, // first\n    \"b\": {}"] {
                    for outer in ["", ", // f\n  \"z\": 1"] {
                        let text = format!(
                            "{{\n  \"servers\": {{{before}{others}{behind}{comma}{end}}}{outer} // g\n}}\n// h\n"
                        );
                        let after = with(Client::VsCode, &text).unwrap_or_else(|problem| panic!("{text}\n{problem:?}"));
                        // Nothing is lost, and nothing is in another order.
                        let mut left = after.chars();
                        let mut kept = text.chars().filter(|character| !character.is_whitespace());
                        assert!(
                            kept.all(|wanted| left.any(|character| character == wanted)),
                            "{text}\n{after}"
                        );
                        let removed = without(Client::VsCode, &after);
                        let removed = removed
                            .unwrap_or_else(|problem| panic!("{after}\n{problem:?}"))
                            .unwrap();
                        let shown = |text: &str| -> String { text.split_whitespace().collect() };
                        assert_eq!(shown(&removed), shown(&text), "{text}\n{after}\n{removed}");
                        files += 1;
                    }
                }
            }
        }
    }
    assert_eq!(files, 7 * 7 * 4 * 2 * 2);
}

/// The entry stands anywhere among others, with comments around it.
#[test]
fn an_entry_goes_from_among_comments() {
    let between = ["", " ", "\n    ", " // c\n    ", " /* c */ ", "\n    // c\n    "];
    for before in between {
        for behind in between {
            for ahead in ["", "\"a\": {},", "\"a\": {}, // a\n"] {
                for rest in ["", ",", ", \"b\": {}", ", // b\n    \"b\": {}"] {
                    let text = format!(
                        "{{\n  \"servers\": {{{ahead}{before}\"toolgate\": {{}}{behind}{rest}{behind}}} // g\n}}\n"
                    );
                    let removed = without(Client::VsCode, &text);
                    let removed = removed.unwrap_or_else(|problem| panic!("{text}\n{problem:?}")).unwrap();
                    let count = |text: &str, part: &str| text.matches(part).count();
                    for part in ["// c", "/* c */", "// a", "// b", "// g", "\"a\"", "\"b\""] {
                        assert_eq!(count(&removed, part), count(&text, part), "{part}: {text}\n{removed}");
                    }
                    assert_eq!(without(Client::VsCode, &removed).unwrap(), None);
                }
            }
        }
    }
}

#[test]
fn another_entry_is_replaced_in_its_place() {
    for (client, before, after) in [
        (
            Client::Cursor,
            "{\n  \"mcpServers\": {\n    \"a\": {},\n    \"toolgate\": { \"url\": \"x\" }, // mine\n    \"b\": {}\n  }\n}\n",
            "{\n  \"mcpServers\": {\n    \"a\": {},\n    \"toolgate\": {\n      \"command\": \"/new\"\n    }, // mine\n    \"b\": {}\n  }\n}\n",
        ),
        (
            Client::Cursor,
            "{\"mcpServers\":{\"toolgate\":null,\"b\":{}}}",
            "{\"mcpServers\":{\"toolgate\":{\"command\":\"/new\"},\"b\":{}}}",
        ),
        (
            Client::Codex,
            "[mcp_servers.toolgate]\ncommand = \"old\" # mine\n\n[mcp_servers.toolgate.env]\nA = \"1\"\n\n[z]\na = 1\n",
            "[mcp_servers.toolgate]\ncommand = \"/new\"\n\n[z]\na = 1\n",
        ),
        (
            Client::Codex,
            "[mcp_servers]\ntoolgate = { command = \"old\" }\nother = { command = \"b\" }\n",
            "[mcp_servers]\nother = { command = \"b\" }\n\n[mcp_servers.toolgate]\ncommand = \"/new\"\n",
        ),
        (
            Client::Codex,
            "mcp_servers.toolgate.command = \"old\"\nmcp_servers.toolgate.args = [\n  \"a\", # b\n]\nmodel = \"x\"\n",
            "model = \"x\"\n\n[mcp_servers.toolgate]\ncommand = \"/new\"\n",
        ),
        (
            Client::Codex,
            "mcp_servers = {}\n[z]\na = 1\n",
            "mcp_servers = { toolgate = { \"command\" = \"/new\" } }\n[z]\na = 1\n",
        ),
        (
            Client::Codex,
            "mcp_servers = { other = { command = \"b\" }, }\n",
            "mcp_servers = { other = { command = \"b\" }, toolgate = { \"command\" = \"/new\" } }\n",
        ),
        (
            Client::Codex,
            "mcp_servers = { other = { command = \"b\" } } # mine\n",
            "mcp_servers = { other = { command = \"b\" }, toolgate = { \"command\" = \"/new\" } } # mine\n",
        ),
    ] {
        let wanted = serde_json::json!({ "command": "/new" });
        let document = Document::read(client, before, "toolgate").ok().unwrap();
        assert_eq!(document.with(wanted.as_object().unwrap()).unwrap(), after);
    }
}

#[test]
fn an_entry_in_braces_is_added_replaced_and_taken_out() {
    let new = "toolgate = { \"command\" = \"/new\" }";
    for (before, added) in [
        ("{}", format!("{{ {new} }}")),
        (
            "{ other = { command = \"b\" } }",
            format!("{{ other = {{ command = \"b\" }}, {new} }}"),
        ),
        (
            "{\n  other = { command = \"b\" }, # mine, too\n  last = {},\n}",
            format!("{{\n  other = {{ command = \"b\" }}, # mine, too\n  last = {{}},\n  {new},\n}}"),
        ),
        (
            "{\r\n\tother = {}\r\n}",
            format!("{{\r\n\tother = {{}},\r\n\t{new}\r\n}}"),
        ),
    ] {
        let newline = if before.contains('\r') { "\r\n" } else { "\n" };
        let file =
            |servers: &str| format!("model = \"x\"{newline}mcp_servers = {servers} # yours{newline}[z]{newline}");
        let entry = serde_json::json!({ "command": "/new" });
        let document = |text: &str| {
            let document = Document::read(Client::Codex, text, "toolgate").ok().unwrap();
            document.with(entry.as_object().unwrap()).unwrap()
        };
        assert_eq!(document(&file(before)), file(&added));
        let old = added.replace("{ \"command\" = \"/new\" }", "{ url = \"old\", a.b = [ 1 ] }");
        assert_eq!(document(&file(&old)), file(&added));
        for written in [added, old] {
            let removed = without(Client::Codex, &file(&written)).unwrap().unwrap();
            assert_eq!(removed, file(before));
        }
    }
    for (before, after) in [
        ("{ toolgate = {}, other = {} }", "{ other = {} }"),
        ("{ a = {}, toolgate = {}, }", "{ a = {}, }"),
        ("{\n  toolgate = {},\n  a = {}\n}", "{\n  a = {}\n}"),
        ("{ a = {}, # b,\n  toolgate = {} }", "{ a = {}, # b,\n   }"),
        (
            "{ a = { url = \"http://x/#y\" }, toolgate = {} }",
            "{ a = { url = \"http://x/#y\" } }",
        ),
    ] {
        let removed = without(Client::Codex, &format!("mcp_servers = {before}\n"));
        assert_eq!(removed.unwrap().unwrap(), format!("mcp_servers = {after}\n"));
    }
}

#[test]
fn an_entry_of_any_order_is_replaced_and_taken_out() {
    let orders: [&[&str]; 5] = [
        &["command = \"/old\"", "args = [\"serve\"]"],
        &["args = [", "  \"serve\", # mine", "]", "command = \"/old\""],
        &[
            "url = \"https://old.example.com/mcp\"",
            "bearer_token_env_var = \"KEY\"",
        ],
        &[
            "url = \"u\"",
            "# mine",
            "http_headers = { a = \"b\" }",
            "enabled = true",
        ],
        &[
            "command = \"/old\"",
            "args = []",
            "",
            "[mcp_servers.toolgate.env]",
            "B = \"1\"",
            "A = \"2\"",
        ],
    ];
    let entry = serde_json::json!({ "command": "/new" });
    for order in orders {
        let lines = order.join("\n");
        for (before, after) in [("", ""), ("model = \"x\"\n\n", "\n[tui]\ntheme = \"dark\"\n")] {
            let text = format!("{before}[mcp_servers.toolgate]\n{lines}\n{after}");
            let replaced = Document::read(Client::Codex, &text, "toolgate").ok().unwrap();
            assert_eq!(
                replaced.with(entry.as_object().unwrap()).unwrap(),
                format!("{before}[mcp_servers.toolgate]\ncommand = \"/new\"\n{after}"),
                "{text}"
            );
            let removed = without(Client::Codex, &text).unwrap().unwrap();
            assert_eq!(removed, format!("{before}{}", after.trim_start()), "{text}");
        }
    }
}

#[test]
fn a_broken_file_is_refused_with_its_place() {
    for (client, text, place, message) in [
        (
            Client::Cursor,
            "{\n  \"mcpServers\": {\n",
            18,
            "not valid JSON: unterminated object",
        ),
        (Client::Cursor, "{ \"a\": 1 \"b\": 2 }", 8, "not valid JSON"),
        (Client::Cursor, "{ 'a': 1 }", 2, "not valid JSON"),
        (Client::Cursor, "[]", 0, "the file must hold an object"),
        (
            Client::Cursor,
            "{ \"mcpServers\": [] }",
            16,
            "`mcpServers` must be an object",
        ),
        (
            Client::Cursor,
            "{ \"mcpServers\": null }",
            16,
            "`mcpServers` must be an object",
        ),
        (
            Client::Cursor,
            "{ \"mcpServers\": {}, \"mcpServers\": {} }",
            20,
            "`mcpServers` is there twice",
        ),
        (
            Client::Cursor,
            "{ \"mcpServers\": { \"toolgate\": {}, \"toolgate\": {} } }",
            34,
            "`toolgate` is there twice",
        ),
        (Client::Codex, "model = \n", 8, "not valid TOML"),
        (Client::Codex, "a = 1\na = 2\n", 6, "not valid TOML: duplicate key"),
        (Client::Codex, "mcp_servers = 1\n", 0, "`mcp_servers` must be a table"),
    ] {
        let Err(problem) = Document::read(client, text, "toolgate") else {
            panic!("{text} was read");
        };
        assert!(problem.message.starts_with(message), "{text}: {}", problem.message);
        assert_eq!(problem.range.unwrap().start, place, "{text}");
    }
    let deep = "[".repeat(100_000);
    assert!(Document::read(Client::Cursor, &deep, "toolgate").is_err());
    assert!(Document::read(Client::Codex, &format!("a = {deep}"), "toolgate").is_err());
}

#[test]
fn what_cannot_be_edited_safely_is_left_alone() {
    let entangled = "mcp_servers = { other = { command = \"x\" }, toolgate.command = \"x\" }\n";
    let replaced = with(Client::Codex, entangled).map(drop);
    let removed = without(Client::Codex, entangled).map(drop);
    for refused in [replaced, removed] {
        let problem = refused.unwrap_err();
        assert_eq!(problem.range, Some(14..entangled.len() - 1));
        assert!(
            problem.message.starts_with("`mcp_servers` is written in braces"),
            "{}",
            problem.message
        );
    }
}

#[test]
fn a_huge_file_is_edited_as_well() {
    let history: Vec<String> = (0..20_000)
        .map(|index| format!("    {{ \"display\": \"line {index} \\u00e9 ü\", \"cost\": 0.{index}e-3 }}"))
        .collect();
    let text = format!(
        "{{\n  \"history\": [\n{}\n  ],\n  \"mcpServers\": {{}}\n}}\n",
        history.join(",\n")
    );
    let after = with(Client::ClaudeCode, &text).unwrap();
    assert!(after.starts_with(&text[..text.len() - 10]));
    assert_eq!(without(Client::ClaudeCode, &after).unwrap().unwrap(), text);
}

#[test]
fn names_are_checked() {
    for name in ["", "a b", "a/b", "ü", &"a".repeat(LONGEST_NAME + 1)] {
        assert!(server_name(name).is_err(), "{name}");
    }
    assert_eq!(server_name("My-Tools_2").as_deref(), Ok("My-Tools_2"));
}

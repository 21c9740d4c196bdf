//! `toolgate bundle`: what is in the file, what never is, and when there is none.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use serde_json::{Value, json};

use super::crm;
use crate::harness::{Finished, Workspace};

/// Something that begins as a program for Linux does.
const PROGRAM: &[u8] = b"\x7fELF and the rest of a program";

/// A workspace with a program that is quickly packed.
fn workspace() -> Workspace {
    let workspace = crm("http://127.0.0.1:9/v1");
    std::fs::write(workspace.path().join("program"), PROGRAM).unwrap();
    workspace
}

async fn bundle(workspace: &Workspace, arguments: &[&str]) -> Finished {
    workspace
        .run(&[&["bundle", "--binary", "program"], arguments].concat())
        .await
}

/// The files of a bundle: permissions and bytes.
fn files(bundle: &Path) -> BTreeMap<String, (u32, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(File::open(bundle).unwrap()).unwrap();
    let mut files = BTreeMap::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        let mode = file.unix_mode().unwrap() & 0o777;
        let name = file.name().unwrap().into_owned();
        assert!(files.insert(name, (mode, bytes)).is_none());
    }
    files
}

#[tokio::test]
async fn definitions_code_and_pages_are_packed_and_nothing_else() {
    let workspace = workspace();
    let text = crate::harness::connector("Shop", "http://127.0.0.1:9/v1", super::ACTIONS);
    workspace.write("shop/connector.toml", &text);
    for (name, text) in [
        ("shop/SKILL.md", "When to use the shop."),
        ("shop/AGENTS.md", "How to change it."),
        ("shop/.env", "CRM_KEY=k3y-cli"),
        ("shop/fixtures/answer.json", "{}"),
        ("shop/toolgate.db", "state"),
        ("shop/notes.txt", "notes"),
        ("readme.txt", "no connector"),
    ] {
        workspace.write(name, text);
    }
    let run = bundle(&workspace, &["--name", "tools"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    let file = workspace.path().join("tools.mcpb");
    let digest = toolgate::crypto::sha256_hex(&std::fs::read(&file).unwrap());
    assert!(run.stdout.contains("2 connectors, 4 tools, "), "{}", run.stdout);
    assert!(run.stdout.contains(&format!("sha256 {digest}")), "{}", run.stdout);
    assert!(
        run.stderr
            .contains("shop/.env, shop/fixtures, shop/notes.txt, shop/toolgate.db"),
        "{}",
        run.stderr
    );
    let files = files(&file);
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "config.toml",
            "connectors/crm.toml",
            "connectors/shop/AGENTS.md",
            "connectors/shop/SKILL.md",
            "connectors/shop/connector.toml",
            "manifest.json",
            "server/toolgate",
        ]
    );
    assert_eq!(files["server/toolgate"], (0o755, PROGRAM.to_vec()));
    assert_eq!(files["connectors/shop/connector.toml"], (0o644, text.into_bytes()));
    let manifest: Value = serde_json::from_slice(&files["manifest.json"].1).unwrap();
    assert_eq!(manifest["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(manifest["compatibility"]["platforms"], json!(["linux"]));
    assert_eq!(
        manifest["server"],
        json!({
            "type": "binary",
            "entry_point": "server/toolgate",
            "mcp_config": {
                "command": "${__dirname}/server/toolgate",
                "args": ["serve", "--connectors", "${__dirname}/connectors", "--config", "${__dirname}/config.toml"],
                "env": { "CRM_KEY": "${user_config.CRM_KEY}" },
            },
        })
    );
    let question = &manifest["user_config"]["CRM_KEY"];
    assert_eq!(
        (&question["sensitive"], &question["required"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(question["description"], "The credential for crm, Shop");
    assert_eq!(manifest["tools"].as_array().unwrap().len(), 4);
}

/// Writes a connector `desk` whose one action runs `script`, a file of its own.
fn with_script(workspace: &Workspace, script: &[u8]) {
    let action =
        "[[actions]]\nname = \"greet\"\ndescription = \"Greets\"\neffect = \"read\"\ncode = \"actions/greet.js\"\n";
    let text = crate::harness::connector("desk", "http://127.0.0.1:9/v1", action);
    workspace.write("desk/connector.toml", text);
    workspace.write("desk/actions/greet.js", script);
}

#[tokio::test]
async fn code_is_packed_byte_for_byte() {
    let workspace = workspace();
    let script = "\u{feff}return { greeting: 'Grüße' };\r\n";
    with_script(&workspace, script.as_bytes());
    // Anything may stand in a component; one that no action names is packed, too.
    let component = b"\0asm\x0d\0\x01\0\xff";
    workspace.write("desk/actions/sum.wasm", component);
    workspace.write("desk/actions/sum.rs", "the component's source");
    workspace.write("desk/notes.txt", "notes");
    let run = bundle(&workspace, &[]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stderr.contains(": desk/notes.txt (in"), "{}", run.stderr);
    let files = files(&workspace.path().join("toolgate.mcpb"));
    assert_eq!(
        files["connectors/desk/actions/greet.js"],
        (0o644, script.as_bytes().to_vec())
    );
    assert_eq!(files["connectors/desk/actions/sum.wasm"], (0o644, component.to_vec()));
    assert!(!files.contains_key("connectors/desk/actions/sum.rs"));

    // What is unpacked is a whole connector.
    let unpacked = Workspace::new();
    crate::harness::share_compiled_code(&unpacked.state());
    for (name, (_, bytes)) in &files {
        if let Some(name) = name.strip_prefix("connectors/desk/") {
            unpacked.write(&format!("desk/{name}"), bytes);
        }
    }
    let run = unpacked.run(&["check"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    let run = unpacked.run(&["call", "desk__greet"]).await;
    assert!(run.stdout.contains("Grüße"), "{run:?}");
}

#[tokio::test]
async fn one_connector_is_told_as_one() {
    let workspace = workspace();
    let run = bundle(&workspace, &[]).await;
    assert!(
        run.stdout.starts_with("toolgate.mcpb: 1 connector, 2 tools, "),
        "{}",
        run.stdout
    );
}

#[tokio::test]
async fn a_script_with_a_known_secret_is_not_packed() {
    let mut workspace = workspace();
    workspace.set("CRM_KEY", "k3y-that-is-long");
    with_script(&workspace, b"return 'k3y-that-is-long';\n");
    let run = bundle(&workspace, &[]).await;
    assert_eq!(run.code, Some(1), "{run:?}");
    let told = "connectors/desk/actions/greet.js holds the value of `CRM_KEY`";
    assert!(run.stderr.contains(told), "{}", run.stderr);
    assert!(!workspace.path().join("toolgate.mcpb").exists());
}

#[tokio::test]
async fn the_same_connectors_make_the_same_bytes() {
    let workspace = workspace();
    let pack = async |name: &str| {
        let run = bundle(&workspace, &["--output", name]).await;
        assert_eq!(run.code, Some(0), "{run:?}");
        std::fs::read(workspace.path().join(name)).unwrap()
    };
    let first = pack("a.mcpb").await;
    // Written anew, with another time.
    let text = std::fs::read(workspace.connectors().join("crm.toml")).unwrap();
    workspace.write("crm.toml", text);
    assert_eq!(pack("b.mcpb").await, first);
    assert_eq!(pack("a.mcpb").await, first);
    let left: Vec<_> = std::fs::read_dir(workspace.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(
        !left.iter().any(|name| name.to_string_lossy().ends_with(".tmp")),
        "{left:?}"
    );
}

#[tokio::test]
async fn no_bundle_is_made_of_what_is_broken_or_holds_a_secret() {
    for (name, text, told) in [
        ("broken.toml", "name = \"x\"\n".to_owned(), "without errors"),
        (
            "literal.toml",
            crate::harness::connector("literal", "http://127.0.0.1:9/v1", super::ACTIONS)
                .replace("env:CRM_KEY", "sk-literal"),
            "without errors",
        ),
        (
            "shop/connector.toml",
            crate::harness::connector("shop", "http://127.0.0.1:9/v1", super::ACTIONS),
            "connectors/shop/SKILL.md holds the value of `CRM_KEY`",
        ),
    ] {
        let mut workspace = workspace();
        workspace.set("CRM_KEY", "k3y-that-is-long");
        workspace.write(name, text);
        workspace.write("shop/SKILL.md", "Use k3y-that-is-long.");
        let run = bundle(&workspace, &[]).await;
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(run.stderr.contains(told), "{told}: {}", run.stderr);
        for secret in ["k3y-that-is-long", "sk-literal"] {
            assert!(!run.stderr.contains(secret) && !run.stdout.contains(secret), "{run:?}");
        }
        assert!(!workspace.path().join("toolgate.mcpb").exists());
    }
}

#[tokio::test]
async fn what_cannot_work_after_unpacking_is_refused() {
    let workspace = workspace();
    for (settings, told) in [
        ("[http]\naddress = \"127.0.0.1:8080\"\n", "http.address"),
        ("[egress]\nextra_ca = \"/etc/ssl/ca.pem\"\n", "egress.extra_ca"),
        ("[egress]\nextra_ca = \"../ca.pem\"\n", "egress.extra_ca"),
        ("[egress]\nextra_ca = \"key.pem\"\n", "private key"),
        ("[egress]\nextra_ca = \"missing.pem\"\n", "missing.pem"),
    ] {
        workspace.config(settings);
        std::fs::write(workspace.path().join("key.pem"), "-----BEGIN PRIVATE KEY-----").unwrap();
        let run = bundle(&workspace, &[]).await;
        assert_eq!(run.code, Some(1), "{settings}: {run:?}");
        assert!(run.stderr.contains(told), "{settings}: {}", run.stderr);
    }
    workspace.config("[egress]\nextra_ca = \"ca/company.pem\"\n");
    std::fs::create_dir(workspace.path().join("ca")).unwrap();
    std::fs::write(workspace.path().join("ca/company.pem"), "-----BEGIN CERTIFICATE-----").unwrap();
    let run = bundle(&workspace, &[]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(files(&workspace.path().join("toolgate.mcpb")).contains_key("ca/company.pem"));

    workspace.config("");
    std::fs::write(workspace.path().join("program"), "#!/bin/sh\n").unwrap();
    let run = bundle(&workspace, &[]).await;
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("is not a program for"), "{}", run.stderr);
    let run = bundle(&Workspace::new(), &[]).await;
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("there are no connectors"), "{}", run.stderr);
}

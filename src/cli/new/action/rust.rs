//! A new action in Rust: a package of its own, with all that it is built of but the packages of the registry.

use super::{Draft, File, Subject, component};

/// The crate that makes an action in Rust a few lines. It comes along, so that the action builds anywhere.
const HELPER: [(&str, &str); 9] = [
    (
        "Cargo.toml",
        include_str!("../../../../wasm-guests/toolgate-guest/Cargo.toml"),
    ),
    (
        "src/lib.rs",
        include_str!("../../../../wasm-guests/toolgate-guest/src/lib.rs"),
    ),
    (
        "src/call.rs",
        include_str!("../../../../wasm-guests/toolgate-guest/src/call.rs"),
    ),
    (
        "src/failure.rs",
        include_str!("../../../../wasm-guests/toolgate-guest/src/failure.rs"),
    ),
    (
        "src/heap.rs",
        include_str!("../../../../wasm-guests/toolgate-guest/src/heap.rs"),
    ),
    (
        "src/host.rs",
        include_str!("../../../../wasm-guests/toolgate-guest/src/host.rs"),
    ),
    (
        "src/request.rs",
        include_str!("../../../../wasm-guests/toolgate-guest/src/request.rs"),
    ),
    (
        "src/response.rs",
        include_str!("../../../../wasm-guests/toolgate-guest/src/response.rs"),
    ),
    (
        "src/together.rs",
        include_str!("../../../../wasm-guests/toolgate-guest/src/together.rs"),
    ),
];

/// The package is the workspace of the helper too, whose `Cargo.toml` takes these settings from it.
const PACKAGE: &str = r#"[package]
name = "action"
version = "0.1.0"
edition.workspace = true
publish.workspace = true

[lib]
crate-type = ["cdylib"]

[dependencies]
serde = { version = "1", features = ["derive"] }
serde_json = "1"
toolgate-guest = { path = "toolgate-guest" }

[workspace]
members = ["toolgate-guest"]

[workspace.package]
edition = "2024"
rust-version = "1.88"
license = "Apache-2.0"
publish = false

[workspace.lints.rust]
missing_docs = "warn"

# Small; the names of functions stay, because an error then tells where it was.
[profile.release]
opt-level = "s"
lto = true
codegen-units = 1
panic = "abort"
strip = "debuginfo"
"#;

const CODE: &str = r#"//! Runs for every call of the action. What it returns is the result of the tool.

use serde::Deserialize;
use serde_json::{Value, json};
use toolgate_guest::{Call, Failure, Request, info};

/// The arguments, as the connector declares them.
#[derive(Deserialize)]
struct Input {
    limit: usize,
}

toolgate_guest::action!(run);

async fn run(call: Call<Input>) -> Result<Value, Failure> {
    // A URL that begins with / stands below the connection's base_url, whose credential the host adds.
    let url = PATH;
    let answer: Value = Request::get(url).send().await?.successful()?.json()?;

    // The answer is a list, or has one in it.
    let list = match &answer {
        Value::Object(members) => members.values().find_map(Value::as_array),
        other => other.as_array(),
    };
    let list = list.map_or(&[][..], Vec::as_slice);
    info(&format!("{} entries at {url}", list.len()));
    let entries = &list[..list.len().min(call.input.limit)];
    Ok(json!({ "entries": entries, "count": list.len() }))
}
"#;

/// A component that makes one request and works on its answer.
pub(super) fn draft(subject: &Subject<'_>) -> Draft {
    let file = |path: &str, purpose, text: String| File {
        path: component::sources(subject).join(path),
        purpose,
        text,
    };
    let mut files = vec![
        // A path is written as a text of Rust.
        file(
            "src/lib.rs",
            "what it does",
            CODE.replace("PATH", &format!("{:?}", subject.path)),
        ),
        file("Cargo.toml", "how it is built", PACKAGE.to_owned()),
        file(
            ".gitignore",
            "what comes to be when it is built",
            "/target\n".to_owned(),
        ),
        component::contract(subject),
    ];
    files.extend(HELPER.map(|(path, text)| {
        file(
            &format!("toolgate-guest/{path}"),
            "a part of its helper",
            text.to_owned(),
        )
    }));
    let folder = subject.folder.join(component::sources(subject));
    let folder = folder.display();
    Draft {
        code: component::code(subject),
        files,
        steps: vec![
            "rustup target add wasm32-unknown-unknown".to_owned(),
            "cargo install --locked wasm-tools@1.258.0".to_owned(),
            format!("cargo build --release --target wasm32-unknown-unknown --manifest-path {folder}/Cargo.toml"),
            format!(
                "wasm-tools component new {folder}/target/wasm32-unknown-unknown/release/action.wasm --output {}",
                subject.folder.join(component::code(subject)).display()
            ),
        ],
    }
}

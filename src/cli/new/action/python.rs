//! A new action in Python.

use super::{Draft, File, Subject, component};

const CODE: &str = r#""""Runs for every call of the action. What it returns is the result of the tool."""

# First: other modules then find the host's clock, randomness and log in place of the system's.
from toolgate_guest import action, get, info

# Whatever else is needed is imported here: in a call there is nowhere left to load it from.


async def run(call):
    # A URL that begins with / stands below the connection's base_url, whose credential the host adds.
    url = PATH
    answer = (await get(url)).successful().json()

    # The answer is a list, or has one in it.
    parts = [answer, *(answer.values() if isinstance(answer, dict) else [])]
    entries = next((part for part in parts if isinstance(part, list)), [])
    info(f"{len(entries)} entries at {url}")
    return {"entries": entries[: call.input["limit"]], "count": len(entries)}


WitWorld = action(run)
"#;

/// The modules that make an action in Python a few lines, and what it is built with.
const HELPER: [(&str, &str, &str); 3] = [
    (
        "toolgate_guest.py",
        "its helper",
        include_str!("../../../../wasm-guests/toolgate-guest-python/toolgate_guest.py"),
    ),
    (
        "toolgate_system.py",
        "a part of its helper",
        include_str!("../../../../wasm-guests/toolgate-guest-python/toolgate_system.py"),
    ),
    (
        "requirements.txt",
        "what it is built with",
        include_str!("../../../../wasm-guests/examples/python/requirements.txt"),
    ),
];

/// A component that makes one request and works on its answer.
pub(super) fn draft(subject: &Subject<'_>) -> Draft {
    let file = |path: &str, purpose, text: String| File {
        path: component::sources(subject).join(path),
        purpose,
        text,
    };
    // A path is written as JSON, which is Python too.
    let path = serde_json::Value::from(subject.path).to_string();
    let mut files = vec![
        file("app.py", "what it does", CODE.replace("PATH", &path)),
        file(".gitignore", "what comes to be when it is built", "/.venv\n".to_owned()),
        component::contract(subject),
    ];
    files.extend(HELPER.map(|(path, purpose, text)| file(path, purpose, text.to_owned())));
    let folder = subject.folder.join(component::sources(subject));
    let folder = folder.display();
    Draft {
        code: component::code(subject),
        files,
        steps: vec![
            format!("python3 -m venv {folder}/.venv"),
            format!("{folder}/.venv/bin/pip install --require-hashes --requirement {folder}/requirements.txt"),
            format!(
                "{folder}/.venv/bin/componentize-py --wit-path {folder}/wit --world action componentize app \
                 --python-path {folder} --stub-wasi --output {}",
                subject.folder.join(component::code(subject)).display()
            ),
        ],
    }
}

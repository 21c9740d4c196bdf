//! A new action in JavaScript.

use std::path::PathBuf;

use super::{Draft, File, Subject};

/// A script that makes one request and works on its answer.
pub(super) fn draft(subject: &Subject<'_>) -> Draft {
    let code = PathBuf::from(format!("actions/{}.js", subject.name));
    Draft {
        code: code.clone(),
        files: vec![File {
            path: code,
            purpose: "what it does",
            text: script(subject.path),
        }],
        steps: Vec::new(),
    }
}

fn script(path: &str) -> String {
    // A path is written as JSON, which is JavaScript too.
    let path = serde_json::Value::from(path);
    format!(
        r#"// Runs for every call of the action. What it returns is the result of the tool.
//
//   data.input    the arguments, as the connector declares them
//   data.auth     the connection's fields; a secret is a handle that becomes the secret in a request
//   ld.request    an HTTP request; a URL that begins with / stands below the connection's base_url
//   ld.log        a line in the log of the call, which `toolgate test` shows

const url = {path};
const answer = await ld.request({{ method: "GET", url }});
if (!answer.ok) {{
  throw new Error(`${{url}} answered ${{answer.status}}`);
}}

// The answer is a list, or has one in it.
const list = [answer.json, ...Object.values(answer.json ?? {{}})].find(Array.isArray) ?? [];
ld.log(`${{list.length}} entries at ${{url}}`);
return {{ entries: list.slice(0, data.input.limit), count: list.length }};
"#
    )
}

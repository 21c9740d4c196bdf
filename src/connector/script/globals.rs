//! Names that other hosts of JavaScript have and the sandbox has not, and what to do instead.
//!
//! Must never know where a script names them.

use super::usage::Usage;
use super::{Rules, WITHOUT_LOCALE};

/// What to do instead of loading a library.
pub(super) const BUNDLE: &str = "libraries cannot be loaded: bundle what the code needs into its file";
/// What to do instead of making code from text.
const WRITTEN_OUT: &str = "code cannot be made from text: write it out";

/// What to do instead of exporting.
const RETURNED: &str = "nothing is exported: the code is the body of a function, and `return` gives its result";

/// Objects and classes of browsers and Node, each group with what to do instead.
pub(super) const ABSENT: [(&[&str], &str); 15] = [
    (
        &["AbortController", "AbortSignal"],
        "a request that takes too long ends by itself: ld.request({ url, timeout: 5000 })",
    ),
    (
        &["FormData", "Blob", "File", "FileReader"],
        "give `ld.request` the body as a text, a Buffer or an object; the parts of a form are joined with `Buffer.concat`",
    ),
    (
        &["Request", "Response"],
        "`ld.request` takes a plain object, and what it gives holds `status`, `headers`, `text`, `json` and `buffer`",
    ),
    (
        &["Headers"],
        "headers are a plain object; aliases = true under [code] in the connector brings `Headers`, too",
    ),
    (
        &[
            "ReadableStream",
            "WritableStream",
            "TransformStream",
            "TextDecoderStream",
            "TextEncoderStream",
            "CompressionStream",
            "DecompressionStream",
        ],
        "there are no streams: an answer is there as a whole, its bytes as `buffer`",
    ),
    (
        &["URLPattern"],
        "take the URL apart with `new URL`, and compare its path with a regular expression",
    ),
    (&["XMLHttpRequest"], "use `ld.request`"),
    (
        &["WebSocket", "EventSource"],
        "no connection stays open: ask with `ld.request`, and again after `ld.wait`",
    ),
    (
        &["Event", "EventTarget", "CustomEvent"],
        "there are no events: call the function that should hear of it",
    ),
    (
        &[
            "Worker",
            "MessageChannel",
            "BroadcastChannel",
            "SharedArrayBuffer",
            "Atomics",
        ],
        "all of a call runs in one thread: let requests overlap with `Promise.all`",
    ),
    (
        &["WebAssembly"],
        "make the component an action of its own: component = \"actions/NAME.wasm\"",
    ),
    (&["Temporal"], "use `Date`"),
    (
        &["localStorage", "sessionStorage", "indexedDB"],
        "nothing is kept from one call to the next: keep it in an API",
    ),
    (
        &["navigator", "window", "document"],
        "there is no browser: leave it out, or ask first with `typeof`",
    ),
    (&["Intl"], WITHOUT_LOCALE),
];

/// What to do instead of using `name` so, if that is absent.
pub(super) fn help(name: &str, usage: &Usage<'_>, rules: &Rules) -> Option<&'static str> {
    match name {
        _ if matches!(usage, Usage::Asked | Usage::Set) => None,
        "require" => Some(BUNDLE),
        "process" => Some(
            "there is no process and no environment: name what the code needs under [auth.fields], and read `data.auth`",
        ),
        "exports" => Some(RETURNED),
        "module" => reads(usage, "exports").then_some(RETURNED),
        "__dirname" | "__filename" => Some("there are no files: write what the code needs into it"),
        // They are there, for libraries that look for them; calling them fails.
        "eval" | "Function" => matches!(usage, Usage::Called { .. }).then_some(WRITTEN_OUT),
        "fetch" | "Headers" if rules.aliases => None,
        "fetch" => Some("use `ld.request`, or write aliases = true under [code] in the connector"),
        _ => {
            let (_, help) = ABSENT.iter().find(|(names, _)| names.contains(&name))?;
            Some(help)
        }
    }
}

fn reads(usage: &Usage<'_>, member: &str) -> bool {
    matches!(usage, Usage::Read { members, .. } if members.contains(&Some(member)))
}

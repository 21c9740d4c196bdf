//! Names that other hosts of JavaScript have and the sandbox has not.

use super::{Finding, Rules, Script, WITHOUT_LOCALE, finding};

/// What to do instead of loading a library.
const BUNDLE: &str = "libraries cannot be loaded: bundle what the code needs into its file";
/// What to do instead of making code from text.
const WRITTEN_OUT: &str = "code cannot be made from text: write it out";

/// Objects and classes of browsers and Node, each group with what to do instead. They count as used where something is
/// made of them, compared with them or read from them; a name alone may be anything.
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
        &["navigator"],
        "there is no browser: leave it out, or ask first with `typeof`",
    ),
    (&["Intl"], WITHOUT_LOCALE),
];

/// A use of a name that the sandbox has not, at `at`.
pub(super) fn absent(script: &Script<'_>, at: usize, rules: &Rules) -> Option<Finding> {
    let name = script.word(at)?;
    let help = help(script, at, name, rules)?;
    if script.is_member(at) || script.is_method(at) || script.knows(name, at) {
        return None;
    }
    let message = format!("there is no `{name}` in the sandbox");
    Some(finding(
        "not-in-sandbox",
        script.tokens[at].range.clone(),
        message,
        help,
    ))
}

/// What to do instead of using `name`, if it is used there and absent.
fn help(script: &Script<'_>, at: usize, name: &str, rules: &Rules) -> Option<&'static str> {
    let is_call = script.is_sign(at + 1, '(');
    let is_after = |words: &[&str]| at > 0 && script.word(at - 1).is_some_and(|before| words.contains(&before));
    let member = script.access(at + 1).and_then(|member| script.word(member));
    match name {
        "require" if is_call => Some(BUNDLE),
        "import" if !script.is_sign(at + 1, ':') => Some(BUNDLE),
        "process" if member.is_some() => Some(
            "there is no process and no environment: name what the code needs under [auth.fields], and read `data.auth`",
        ),
        "module" if member == Some("exports") => {
            Some("nothing is exported: the code is the body of a function, and `return` gives its result")
        }
        "eval" if is_call => Some(WRITTEN_OUT),
        "Function" if is_call || is_after(&["new"]) => Some(WRITTEN_OUT),
        "fetch" if is_call && !rules.aliases => {
            Some("use `ld.request`, or write aliases = true under [code] in the connector")
        }
        "Headers" if rules.aliases => None,
        _ if member.is_some() || is_after(&["new", "instanceof", "extends"]) => {
            let (_, help) = ABSENT.iter().find(|(names, _)| names.contains(&name))?;
            Some(help)
        }
        _ => None,
    }
}

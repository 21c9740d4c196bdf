//! Code that puts what a caller says into the host of a URL.
//!
//! A whole URL from the input is no finding: its author wants the caller to choose. A part of a host is an accident that
//! waits to happen: `https://${data.input.shop}.example.com` goes to `evil.example` when the shop is `evil.example/`. The
//! allowlist of the connector stops that request; the author learns here that it can be asked for.

use super::fields::Fields;
use super::tokens::Kind;
use super::{Finding, Script, finding};

/// Where `script` puts input into a host, in a template or with `+`.
pub(super) fn from_input(script: &Script<'_>) -> Vec<Finding> {
    let input = Fields::of(script, "input");
    let mut found = Vec::new();
    for (at, token) in script.tokens.iter().enumerate() {
        if token.kind != Kind::Text || !ends_in_host(&script.source[token.range.clone()]) {
            continue;
        }
        if !(script.is_sign(at + 1, '{') || script.is_sign(at + 1, '+')) {
            continue;
        }
        let Some((field, end)) = input.at(script, at + 2) else {
            continue;
        };
        let range = script.tokens[at + 2].range.start..script.tokens[end].range.end;
        let message = format!(
            "`data.input.{field}` is part of the host of this URL: whoever calls the action decides where the request goes"
        );
        let help = "write the host out, up to the `/` after it, or read what differs from `data.auth`, with a line under \
                    [auth.fields]";
        found.push(finding("input-in-host", range, message, help));
    }
    found
}

/// Whether `text` begins a URL and ends before its host does.
fn ends_in_host(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|host| !host.contains(['/', '?', '#', '\\']))
}

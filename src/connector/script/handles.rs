//! Code that looks into a handle, which stands for a secret and is none (ruling C-05).

use super::fields::Fields;
use super::{Finding, Script, finding};

/// Members of a text that tell something about its characters.
const TELLING: [&str; 25] = [
    "at",
    "charAt",
    "charCodeAt",
    "codePointAt",
    "endsWith",
    "includes",
    "indexOf",
    "lastIndexOf",
    "length",
    "localeCompare",
    "match",
    "matchAll",
    "normalize",
    "padEnd",
    "padStart",
    "replace",
    "replaceAll",
    "search",
    "slice",
    "split",
    "startsWith",
    "substr",
    "substring",
    "toLowerCase",
    "toUpperCase",
];

/// Where `script` looks into one of `handles`, as a member of `data.auth` or under another name.
pub(super) fn inspected(script: &Script<'_>, handles: &[String]) -> Vec<Finding> {
    let fields = Fields::of(script, "auth");
    let mut found = Vec::new();
    for at in 0..script.tokens.len() {
        let Some((field, end)) = fields.at(script, at) else {
            continue;
        };
        let telling = script
            .access(end + 1)
            .filter(|name| script.word(*name).is_some_and(|name| TELLING.contains(&name)));
        let place = telling.or_else(|| script.is_sign(end + 1, '[').then_some(end + 1));
        let Some(place) = place.filter(|_| handles.iter().any(|handle| handle == field)) else {
            continue;
        };
        let message =
            format!("`data.auth.{field}` is a handle: this reads the handle, not the secret that it stands for");
        let help = "pass it on as a whole; only code that has to compute with secrets says secrets = \"exposed\" under \
                    [security]";
        found.push(finding(
            "inspected-handle",
            script.tokens[place].range.clone(),
            message,
            help,
        ));
    }
    found
}

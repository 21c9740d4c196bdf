//! Code that looks into a handle, which stands for a secret and is none (ruling C-05).

use std::ops::Range;

use super::{Finding, Outside, finding};

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

/// Where a script looks into one of `handles`.
pub(super) fn inspected(outside: &Outside<'_, '_>, handles: &[String]) -> Vec<Finding> {
    let inspected = outside.accesses.iter().filter_map(|access| {
        let ["data", "auth", field] = access.object[..] else {
            return None;
        };
        let tells = access.name.is_none_or(|name| TELLING.contains(&name));
        let is_handle = handles.iter().any(|handle| handle == field) && !outside.own.sets(&access.object);
        (tells && is_handle).then(|| told(field, access.range.clone()))
    });
    inspected.collect()
}

fn told(field: &str, range: Range<usize>) -> Finding {
    let message = format!("`data.auth.{field}` is a handle: this reads the handle, not the secret that it stands for");
    let help = "pass it on as a whole; only code that has to compute with secrets says secrets = \"exposed\" under \
                [security]";
    finding("inspected-handle", range, message, help)
}

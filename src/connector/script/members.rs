//! Members of `ld` that are not there, however a script names them: `ld.lg`, `ld["lg"]`, `const { lg } = ld`.

use std::ops::Range;

use super::usage::Usage;
use super::{Finding, Outside, finding};
use crate::document::closest;

/// Members of `ld` (contract B.1).
pub(super) const MEMBERS: [&str; 8] = [
    "request",
    "log",
    "wait",
    "randomUUID",
    "stripHtml",
    "hash",
    "hmac",
    "progress",
];

/// Members of `ld` elsewhere that this version has not.
pub(super) const NOT_YET: [&str; 14] = [
    "awsRequest",
    "csv2parquet",
    "parquet2csv",
    "arrow2parquet",
    "json2csv",
    "csv2arrow",
    "arrow2csv",
    "parquet2arrow",
    "csv2json",
    "parquet2json",
    "validateSqlQuery",
    "ensureReadOnlySqlQuery",
    "signWithRS256",
    "microsoftXmla",
];

/// Members of every object.
const OF_OBJECTS: [&str; 6] = [
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toString",
    "valueOf",
];

/// Members of `ld` that `outside` names and that are not there.
pub(super) fn unknown(outside: &Outside<'_, '_>) -> Vec<Finding> {
    let is_told = |usage: &Usage<'_>| !matches!(usage, Usage::Called { is_optional: true });
    let of_ld = outside
        .accesses
        .iter()
        .filter(|access| access.object == ["ld"] && is_told(&access.usage));
    let unknown = of_ld.filter_map(|access| {
        let name = access.name.filter(|name| is_name(name))?;
        let is_there = MEMBERS.contains(&name) || OF_OBJECTS.contains(&name) || outside.own.knows(&["ld", name]);
        (!is_there).then(|| told(name, access.range.clone()))
    });
    unknown.collect()
}

/// Any other text is nothing that somebody misspelt.
fn is_name(text: &str) -> bool {
    text.chars()
        .all(|character| character.is_alphanumeric() || matches!(character, '_' | '$'))
}

fn told(name: &str, range: Range<usize>) -> Finding {
    if NOT_YET.contains(&name) {
        let message = format!("`ld.{name}` is not available in this version of Toolgate: calling it fails");
        let help = "do without it, or let an API do that";
        return finding("not-available", range, message, help);
    }
    let help = match closest(name, MEMBERS.into_iter().chain(NOT_YET)) {
        Some(meant) if NOT_YET.contains(&meant) => {
            format!("did you mean `ld.{meant}`? It is not available in this version of Toolgate")
        }
        Some(meant) => format!("did you mean `ld.{meant}`?"),
        None => format!("there are `ld.{}`", MEMBERS.join("`, `ld.")),
    };
    finding("unknown-member", range, format!("there is no `ld.{name}`"), help)
}

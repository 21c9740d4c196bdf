//! Members of `ld` that are not there, however a script names them: `ld.lg`, `ld["lg"]`, `const { lg } = ld`.

use super::tokens::Kind;
use super::{Finding, Script, finding};
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

/// A member of `ld` that is named at `at` and is not there.
pub(super) fn unknown(script: &Script<'_>, at: usize) -> Option<Finding> {
    let name = named(script, at).filter(|name| !MEMBERS.contains(name) && !OF_OBJECTS.contains(name))?;
    if script.knows("ld", at) {
        // An `ld` of the script's own.
        return None;
    }
    let range = script.tokens[at].range.clone();
    if NOT_YET.contains(&name) {
        let message = format!("`ld.{name}` is not available in this version of Toolgate: calling it fails");
        return Some(finding(
            "not-available",
            range,
            message,
            "do without it, or let an API do that",
        ));
    }
    let help = match closest(name, MEMBERS.into_iter().chain(NOT_YET)) {
        Some(meant) if NOT_YET.contains(&meant) => {
            format!("did you mean `ld.{meant}`? It is not available in this version of Toolgate")
        }
        Some(meant) => format!("did you mean `ld.{meant}`?"),
        None => format!("there are `ld.{}`", MEMBERS.join("`, `ld.")),
    };
    Some(finding(
        "unknown-member",
        range,
        format!("there is no `ld.{name}`"),
        help,
    ))
}

/// The member of `ld` that the piece at `at` names, if it names one.
fn named<'a>(script: &Script<'a>, at: usize) -> Option<&'a str> {
    let token = script.tokens.get(at)?;
    let before = at.checked_sub(1)?;
    let is_text = token.kind == Kind::Text;
    let is_named = if script.is_member(at) {
        !is_text && is_ld_before(script, before)
    } else if is_text && script.is_sign(before, '[') && script.is_sign(at + 1, ']') {
        let dot = before.checked_sub(1).filter(|dot| script.is_sign(*dot, '.'));
        is_ld_before(script, dot.unwrap_or(before))
    } else {
        is_taken_out(script, at, is_text)
    };
    let name = &script.source[token.range.clone()];
    // Any other text is no name: it may hold escapes, or anything at all.
    let is_name = name
        .chars()
        .all(|character| character.is_alphanumeric() || matches!(character, '_' | '$'));
    (is_named && is_name && matches!(token.kind, Kind::Word | Kind::Text)).then_some(name)
}

/// Whether the access that begins at `at`, or with the question mark before it, is one to `ld`.
fn is_ld_before(script: &Script<'_>, at: usize) -> bool {
    let is_optional = at > 0 && script.is_sign(at, '.') && script.is_sign(at - 1, '?');
    let end = at.checked_sub(1 + usize::from(is_optional));
    end.is_some_and(|end| script.is_word(end, "ld") && !script.is_member(end))
}

/// Whether the piece at `at` is a name in a pattern that takes `ld` apart.
fn is_taken_out(script: &Script<'_>, at: usize, is_text: bool) -> bool {
    let begins = script.is_one_of(at - 1, &['{', ',']);
    let goes_on: &[char] = if is_text { &[':'] } else { &[':', ',', '=', '}'] };
    let Some(opened) = script.brackets.around(at).filter(|opened| script.is_sign(*opened, '{')) else {
        return false;
    };
    let taken = script.brackets.partner(opened) + 2;
    let is_ld = script.is_sign(taken - 1, '=') && script.is_word(taken, "ld");
    // Anything else that is taken apart: a part of it, or `ld && {}`.
    let is_part = script.is_one_of(taken + 1, &['.', '[', '(', '?', '&', '|']);
    begins && script.is_one_of(at + 1, goes_on) && is_ld && !is_part
}

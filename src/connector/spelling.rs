//! Older and other spellings of a connector, brought into the one shape of the document types.
//!
//! Works on the tree, so that every value keeps its place in the file. What is renamed remembers how it was written:
//! references such as `#/endpoints/0/response_schema` (contract S1-63) still find it.

use super::authentication;
use crate::diagnostics::{Diagnostic, Source};
use crate::document::{Kind, Member, Node};

/// Keys of an action that have other names in the seeds' formats.
const ACTION_KEYS: [(&str, &str); 6] = [
    ("parameters", "input"),
    ("fields", "input"),
    ("inputs", "input"),
    ("body_template", "body"),
    ("response_mapping", "response"),
    ("requires_confirmation", "confirm"),
];

/// HTTP methods of actions.
const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"];

/// Types of fields in the seeds' notation.
const FIELD_TYPES: [&str; 8] = [
    "TEXT",
    "MULTI_LINE_TEXT",
    "NUMBER",
    "BOOLEAN",
    "SELECT",
    "FILE",
    "OBJECT",
    "PASSWORD",
];

/// Brings a connector document into the shape of the document types.
pub(super) fn connector(source: &Source<'_>, root: &mut Node) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    unwrap_custom_api(source, root, &mut findings);
    rename(source, root, "authentication", "auth", &mut findings);
    gather_auth(root);
    if let Some(auth) = root.get_mut("auth") {
        self::auth(source, auth, &mut findings);
    }
    actions(source, root, &mut findings);
    findings
}

/// Brings the actions of an entity file, or of a connector, into the shape of the document types.
pub(super) fn actions(source: &Source<'_>, root: &mut Node, findings: &mut Vec<Diagnostic>) {
    rename(source, root, "endpoints", "actions", findings);
    for action in root.get_mut("actions").map(Node::items_mut).unwrap_or_default() {
        for (from, to) in ACTION_KEYS {
            rename(source, action, from, to, findings);
        }
        rewrite(action, "method", |method| known(&METHODS, method.to_ascii_uppercase()));
        for input in action.get_mut("input").map(Node::items_mut).unwrap_or_default() {
            argument(source, input, findings);
        }
    }
}

/// Seed 001 puts everything below one key.
fn unwrap_custom_api(source: &Source<'_>, root: &mut Node, findings: &mut Vec<Diagnostic>) {
    let Some(inner) = root.get("custom_api") else { return };
    if !matches!(inner.kind, Kind::Table(_)) {
        return;
    }
    for member in root.members().iter().filter(|member| member.key != "custom_api") {
        let message = format!(
            "`{}` stands beside `custom_api`, which holds the whole connector",
            member.key
        );
        let finding = source.error("unknown-key", member.key_span.clone(), message);
        findings.push(finding.help("move it into `custom_api`"));
    }
    if let Some(member) = root.remove("custom_api") {
        *root = member.value;
    }
}

/// The seed's fragments write `auth_type` and `config` side by side.
fn gather_auth(root: &mut Node) {
    if root.get("auth").is_some() || root.get("auth_type").is_none() {
        return;
    }
    let Some(kind) = root.remove("auth_type") else { return };
    let span = kind.key_span.clone();
    let mut members = vec![kind];
    members.extend(root.remove("config"));
    let auth = Node::new(span.clone(), Kind::Table(members));
    if let Some(all) = root.members_mut() {
        all.push(Member::new("auth".to_owned(), span, auth));
    }
}

fn auth(source: &Source<'_>, auth: &mut Node, findings: &mut Vec<Diagnostic>) {
    if auth
        .get("config")
        .is_some_and(|config| matches!(config.kind, Kind::Table(_)))
        && let Some(config) = auth.remove("config")
    {
        for member in config.value.members() {
            if auth.get(&member.key).is_some() {
                let message = format!("`{}` is written in `auth` and in its `config`", member.key);
                findings.push(
                    source
                        .error("duplicate-key", member.key_span.clone(), message)
                        .help("keep one of them"),
                );
            } else if let Some(members) = auth.members_mut() {
                members.push(member.clone());
            }
        }
    }
    rename(source, auth, "auth_type", "type", findings);
    rewrite(auth, "type", |written| {
        authentication::name_of(&super::naming::slug_of(written)).map(str::to_owned)
    });
    for key in authentication::secret_keys() {
        rename(source, auth, &format!("{key}_vault_ref"), key, findings);
    }
    for header in auth.get_mut("headers").map(Node::items_mut).unwrap_or_default() {
        rename(source, header, "value_vault_ref", "value", findings);
    }
}

fn argument(source: &Source<'_>, input: &mut Node, findings: &mut Vec<Diagnostic>) {
    // Seed 000 names a field by `slug` for code and by `name` or `label` for people.
    if input.get("slug").is_some() {
        if input.get("label").is_some() {
            input.remove("name");
        } else {
            rename(source, input, "name", "label", findings);
        }
        rename(source, input, "slug", "name", findings);
    }
    rewrite(input, "in", |place| Some(place.to_ascii_lowercase()));
    let Some(kind) = input.get("type") else { return };
    let Some(written) = kind.text() else { return };
    if ["string", "integer", "number", "boolean", "object", "array"].contains(&written) {
        return;
    }
    let plain = super::naming::slug_of(written).to_ascii_uppercase();
    let alias = match plain.as_str() {
        "ID" => Some("TEXT"),
        "VECTOR" => Some("OBJECT"),
        _ => None,
    };
    if let Some(name) = alias {
        let message = format!("the type `{written}` is read as `{name}`");
        findings.push(source.note("type-alias", kind.span.clone(), message));
    }
    rewrite(input, "type", |_| {
        alias.map(str::to_owned).or_else(|| known(&FIELD_TYPES, plain))
    });
}

/// Gives a member its present name.
fn rename(source: &Source<'_>, table: &mut Node, from: &str, to: &str, findings: &mut Vec<Diagnostic>) {
    let Some(old) = table.member(from) else { return };
    if let Some(present) = table.member(to) {
        let line = source.line_of(present.key_span.start);
        let message = format!(
            "`{from}` means the same as `{}`, which is written on line {line}",
            present.written
        );
        findings.push(
            source
                .error("duplicate-key", old.key_span.clone(), message)
                .help("keep one of them"),
        );
        table.remove(from);
        return;
    }
    for member in table
        .members_mut()
        .into_iter()
        .flatten()
        .filter(|member| member.key == from)
    {
        to.clone_into(&mut member.key);
    }
}

/// Changes a text where `change` knows a present spelling of it; messages quote any other as it was written.
fn rewrite(table: &mut Node, key: &str, change: impl FnOnce(&str) -> Option<String>) {
    if let Some(Node {
        kind: Kind::Text(text), ..
    }) = table.get_mut(key)
        && let Some(present) = change(text)
    {
        *text = present;
    }
}

fn known(names: &[&str], name: String) -> Option<String> {
    names.contains(&name.as_str()).then_some(name)
}

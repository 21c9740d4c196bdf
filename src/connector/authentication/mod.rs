//! How requests are authenticated: references to secrets, never secrets.
//!
//! A scheme is one file with one [`Kind`]: how it is written, what it sends and what code reads of it. To add one: its file,
//! and its line in [`KINDS`]. Older spellings, messages, schemas, new connectors and the import of descriptions read that
//! list. Where a description says more than which scheme it is, such as the name of a key, `openapi::security` reads that.

mod api_key;
mod basic_auth;
mod bearer_token;
mod combined;
mod custom_header;
mod document;
mod none;
mod postponed;
mod reading;

use http::HeaderName;
use schemars::{Schema, SchemaGenerator};

use super::headers::Forbidden;
use super::model::{Auth, KeyPlace, Part, Placement, Setting};
use super::scope::Scope;
use crate::document::Node;

pub(super) use document::AuthDocument;

/// The list of the schemes, as people are told of them.
pub(crate) static KINDS: [&Kind; 6] = [
    &none::KIND,
    &api_key::KIND,
    &bearer_token::KIND,
    &basic_auth::KIND,
    &custom_header::KIND,
    &combined::KIND,
];

/// A scheme as authors write it.
#[derive(Debug)]
pub(crate) struct Kind {
    /// What authors call it: the `type` of an `[auth]`.
    pub(crate) name: &'static str,
    /// Other spellings of that (ruling C-03), lowercase with `_` between words.
    spellings: &'static [&'static str],
    /// What it is called in what people read (contract S1-10).
    label: &'static str,
    /// Keys that say where a secret is kept. In older files their names end in `_vault_ref`.
    pub(crate) secrets: &'static [&'static str],
    /// Keys whose values are no secrets, so that messages may quote them.
    harmless: &'static [&'static str],
    /// The schema of its keys, `type` left out.
    keys: fn(&mut SchemaGenerator) -> Schema,
    /// What keeps it from being a part of several, if anything does: a key, and the reason.
    alone: fn(&Node) -> Option<(&'static str, &'static str)>,
    /// Compiles an `[auth]` that its schema has found no fault with; reports what else is wrong.
    compile: fn(&Scope<'_>, &Node) -> Option<Compiled>,
    /// What a new connector begins with; `None` when there is nothing to begin with.
    pub(crate) scaffold: Option<Scaffold>,
    /// How descriptions of APIs ask for it, when it fills the header `Authorization` and needs nothing but its secrets.
    pub(crate) described: Option<Described>,
}

/// What descriptions of APIs and people who read them call a scheme.
#[derive(Debug)]
pub(crate) struct Described {
    /// The `type` of a security scheme in a description, and its `scheme` in lower case where that matters.
    pub(crate) as_types: &'static [(&'static str, Option<&'static str>)],
    /// What it asks for, in words.
    pub(crate) words: &'static str,
    /// How good a choice it is among those that serve as many operations: what is least trouble to set up, and shows least
    /// in logs of others.
    pub(crate) preference: usize,
}

/// The lines of an `[auth]` that a new connector begins with.
#[derive(Debug)]
pub(crate) struct Scaffold {
    /// What follows its `type`. `{key}` stands for where the secret `key` is kept.
    pub(crate) keys: &'static str,
    /// Names of the secrets.
    pub(crate) secrets: &'static [&'static str],
}

/// What code reads as `data.auth`, by name.
pub(super) type Fields = Vec<(String, Setting)>;

/// What an `[auth]` is compiled to.
struct Compiled {
    /// What is sent.
    parts: Vec<Part>,
    /// What code reads, also under the names that code written for other hosts uses.
    fields: Fields,
    /// What code reads besides when this is one part of several, which may be of the same kind.
    fields_of_part: Fields,
}

impl Compiled {
    /// One scheme that sends these values.
    fn new(placements: Vec<Placement>, fields: Fields) -> Self {
        Self {
            parts: vec![Part { placements }],
            fields,
            fields_of_part: Fields::new(),
        }
    }
}

/// Compiles `[auth]`: how requests are authenticated, and what code reads as `data.auth`.
pub(super) fn compile(scope: &Scope<'_>, node: &Node) -> Option<(Auth, Fields)> {
    if node.is_broken() {
        return None;
    }
    let kind = kind_of(node)?;
    let Compiled { parts, fields, .. } = (kind.compile)(scope, node)?;
    let auth = if parts.is_empty() {
        Auth::none()
    } else {
        Auth {
            label: kind.label,
            parts,
        }
    };
    Some((auth, fields))
}

/// The scheme that a security scheme of this `type` and `scheme` asks for, and what is said about it.
pub(crate) fn described_as(kind: &str, scheme: &str) -> Option<(&'static Kind, &'static Described)> {
    let fits = |described: &&Described| {
        let mut types = described.as_types.iter();
        types.any(|(name, wanted)| *name == kind && wanted.is_none_or(|wanted| wanted == scheme))
    };
    KINDS
        .into_iter()
        .find_map(|kind| Some((kind, kind.described.as_ref().filter(fits)?)))
}

/// The scheme that an `[auth]` or a part of one asks for.
fn kind_of(node: &Node) -> Option<&'static Kind> {
    let name = node.get("type")?.text()?;
    KINDS.into_iter().find(|kind| kind.name == name)
}

/// Adds those of `more` whose names are not taken.
fn add(fields: &mut Fields, more: Fields) {
    for (name, setting) in more {
        if fields.iter().all(|(taken, _)| *taken != name) {
            fields.push((name, setting));
        }
    }
}

/// Whether this asks for a kind of authentication that this version cannot do.
pub(super) fn is_postponed(auth: &Node) -> bool {
    auth.get("type")
        .and_then(Node::text)
        .is_some_and(|name| postponed::ALL.iter().any(|kind| kind.name == name))
}

/// Reports a kind of authentication that this version cannot do.
pub(super) fn report_postponed(scope: &Scope<'_>, auth: &Node) {
    let kind = auth.get("type").unwrap_or(auth);
    let name = kind.text().unwrap_or_default();
    let message = format!("this version does not authenticate with `{name}` yet");
    let [others @ .., last] = KINDS.map(|kind| kind.name);
    let help = format!(
        "use {} or {last}, or leave this connector out for now",
        others.join(", ")
    );
    scope.refuse("not-yet", kind.span.clone(), message, help);
}

/// The name of the scheme that `plain` is a spelling of, also of one that this version cannot do.
pub(super) fn name_of(plain: &str) -> Option<&'static str> {
    let known = KINDS.iter().map(|kind| (kind.name, kind.spellings));
    let later = postponed::ALL.iter().map(|kind| (kind.name, kind.spellings));
    known
        .chain(later)
        .find(|(name, spellings)| *name == plain || spellings.contains(&plain))
        .map(|(name, _)| name)
}

/// Keys of an authentication that say where a secret is kept.
pub(super) fn secret_keys() -> impl Iterator<Item = &'static str> {
    let known = KINDS.iter().flat_map(|kind| kind.secrets);
    known
        .chain(postponed::ALL.iter().flat_map(|kind| kind.secrets))
        .copied()
}

/// Whether the value at `key` of an authentication is no secret, whatever it is.
pub(super) fn is_harmless(key: &str) -> bool {
    matches!(key, "type" | "auth_type")
        || KINDS.iter().any(|kind| kind.harmless.contains(&key))
        || postponed::ALL.iter().any(|kind| kind.harmless.contains(&key))
}

/// The names that a credential takes.
pub(super) fn taken_names(auth: &Auth) -> Forbidden {
    let mut forbidden = Forbidden::default();
    for Placement { place, name, .. } in auth.placements() {
        match place {
            KeyPlace::Header => forbidden.headers.extend(HeaderName::from_bytes(name.as_bytes()).ok()),
            KeyPlace::Query => forbidden.query.push(name.clone()),
            KeyPlace::Cookie => forbidden.cookies.push(name.clone()),
        }
    }
    forbidden
}

#[cfg(test)]
mod tests;

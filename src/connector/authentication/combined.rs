//! Several credentials on every request, such as a token and a key.

use super::{Fields, fields_of, scheme};
use crate::connector::document::AuthDocument;
use crate::connector::model::{Auth, KeyPlace, Placement, Setting};
use crate::connector::scope::Scope;
use crate::document::Node;

/// Compiles `parts`. Each puts its own credential on the request, so no two may go to the same place.
pub(super) fn compile(scope: &Scope<'_>, node: &Node, parts: Vec<AuthDocument>) -> Option<Auth> {
    let items = node.get("parts").map(Node::items).unwrap_or_default();
    let mut compiled: Vec<Auth> = Vec::with_capacity(parts.len());
    let mut taken: Vec<(KeyPlace, String)> = Vec::new();
    let mut sound = parts.len() == items.len();
    for (part, item) in parts.into_iter().zip(items) {
        let Some(auth) = one(scope, item, part) else {
            sound = false;
            continue;
        };
        for place in places(&auth) {
            if taken.contains(&place) {
                let message = format!(
                    "another part of `auth` goes to the {} `{}`, too",
                    name(place.0),
                    place.1
                );
                let help = "remove one of the two: only one value can stand there";
                scope.refuse("bad-auth", item.span.clone(), message, help);
                sound = false;
            }
            taken.push(place);
        }
        compiled.push(auth);
    }
    sound.then_some(Auth::Combined { parts: compiled })
}

/// What code reads of the parts. Keys beside the first have the name of the place that they go to.
pub(super) fn fields(parts: &[Auth]) -> Fields {
    let mut fields = Fields::new();
    for part in parts {
        let mut own = fields_of(part);
        if let Auth::ApiKey { name, key, .. } = part {
            own.push((name.replace('-', "_"), Setting::Secret(key.clone())));
        }
        for (name, setting) in own {
            if fields.iter().all(|(taken, _)| *taken != name) {
                fields.push((name, setting));
            }
        }
    }
    fields
}

fn one(scope: &Scope<'_>, item: &Node, part: AuthDocument) -> Option<Auth> {
    let refused = match &part {
        AuthDocument::None {} => Some(("type", "sends nothing")),
        AuthDocument::Combined { .. } => Some(("type", "has parts itself")),
        AuthDocument::ApiKey { fields, .. } if !fields.is_empty() => Some((
            "fields",
            "names what code reads, which only an `auth` without parts does",
        )),
        _ => None,
    };
    if let Some((key, reason)) = refused {
        let message = format!("this part of `auth` {reason}");
        scope.refuse("bad-auth", item.key_span(key), message, "remove it");
        return None;
    }
    scheme(scope, item, part)
}

/// Where a part puts its values. Headers are the same however they are written.
fn places(auth: &Auth) -> Vec<(KeyPlace, String)> {
    let place = |placement: Placement<'_>| match placement.place {
        KeyPlace::Header => (KeyPlace::Header, placement.name.to_ascii_lowercase()),
        place => (place, placement.name.to_owned()),
    };
    auth.placements().into_iter().map(place).collect()
}

fn name(place: KeyPlace) -> &'static str {
    match place {
        KeyPlace::Header => "header",
        KeyPlace::Query => "query parameter",
        KeyPlace::Cookie => "cookie",
    }
}

//! `combined`: several credentials on every request, such as a token and a key.

use schemars::JsonSchema;

use super::{AuthDocument, Compiled, Fields, Kind, add, kind_of};
use crate::connector::model::{KeyPlace, Part, Placement};
use crate::connector::scope::Scope;
use crate::document::Node;

pub(super) static KIND: Kind = Kind {
    name: "combined",
    spellings: &[],
    label: "Combined",
    secrets: &[],
    harmless: &[],
    keys: Keys::json_schema,
    alone: |_| Some(("type", "has parts itself")),
    compile,
    scaffold: None,
    described: None,
};

/// Several of the others at once, e.g. a token and a key.
#[expect(
    dead_code,
    reason = "the shape of the keys; the parts are read one by one, so that no error hides another"
)]
#[derive(JsonSchema)]
struct Keys {
    /// Each as it would be written in `auth` on its own. No two go to the same place.
    #[schemars(length(min = 2))]
    parts: Vec<AuthDocument>,
}

/// Each part puts its own credential on the request, so no two may go to the same place.
fn compile(scope: &Scope<'_>, node: &Node) -> Option<Compiled> {
    let items = node.get("parts").map(Node::items).unwrap_or_default();
    let mut parts: Vec<Part> = Vec::with_capacity(items.len());
    let mut fields = Fields::new();
    let mut taken: Vec<(KeyPlace, String)> = Vec::new();
    let mut sound = true;
    for item in items {
        let Some(compiled) = one(scope, item) else {
            sound = false;
            continue;
        };
        for place in compiled.parts.iter().flat_map(|part| &part.placements).map(place) {
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
        parts.extend(compiled.parts);
        add(&mut fields, compiled.fields);
        add(&mut fields, compiled.fields_of_part);
    }
    sound.then_some(Compiled {
        parts,
        fields,
        fields_of_part: Fields::new(),
    })
}

fn one(scope: &Scope<'_>, item: &Node) -> Option<Compiled> {
    let kind = kind_of(item)?;
    if let Some((key, reason)) = (kind.alone)(item) {
        let message = format!("this part of `auth` {reason}");
        scope.refuse("bad-auth", item.key_span(key), message, "remove it");
        return None;
    }
    (kind.compile)(scope, item)
}

/// Where a part puts a value. Headers are the same however they are written.
fn place(placement: &Placement) -> (KeyPlace, String) {
    match placement.place {
        KeyPlace::Header => (KeyPlace::Header, placement.name.to_ascii_lowercase()),
        place => (place, placement.name.clone()),
    }
}

fn name(place: KeyPlace) -> &'static str {
    match place {
        KeyPlace::Header => "header",
        KeyPlace::Query => "query parameter",
        KeyPlace::Cookie => "cookie",
    }
}

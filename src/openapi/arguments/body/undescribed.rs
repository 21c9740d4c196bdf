//! Members that a body takes though its description does not describe them.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::member;
use crate::openapi::arguments::Reading;
use crate::openapi::documents::Place;
use crate::openapi::model::{Argument, ArgumentPlace, ArgumentValue};

/// What is told of a member of which the description tells nothing.
const ABOUT_UNDESCRIBED: &str = "Required by the API's description, which does not say what it is.";

/// Most parts within each other that are looked into.
const DEEPEST: usize = 8;

/// Most parts in all: each may have as many of its own.
const MOST_PARTS: usize = 200;

/// What is found out about the members of a body.
#[derive(Default)]
pub(super) struct Undescribed<'o> {
    required: Vec<&'o str>,
    described: HashSet<&'o str>,
    /// Whether it says that it takes any others.
    pub(super) is_open: bool,
    parts: usize,
    /// Whether some part was not looked into, which may describe what is missing.
    is_partial: bool,
}

impl<'o> Undescribed<'o> {
    /// The names that are required and described nowhere, which may be anything.
    fn names(&self) -> Vec<&'o str> {
        let mut known = self.described.clone();
        let names = self.required.iter().copied();
        names.filter(|name| known.insert(name)).collect()
    }

    /// Whether every member is described that it is known to take.
    pub(super) fn is_nothing(&self) -> bool {
        !self.is_open && self.names().is_empty()
    }
}

impl<'o> Reading<'o> {
    /// What the body that is written as `schema` takes beyond what that describes.
    pub(super) fn undescribed(&self, schema: Option<Place<'o>>) -> Undescribed<'o> {
        let mut found = Undescribed::default();
        if let Some(schema) = schema {
            self.look_into(schema, true, 0, &mut found);
        }
        if found.is_partial {
            found.required.clear();
        }
        found
    }

    /// Adds what `schema` says about members to what is `found`. One of several alternatives only describes them.
    fn look_into(&self, schema: Place<'o>, applies: bool, level: usize, found: &mut Undescribed<'o>) {
        found.parts += 1;
        let resolved = self.operation.shared.documents.resolve(schema);
        let is_near = found.parts <= MOST_PARTS && level <= DEEPEST;
        let Some(schema) = resolved.ok().filter(|_| is_near) else {
            found.is_partial = true;
            return;
        };
        let properties = schema.get("properties").into_iter().flat_map(Place::members);
        found.described.extend(properties.map(|(name, _)| name.as_str()));
        if applies {
            let required = schema.get("required").into_iter().flat_map(Place::items);
            found.required.extend(required.filter_map(|name| name.value.as_str()));
            let more = schema.get("additionalProperties").map(|more| more.value);
            found.is_open |= more.is_some_and(|more| more.is_object() || *more == Value::Bool(true));
        }
        for (keyword, applies) in [("allOf", applies), ("oneOf", false), ("anyOf", false)] {
            for part in schema.get(keyword).into_iter().flat_map(Place::items) {
                self.look_into(part, applies, level + 1, found);
            }
        }
    }

    /// Adds the members that are required and not described, beside the others of the body. Nobody has to give them: most
    /// of them are left from an older version of the API. A body that is closed takes none.
    pub(super) fn undescribed_members(&mut self, found: &Undescribed<'o>, is_closed: bool) {
        if is_closed {
            return;
        }
        for name in found.names() {
            let is_there = |argument: &Argument| argument.place == ArgumentPlace::Body && argument.sent_as == name;
            if self.list.iter().any(is_there) {
                continue;
            }
            let schema = Map::from_iter([("description".to_owned(), json!(ABOUT_UNDESCRIBED))]);
            self.member(member(name.to_owned(), false, ArgumentValue::Schema(schema)), None);
            self.notes.push(format!(
                "`{name}` is required and not described: it may be given, as anything"
            ));
        }
        if found.is_open {
            self.notes
                .push("its body takes more members than are described, which cannot be sent".to_owned());
        }
    }
}

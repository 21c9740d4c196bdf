//! Members of a body of which at least one has to be given, though none of them is required.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use crate::openapi::arguments::Reading;
use crate::openapi::documents::Place;
use crate::openapi::model::{Argument, ArgumentPlace, ArgumentValue};

/// Most parts of `allOf` within each other that are looked into.
const DEEPEST: usize = 8;

/// Keywords that say nothing beside which members there have to be.
const OF_REQUIREMENTS: [&str; 5] = ["required", "type", "title", "description", "$comment"];

impl<'o> Reading<'o> {
    /// Finds out which members of a body have to be given though none of them is required. It is written as `schema`, and
    /// `rest` is what is left of that when its members have become arguments.
    pub(super) fn need_one(&mut self, schema: Option<Place<'o>>, rest: &Map<String, Value>) {
        let by_alternatives = schema.and_then(|schema| self.alternatives(schema, 0));
        let is_any = || rest.get("minProperties").is_some_and(|least| *least == 1);
        let groups = match by_alternatives {
            Some(groups) => groups,
            None if is_any() => self.members().map(|name| vec![name.clone()]).collect(),
            None => return,
        };
        let given = self.list.iter().filter(|one| one.place == ArgumentPlace::Body);
        let given = given.map(|one| (one.sent_as.as_str(), one)).rev().collect();
        let fixed = self.fixed.iter().filter(|one| one.place == ArgumentPlace::Body);
        let fixed = fixed.map(|one| one.name.as_str()).collect();
        let mut needed = Vec::new();
        for group in groups {
            match still_needed(&group, &given, &fixed) {
                // It is always sent.
                Some(names) if names.is_empty() => return,
                Some(names) => needed.push(names),
                None => {}
            }
        }
        self.any_of = needed;
    }

    /// The API's names of all members.
    fn members(&self) -> impl Iterator<Item = &String> {
        let given = self
            .list
            .iter()
            .filter(|argument| argument.place == ArgumentPlace::Body);
        let fixed = self.fixed.iter().filter(|fixed| fixed.place == ArgumentPlace::Body);
        given
            .map(|argument| &argument.sent_as)
            .chain(fixed.map(|fixed| &fixed.name))
    }

    /// The names in the first `anyOf` or `oneOf` of `schema` that says nothing but which members have to be given.
    fn alternatives(&self, schema: Place<'o>, level: usize) -> Option<Vec<Vec<String>>> {
        let schema = self.operation.shared.documents.resolve(schema).ok()?;
        let of_list = |list: Place<'o>| -> Option<Vec<Vec<String>>> {
            let all: Option<Vec<Vec<String>>> = list.items().map(|one| self.only_required(one)).collect();
            all.filter(|all| !all.is_empty())
        };
        let own = ["anyOf", "oneOf"].iter().filter_map(|keyword| schema.get(keyword));
        own.into_iter().find_map(of_list).or_else(|| {
            let mut parts = schema.get("allOf").into_iter().flat_map(Place::items);
            parts.find_map(|part| (level < DEEPEST).then(|| self.alternatives(part, level + 1))?)
        })
    }

    /// What an alternative requires that says nothing else.
    fn only_required(&self, alternative: Place<'o>) -> Option<Vec<String>> {
        let members = self.operation.shared.documents.resolve(alternative).ok()?;
        let members = members.value.as_object()?;
        let required = members.get("required")?.as_array().filter(|names| !names.is_empty())?;
        let says_more = members
            .keys()
            .any(|keyword| !OF_REQUIREMENTS.contains(&keyword.as_str()));
        if says_more {
            return None;
        }
        required.iter().map(|name| Some(name.as_str()?.to_owned())).collect()
    }
}

/// The names of the arguments that have to be given for `group` to be sent, of those that can be `given` and are not
/// `fixed`; `None` when nobody can give it.
fn still_needed(group: &[String], given: &HashMap<&str, &Argument>, fixed: &HashSet<&str>) -> Option<Vec<String>> {
    let mut names = Vec::new();
    for member in group.iter().filter(|member| !fixed.contains(member.as_str())) {
        let argument = given.get(member.as_str())?;
        if !argument.required && !has_default(argument) {
            names.push(argument.name.clone());
        }
    }
    Some(names)
}

fn has_default(argument: &Argument) -> bool {
    matches!(&argument.value, ArgumentValue::Schema(schema) if schema.contains_key("default"))
}

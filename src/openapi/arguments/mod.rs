//! Flat, named arguments of one operation (contract S1-32): parameters and the members of the body.
//!
//! Arguments of several places may have the same name. In the order path, query, header, cookie, body the later one
//! gets the name of its place in front, e.g. `body_limit`, and a number where that is taken, too.

mod body;
mod inside;
mod parameters;
mod query_string;
mod shaped;

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value};

use super::documents::Place;
use super::model::{Argument, ArgumentPlace, ArgumentValue, Body, BodyKind, Fixed, PartHeader};
use super::operations::is_safe;
use super::path::{Path, Piece};
use super::schema::{Change, Direction, Limits, Normaliser, Shared};
use super::security::Security;
use crate::connector::taken_for;

/// Longest input schema of a tool in bytes: about 3,000 tokens of a model's context.
pub(super) const MOST_INPUT_BYTES: usize = 12_000;

/// Arguments of fewer bytes are not worth cutting: leaving out one that is not required says more.
const WORTH_CUTTING: usize = MOST_INPUT_BYTES / 12;

/// Longest name of an argument that clients accept.
const LONGEST_NAME: usize = 64;

/// How much is kept, most first: the first that fits is used.
const STEPS: [Limits; 6] = [
    limits(8, 240, true),
    limits(6, 120, false),
    limits(4, 80, false),
    limits(3, 50, false),
    limits(2, 0, false),
    limits(1, 0, false),
];

/// The least that is kept before arguments are left out. It is bounded by the number of arguments.
const SMALLEST: Limits = Limits {
    bytes: 50 * MOST_INPUT_BYTES,
    ..limits(1, 0, false)
};

const fn limits(depth: usize, description: usize, examples: bool) -> Limits {
    Limits {
        depth,
        description,
        examples,
        bytes: MOST_INPUT_BYTES + MOST_INPUT_BYTES / 4,
    }
}

/// One operation, in the shape of 3.x.
#[derive(Clone, Copy)]
pub(super) struct Operation<'o> {
    pub(super) shared: &'o Shared<'o>,
    pub(super) security: &'o Security,
    pub(super) method: &'o str,
    pub(super) path: &'o Path,
    pub(super) place: Place<'o>,
    /// What stands around it: parameters of all operations of the path.
    pub(super) item: Place<'o>,
}

/// The arguments of an operation, and what they make.
#[derive(Default)]
pub(super) struct Arguments {
    pub(super) list: Vec<Argument>,
    pub(super) body: Option<Body>,
    /// What is sent in place of arguments that are hidden.
    pub(super) fixed: Vec<Fixed>,
    /// Names of arguments of which at least one group has to be given; empty when there are none.
    pub(super) any_of: Vec<Vec<String>>,
    pub(super) path: String,
    pub(super) changes: BTreeMap<Change, usize>,
    pub(super) notes: Vec<String>,
}

impl Arguments {
    /// The arguments of `operation`, as much of them as a tool may hold.
    ///
    /// # Errors
    /// Why no request can be made, as part of a sentence.
    pub(super) fn of(operation: Operation<'_>) -> Result<Self, String> {
        // Nearly all fit as they are. For the others the most that fits is looked for by halving what is left.
        if let Some(whole) = Self::within(operation, STEPS[0])? {
            return Ok(whole);
        }
        let (mut first, mut end) = (1, STEPS.len());
        let mut best = None;
        while first < end {
            let middle = first.midpoint(end);
            match Self::within(operation, STEPS[middle])? {
                Some(arguments) => {
                    best = Some(arguments);
                    end = middle;
                }
                None => first = middle + 1,
            }
        }
        if let Some(arguments) = best {
            return Ok(arguments);
        }
        let mut reading = Reading::new(operation, SMALLEST);
        reading.read()?;
        let mut arguments = reading.finished();
        arguments.cut_largest();
        arguments.leave_out();
        Ok(arguments)
    }

    /// The arguments with this much of their schemas; `None` when that is more than a tool may hold.
    fn within(operation: Operation<'_>, limits: Limits) -> Result<Option<Self>, String> {
        let mut reading = Reading::new(operation, limits);
        let read = reading.read();
        if reading.normaliser.is_overfull() {
            // What was not read any more may be why something else could not be.
            return Ok(None);
        }
        read?;
        let arguments = reading.finished();
        Ok((arguments.bytes() <= MOST_INPUT_BYTES).then_some(arguments))
    }

    fn bytes(&self) -> usize {
        self.list.iter().map(bytes_of).sum()
    }

    /// Cuts the largest arguments to their type until the rest fits: one huge choice between objects must not cost
    /// every other argument its place.
    fn cut_largest(&mut self) {
        let mut bytes = self.bytes();
        while bytes > MOST_INPUT_BYTES {
            let largest = self.list.iter_mut().max_by_key(|argument| bytes_of(argument));
            let Some(argument) = largest.filter(|argument| bytes_of(argument) > WORTH_CUTTING) else {
                return;
            };
            let before = bytes_of(argument);
            let ArgumentValue::Schema(schema) = &mut argument.value else {
                return;
            };
            *schema = bare(schema);
            let after = bytes_of(argument);
            if after >= before {
                return;
            }
            bytes = bytes.saturating_sub(before - after);
            *self.changes.entry(Change::Cut).or_default() += 1;
        }
    }

    /// Leaves out the last of the arguments that need not be given until the rest fits.
    fn leave_out(&mut self) {
        let mut bytes = self.bytes();
        let mut names = Vec::new();
        let mut gone: HashSet<String> = HashSet::new();
        let by_name: HashMap<&str, &Argument> = self.list.iter().map(|one| (one.name.as_str(), one)).collect();
        for argument in self.list.iter().rev() {
            if bytes <= MOST_INPUT_BYTES {
                break;
            }
            // Headers of a part go with it.
            if argument.required || argument.place == ArgumentPlace::PartHeader {
                continue;
            }
            let headers = argument.part.headers.iter().filter_map(|(_, header)| match header {
                PartHeader::Argument(name) => by_name.get(name.as_str()).copied(),
                PartHeader::Fixed(_) => None,
            });
            for one in headers.chain([argument]) {
                bytes = bytes.saturating_sub(bytes_of(one));
                gone.insert(one.name.clone());
            }
            names.push(argument.sent_as.clone());
        }
        self.list.retain(|one| !gone.contains(&one.name));
        if !names.is_empty() {
            self.any_of
                .retain(|group| group.iter().all(|name| !gone.contains(name)));
            names.reverse();
            let shown = names
                .iter()
                .take(10)
                .map(|name| format!("`{name}`"))
                .collect::<Vec<_>>()
                .join(", ");
            let more = if names.len() > 10 {
                format!(" and {} more", names.len() - 10)
            } else {
                String::new()
            };
            self.notes
                .push(format!("left out to keep the tool small: {shown}{more}"));
        }
    }
}

/// A schema for at least the same values that says nothing but their type.
fn bare(schema: &Map<String, Value>) -> Map<String, Value> {
    let mut bare = Map::new();
    if let Some(kind) = kind_of(schema) {
        let is_list = types(schema).contains(&"array") || kind == "array";
        bare.insert("type".to_owned(), kind);
        if is_list {
            bare.insert("items".to_owned(), Value::Object(Map::new()));
        }
    }
    if let Some(text) = schema.get("description") {
        bare.insert("description".to_owned(), text.clone());
    }
    bare
}

/// What stands under `type`, or the one type that all alternatives have.
fn kind_of(schema: &Map<String, Value>) -> Option<Value> {
    if let Some(kind) = schema.get("type") {
        return Some(kind.clone());
    }
    let alternatives = schema.get("anyOf")?.as_array()?;
    let mut kinds = alternatives.iter().map(|one| one.as_object().and_then(kind_of));
    let first = kinds.next()??;
    (first.is_string() && kinds.all(|kind| kind.as_ref() == Some(&first))).then_some(first)
}

fn bytes_of(argument: &Argument) -> usize {
    let value = match &argument.value {
        ArgumentValue::Schema(schema) => serde_json::to_string(schema).map_or(0, |text| text.len()),
        ArgumentValue::File { description, .. } => 250 + description.as_ref().map_or(0, String::len),
    };
    argument.name.len() + 5 + value
}

/// Reads an operation with one set of limits.
struct Reading<'o> {
    operation: Operation<'o>,
    normaliser: Normaliser<'o>,
    list: Vec<Argument>,
    /// What is sent in place of arguments that are hidden, those of the path included.
    fixed: Vec<Fixed>,
    /// Media types of the body that a header parameter `Content-Type` names, the one that counts first.
    said_types: Vec<String>,
    /// What stands beside references to parameters, with the place and the name of what they lead to.
    beside: HashMap<(ArgumentPlace, &'o str), &'o Value>,
    /// Names of arguments of which at least one group has to be given.
    any_of: Vec<Vec<String>>,
    /// How the body is built, once that is known.
    kind: Option<BodyKind>,
    body: Option<Body>,
    notes: Vec<String>,
    taken: HashSet<String>,
    /// The number that is tried next where a name is taken.
    numbers: HashMap<String, usize>,
}

impl<'o> Reading<'o> {
    fn new(operation: Operation<'o>, limits: Limits) -> Self {
        Self {
            operation,
            normaliser: Normaliser::new(operation.shared, Direction::Input, limits),
            list: Vec::new(),
            fixed: Vec::new(),
            said_types: Vec::new(),
            beside: HashMap::new(),
            any_of: Vec::new(),
            kind: None,
            body: None,
            notes: Vec::new(),
            taken: HashSet::new(),
            numbers: HashMap::new(),
        }
    }

    fn read(&mut self) -> Result<(), String> {
        self.parameters()?;
        self.read_body()
    }

    fn finished(self) -> Arguments {
        let path = self
            .operation
            .path
            .pieces
            .iter()
            .map(|piece| match piece {
                Piece::Literal(text) => text.clone(),
                Piece::Placeholder(written) => {
                    if let Some(literal) = self.fixed_in_path(written) {
                        return literal;
                    }
                    let argument = self
                        .list
                        .iter()
                        .find(|argument| argument.place == ArgumentPlace::Path && argument.sent_as == *written);
                    format!(
                        "{{{}}}",
                        argument.map_or(written.as_str(), |argument| argument.name.as_str())
                    )
                }
            })
            .collect();
        Arguments {
            path,
            list: self.list,
            fixed: self
                .fixed
                .into_iter()
                .filter(|fixed| fixed.place != ArgumentPlace::Path)
                .collect(),
            body: self.body,
            any_of: self.any_of,
            changes: self.normaliser.changes().clone(),
            notes: self.notes,
        }
    }

    /// Whether an agent could make another request of a call with `argument`. One that must be given stays where a person
    /// is asked about each call.
    fn makes_another_request(&self, argument: &Argument) -> bool {
        let is_read = matches!(
            argument.place,
            ArgumentPlace::Query | ArgumentPlace::Header | ArgumentPlace::Body
        );
        is_read && taken_for(&argument.sent_as).is_some() && (!argument.required || is_safe(self.operation.method))
    }

    /// Adds an argument under a name that no other has. It has the name that somebody wants for it, else the API's.
    fn push(&mut self, mut argument: Argument) {
        if self.makes_another_request(&argument) {
            self.notes.push(format!(
                "the {} `{}` is left out: it asks the API to take the request for another one",
                argument.place.as_str(),
                argument.sent_as
            ));
            return;
        }
        self.shape_inside(&mut argument);
        let wanted = argument_name(&argument.name);
        let first = if wanted.is_empty() {
            argument_name(&argument.sent_as)
        } else {
            wanted
        };
        let first = if first.is_empty() {
            argument.place.as_str().to_owned()
        } else {
            first
        };
        let first = if argument.place == ArgumentPlace::PartHeader {
            identifier(&first)
        } else {
            first
        };
        let mut name = first.clone();
        if self.taken.contains(&name) {
            name = shortened(format!("{}_{first}", argument.place.as_str()));
        }
        if !self.taken.insert(name.clone()) {
            let number = self.numbers.entry(first.clone()).or_insert(2);
            while !self.taken.insert(name.clone()) {
                let end = format!("_{number}");
                name = format!(
                    "{}{end}",
                    first.chars().take(LONGEST_NAME - end.len()).collect::<String>()
                );
                *number += 1;
            }
        }
        argument.name = name;
        self.list.push(argument);
    }
}

/// A name that clients accept: `filter[name]` becomes `filter_name`, `$top` becomes `top`.
fn argument_name(written: &str) -> String {
    let mut name = String::with_capacity(written.len());
    for character in written.chars() {
        if character.is_ascii_alphanumeric() || "_.-".contains(character) {
            name.push(character);
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    let kept = if written.ends_with('_') {
        name.len()
    } else {
        name.trim_end_matches('_').len()
    };
    name.truncate(kept);
    shortened(name)
}

/// A name that templates can speak of.
fn identifier(name: &str) -> String {
    let plain = name.to_ascii_lowercase().replace(['.', '-'], "_");
    if plain.starts_with(|first: char| first.is_ascii_digit()) {
        shortened(format!("part_{plain}"))
    } else {
        plain
    }
}

fn shortened(mut name: String) -> String {
    name.truncate(LONGEST_NAME);
    name
}

/// A schema's types, without null; empty when it takes anything.
fn types(schema: &Map<String, Value>) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names
            .iter()
            .filter_map(Value::as_str)
            .filter(|name| *name != "null")
            .collect(),
        _ => Vec::new(),
    }
}

/// Whether every value that fits is a text, a number, or true or false.
fn is_scalar(schema: &Map<String, Value>) -> bool {
    if let Some(Value::Array(alternatives)) = schema.get("anyOf") {
        return alternatives.iter().all(|one| {
            one.as_object()
                .is_some_and(|one| one.get("type").is_some_and(|kind| kind == "null") || is_scalar(one))
        });
    }
    let types = types(schema);
    !types.is_empty() && types.iter().all(|kind| !matches!(*kind, "array" | "object"))
}

#[cfg(test)]
mod tests;

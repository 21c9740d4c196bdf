//! Names of actions: stable, readable, unique, and short enough for every client.
//!
//! A name depends on its own operation alone, unless two would have the same: nothing else in a description that
//! changes renames an action.

use std::collections::{HashMap, HashSet};

use crate::crypto::sha256_hex;

/// Longest name of a tool, `CONNECTOR__ACTION` (ruling C-11).
const LONGEST_TOOL_NAME: usize = 48;

/// What is left for an action however long the connector's name is; longer tool names are shortened with a hash.
const SHORTEST_ROOM: usize = 20;

/// Hexadecimal digits that tell apart what would otherwise have the same name.
const HASH_DIGITS: usize = 6;

/// Words that a name that is too long loses first.
const FILLERS: [&str; 17] = [
    "the",
    "a",
    "an",
    "of",
    "for",
    "by",
    "with",
    "and",
    "to",
    "in",
    "on",
    "using",
    "via",
    "from",
    "api",
    "about",
    "controller",
];

/// Words that stay at the beginning of a name that is too long: a group, what is done, and to what.
const FIRST_KEPT: usize = 3;

/// What long words are written as in names that are too long.
const ABBREVIATIONS: [(&str, &str); 18] = [
    ("administrator", "admin"),
    ("administrators", "admins"),
    ("application", "app"),
    ("applications", "apps"),
    ("authenticated", "auth"),
    ("authentication", "auth"),
    ("authorization", "auth"),
    ("configuration", "config"),
    ("configurations", "configs"),
    ("development", "dev"),
    ("documentation", "docs"),
    ("environment", "env"),
    ("information", "info"),
    ("organization", "org"),
    ("organizations", "orgs"),
    ("repositories", "repos"),
    ("repository", "repo"),
    ("statistics", "stats"),
];

/// What names an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Naming<'a> {
    pub(super) operation_id: Option<&'a str>,
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) tag: Option<&'a str>,
    /// The name that it has whatever the others are called. No two operations have the same.
    pub(super) given: Option<&'a str>,
}

/// A name that an operation had when the description was imported before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptName {
    /// The operation's method, in capitals.
    pub method: String,
    /// Its path, as the description had it.
    pub path: String,
    /// Its `operationId`.
    pub operation_id: Option<String>,
    /// The name of its action.
    pub name: String,
}

/// Gives operations the names that they had. An operation is known again by its method and path, if need be without the
/// names of placeholders, else by its `operationId`. A name that another operation is given already, or that is too long
/// by now, is not kept.
pub(super) fn keep<'a>(operations: &mut [Naming<'a>], kept: &'a [KeptName], longest: usize) {
    let mut taken: HashSet<&str> = operations.iter().filter_map(|one| one.given).collect();
    let mut left: Vec<&KeptName> = kept.iter().filter(|one| one.name.len() <= longest).collect();
    let mut known = vec![false; operations.len()];
    let of_kept: [fn(&KeptName) -> Option<String>; 3] = [
        |one| Some(format!("{} {}", one.method, one.path)),
        |one| Some(format!("{} {}", one.method, shape_of(&one.path))),
        |one| one.operation_id.clone(),
    ];
    let of_operation: [fn(&Naming<'_>) -> Option<String>; 3] = [
        |one| Some(format!("{} {}", one.method, one.path)),
        |one| Some(format!("{} {}", one.method, shape_of(one.path))),
        |one| one.operation_id.map(str::to_owned),
    ];
    for (of_kept, of_operation) in of_kept.into_iter().zip(of_operation) {
        // What two have in common tells nothing.
        let mut by_mark: HashMap<String, Option<&KeptName>> = HashMap::new();
        for one in &left {
            if let Some(mark) = of_kept(one) {
                let only = by_mark.entry(mark).or_insert(Some(one));
                if only.is_some_and(|only| only != *one) {
                    *only = None;
                }
            }
        }
        let mut used: HashSet<&str> = HashSet::new();
        for (operation, known) in operations.iter_mut().zip(&mut known).filter(|(_, known)| !**known) {
            let mark = of_operation(operation);
            let Some(Some(one)) = mark.and_then(|mark| by_mark.remove(&mark)) else {
                continue;
            };
            *known = true;
            used.insert(&one.name);
            if operation.given.is_none() && taken.insert(&one.name) {
                operation.given = Some(&one.name);
            }
        }
        left.retain(|one| !used.contains(one.name.as_str()));
    }
}

/// A path without the names of its placeholders.
fn shape_of(path: &str) -> String {
    let mut shape = String::with_capacity(path.len());
    let mut is_inside = false;
    for character in path.chars() {
        is_inside = is_inside && character != '}';
        if !is_inside {
            shape.push(character);
        }
        is_inside = is_inside || character == '{';
    }
    shape
}

/// Longest name of an action in a connector with this slug.
pub(super) fn longest(slug: &str) -> usize {
    LONGEST_TOOL_NAME.saturating_sub(slug.len() + 2).max(SHORTEST_ROOM)
}

/// A name for each of `operations` in a connector with this slug.
pub(super) fn names(slug: &str, operations: &[Naming<'_>]) -> Vec<String> {
    let room = Room {
        longest: longest(slug),
        slug: words(slug),
    };
    let of = |one: &Naming<'_>| one.given.map_or_else(|| one.fitted(&one.words(), &room), str::to_owned);
    let mut names: Vec<String> = operations.iter().map(of).collect();
    // Each way of telling apart is for those that the ways before it left alike.
    let ways: [fn(&Naming<'_>, &Room) -> String; 3] = [
        |one, room| one.fitted(&one.with_tag(), room),
        |one, room| one.fitted(&[one.words(), vec![one.method.to_ascii_lowercase()]].concat(), room),
        |one, room| one.hashed(room),
    ];
    for way in ways {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for name in &names {
            *counts.entry(name).or_default() += 1;
        }
        let alike: Vec<usize> = (0..names.len())
            .filter(|index| operations[*index].given.is_none() && counts[names[*index].as_str()] > 1)
            .collect();
        if alike.is_empty() {
            break;
        }
        for index in alike {
            names[index] = way(&operations[index], &room);
        }
    }
    // The same method and path twice, or two hashes that begin alike.
    let mut taken: HashSet<String> = operations
        .iter()
        .filter_map(|one| Some(one.given?.to_owned()))
        .collect();
    for (name, _) in names.iter_mut().zip(operations).filter(|(_, one)| one.given.is_none()) {
        let first = name.clone();
        let mut number = 2;
        while !taken.insert(name.clone()) {
            *name = format!("{first}_{number}");
            number += 1;
        }
    }
    names
}

impl Naming<'_> {
    fn words(&self) -> Vec<String> {
        let from_id = words(self.operation_id.unwrap_or_default());
        let from_id = self.without_path(from_id);
        if from_id.is_empty() { self.path_words() } else { from_id }
    }

    /// Some frameworks put the path and the method behind the function's name: `read_item_items__item_id__get`. What is
    /// written in another way is a name as a whole: `calendar.colors.get`.
    fn without_path(&self, mut id: Vec<String>) -> Vec<String> {
        let is_of_function = |character: char| character.is_ascii_alphanumeric() || character == '_';
        if !self
            .operation_id
            .is_some_and(|id| id.chars().all(is_of_function) && id.contains('_'))
        {
            return id;
        }
        let mut ending = words(self.path);
        ending.push(self.method.to_ascii_lowercase());
        if id.len() > ending.len() && id.ends_with(&ending) {
            id.truncate(id.len() - ending.len());
        }
        id
    }

    /// `get_pets_by_pet_id` for `GET /v1/pets/{petId}`.
    fn path_words(&self) -> Vec<String> {
        let mut name = vec![self.method.to_ascii_lowercase()];
        let segments: Vec<&str> = self.path.split('/').filter(|segment| !segment.is_empty()).collect();
        for (index, segment) in segments.iter().enumerate() {
            if segment.contains('{') {
                if index + 1 == segments.len() {
                    name.push("by".to_owned());
                    name.extend(words(segment));
                }
            } else if !(is_version(segment) || *segment == "api" && index < 2) {
                name.extend(words(segment));
            }
        }
        if name.len() == 1 {
            name.extend(words(self.path));
        }
        if name.len() == 1 {
            name.push("root".to_owned());
        }
        name
    }

    fn with_tag(&self) -> Vec<String> {
        let own = self.words();
        let tag = words(self.tag.unwrap_or_default());
        if tag.iter().all(|word| own.contains(word)) {
            own
        } else {
            [tag, own].concat()
        }
    }

    fn hash(&self) -> String {
        let hash = sha256_hex(format!("{} {}", self.method, self.path).as_bytes());
        hash.chars().take(HASH_DIGITS).collect()
    }

    fn hashed(&self, room: &Room) -> String {
        let (shorter, _) = shortened(&self.words(), room, room.longest - HASH_DIGITS - 1);
        format!("{shorter}_{}", self.hash())
    }

    /// The words as a name that has room; with a hash of the method and path in place of the end where it is cut.
    fn fitted(&self, words: &[String], room: &Room) -> String {
        match shortened(words, room, room.longest) {
            (_, true) => self.hashed(room),
            (name, false) => name,
        }
    }
}

/// What names of actions have room for.
struct Room {
    /// In characters.
    longest: usize,
    /// The words of the connector's slug: they stand before every name anyway.
    slug: Vec<String>,
}

/// The words as a name of at most `longest` characters, and whether its end is cut. What is too long loses what says
/// little or is said twice, then its words are abbreviated, then it loses those in the middle: what is done comes first
/// in a name, and what tells it from others often last.
fn shortened(words: &[String], room: &Room, longest: usize) -> (String, bool) {
    let whole = words.join("_");
    if whole.len() <= longest {
        return (whole, false);
    }
    let mut telling: Vec<&str> = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let is_filler = index > 0 && (FILLERS.contains(&word.as_str()) || is_version(word) || room.slug.contains(word));
        if !is_filler && !telling.contains(&word.as_str()) {
            telling.push(word);
        }
    }
    let length = |words: &[&str]| words.iter().map(|word| word.len() + 1).sum::<usize>().saturating_sub(1);
    if length(&telling) > longest {
        for word in &mut telling {
            let known = ABBREVIATIONS.iter().find(|(written, _)| written == word);
            *word = known.map_or(*word, |(_, short)| short);
        }
    }
    while length(&telling) > longest && telling.len() > FIRST_KEPT + 1 {
        telling.remove(FIRST_KEPT);
    }
    let mut name = telling.join("_");
    let is_cut = name.len() > longest;
    if is_cut {
        let end = name[..=longest]
            .rfind('_')
            .filter(|end| *end * 2 > longest)
            .unwrap_or(longest);
        name.truncate(end);
        let kept = name.trim_end_matches('_').len();
        name.truncate(kept);
    }
    (name, is_cut)
}

/// `v1`, `v2.1`, `2`: a part of the address, not of the meaning.
pub(super) fn is_version(word: &str) -> bool {
    let digits = word.strip_prefix('v').unwrap_or(word);
    digits.starts_with(|first: char| first.is_ascii_digit())
        && digits
            .chars()
            .all(|character| character.is_ascii_digit() || character == '.')
}

/// The words of an identifier in lowercase: `getHTTPStatus_of-pets` has five.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut word = String::new();
    let characters: Vec<char> = text.chars().collect();
    for (index, character) in characters.iter().enumerate() {
        let before = index.checked_sub(1).map(|index| characters[index]);
        let after = characters.get(index + 1);
        let begins = character.is_ascii_uppercase()
            && before.is_some_and(|before| {
                before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || before.is_ascii_uppercase()
                        && after.is_some_and(char::is_ascii_lowercase)
                        && !is_plural_of_letters(&characters[index + 1..])
            });
        if (begins || !character.is_ascii_alphanumeric()) && !word.is_empty() {
            all.push(std::mem::take(&mut word));
        }
        if character.is_ascii_alphanumeric() {
            word.push(character.to_ascii_lowercase());
        }
    }
    if !word.is_empty() {
        all.push(word);
    }
    all
}

/// Whether what follows a capital is the ending of several of what its letters stand for: the `s` of `floatingIPs_create`.
fn is_plural_of_letters(rest: &[char]) -> bool {
    rest.first() == Some(&'s') && rest.get(1).is_none_or(|next| !next.is_ascii_lowercase())
}

#[cfg(test)]
mod tests;

//! What can be read off an action: its texts, what it does and what it needs.

use http::Method;
use serde_json::{Map, Value};

use super::labels::Word;
use super::stems::stem;
use super::thesaurus::{self, Intent};
use super::words::each_word;
use crate::connector::model::{Action, Effect};

/// What an import writes before the description of what should not be used any more.
const DEPRECATED: &str = "Deprecated.";
/// Deepest level of an output schema whose names are read.
const DEEPEST: usize = 5;

/// The first sentence of a description, and the rest.
#[must_use]
pub fn first_sentence(text: &str) -> (&str, &str) {
    let end = text
        .char_indices()
        .find(|(at, character)| match character {
            '\n' => true,
            '.' | '!' | '?' => text[at + 1..].starts_with(char::is_whitespace) && !text[..*at].ends_with("e.g"),
            _ => false,
        })
        .map_or(text.len(), |(at, character)| at + character.len_utf8());
    let (first, rest) = text.split_at(end);
    (first.trim(), rest.trim())
}

/// The first sentence that is said about an action, and the rest. Where nobody has said anything, an import writes its
/// method and path, which are read anyway.
pub(super) fn described(action: &Action) -> (&str, &str) {
    let described = action.description.as_str();
    let described = described.strip_prefix(DEPRECATED).unwrap_or(described).trim_start();
    let is_request = action.request().is_some_and(|request| {
        let path = described.strip_prefix(request.method.as_str());
        path.is_some_and(|path| path.trim_start() == request.path_source)
    });
    first_sentence(if is_request { "" } else { described })
}

/// What a path says beside its placeholders.
pub(super) fn literal_parts(path: &str) -> String {
    path.split('{')
        .map(|part| part.rsplit('}').next().unwrap_or(part))
        .collect::<Vec<_>>()
        .join(" ")
}

/// The names of the arguments, and what is said about them.
pub(super) fn arguments(action: &Action) -> (String, String) {
    let mut names = String::new();
    let mut texts = String::new();
    let properties = action.input.document().get("properties").and_then(Value::as_object);
    for (name, schema) in properties.into_iter().flatten() {
        names.push_str(name);
        names.push(' ');
        for key in ["title", "description"] {
            if let Some(text) = schema.get(key).and_then(Value::as_str) {
                texts.push_str(text);
                texts.push(' ');
            }
        }
        for choice in schema.get("enum").and_then(Value::as_array).into_iter().flatten() {
            if let Some(text) = choice.as_str() {
                texts.push_str(text);
                texts.push(' ');
            }
        }
    }
    (names, texts)
}

pub(super) fn property_names(schema: &Map<String, Value>, depth: usize, names: &mut String) {
    if depth == DEEPEST {
        return;
    }
    for (name, schema) in schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        names.push_str(name);
        names.push(' ');
        if let Some(schema) = schema.as_object() {
            property_names(schema, depth + 1, names);
        }
    }
    if let Some(items) = schema.get("items").and_then(Value::as_object) {
        property_names(items, depth + 1, names);
    }
}

/// What an action does, by its name as far as that agrees with what it may do, else by its method.
pub(super) fn intent(action: &Action, name: &[Word]) -> Intent {
    if action.effect == Effect::Read {
        return Intent::READ.and(done_by_reading(name));
    }
    let writes = |word: &Word| thesaurus::intent(&stem(&word.text)).writes();
    let first = name.first().map(writes).unwrap_or_default();
    let last = name.last().map(writes).unwrap_or_default();
    let any = name.iter().map(writes).find(|intent| !intent.is_unknown());
    let method = action.request().map(|request| &request.method);
    let by_method = match method {
        Some(&Method::DELETE) => Intent::DELETE,
        Some(&Method::PUT | &Method::PATCH) => Intent::UPDATE,
        _ => Intent::CREATE.and(Intent::UPDATE),
    };
    // Searches are often sent as a body.
    let is_reading = name
        .first()
        .is_some_and(|word| thesaurus::is_reading(&stem(&word.text)));
    if is_reading && !matches!(method, Some(&Method::PUT | &Method::PATCH | &Method::DELETE)) {
        return Intent::READ.and(by_method);
    }
    let by_name = [first, last].into_iter().find(|intent| !intent.is_unknown()).or(any);
    match by_name {
        Some(by_name) if method == Some(&Method::DELETE) => by_name.and(by_method),
        Some(by_name) => by_name,
        None => by_method,
    }
}

/// What an action does by its name although it says that it only reads: some APIs share and attach by GET.
fn done_by_reading(name: &[Word]) -> Intent {
    let verb = |word: &Word| thesaurus::intent(&stem(&word.text));
    if name.first().is_some_and(|first| verb(first).shares(Intent::READ)) {
        return Intent::default();
    }
    let mut only = name.iter().filter(|word| thesaurus::is_only_verb(&stem(&word.text)));
    only.find(|word| !verb(word).shares(Intent::READ))
        .map(|word| verb(word).writes())
        .unwrap_or_default()
}

/// The path that an action's request goes to; nothing is known of those of code.
pub(super) fn path(action: &Action) -> &str {
    action.request().map_or("", |request| request.path_source.as_str())
}

/// Whether an identifier must be given.
pub(super) fn needs_one(action: &Action) -> bool {
    let required = action.input.document().get("required").and_then(Value::as_array);
    required.into_iter().flatten().filter_map(Value::as_str).any(|name| {
        let mut last = String::new();
        each_word(name, |word| word.clone_into(&mut last));
        matches!(
            last.as_str(),
            "id" | "ids" | "key" | "number" | "slug" | "uuid" | "code" | "sku"
        ) || path(action).contains(&format!("{{{name}}}"))
    })
}

/// Whether an action says of itself, in its name or where its description begins, that it is deprecated.
pub(super) fn is_deprecated(action: &Action, name: &[Word]) -> bool {
    name.iter().any(|word| word.text == "deprecated") || action.description.starts_with(DEPRECATED)
}

/// Whether an action is about what belongs to the caller: its name or its path says so.
pub(super) fn is_own(action: &Action, name: &[Word]) -> bool {
    let own = ["current", "me", "my", "self"];
    name.iter().any(|word| own.contains(&word.text.as_str()))
        || path(action)
            .split('/')
            .any(|part| matches!(part, "me" | "@me" | "self"))
}

/// Whether words to look for can be given.
pub(super) fn searches(action: &Action) -> bool {
    const PLACES: [&str; 7] = ["query", "q", "search", "text", "keyword", "keywords", "term"];
    let properties = action.input.document().get("properties").and_then(Value::as_object);
    action.effect == Effect::Read
        && properties.is_some_and(|properties| PLACES.iter().any(|name| properties.contains_key(*name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_cut_after_its_first_sentence() {
        for (text, first, rest) in [
            ("Gets it. Then more.", "Gets it.", "Then more."),
            ("Gets v1.2 of it", "Gets v1.2 of it", ""),
            ("Takes an id, e.g. 7. More", "Takes an id, e.g. 7.", "More"),
            ("One line\nand another", "One line", "and another"),
            ("What? Yes", "What?", "Yes"),
            ("", "", ""),
        ] {
            assert_eq!(first_sentence(text), (first, rest));
        }
    }

    #[test]
    fn placeholders_are_no_part_of_what_a_path_says() {
        assert_eq!(
            literal_parts("/customers/{customer_id}/tickets").trim(),
            "/customers/ /tickets"
        );
        assert_eq!(
            literal_parts("/a/{{b}}/c").split_whitespace().collect::<String>(),
            "/a//c"
        );
    }
}

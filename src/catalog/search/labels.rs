//! What an action is called: the words of its name, its title and the sentence that sums it up, with what each does
//! there.
//!
//! Must never know what is asked for.

use super::lexicon::{is_filler, is_preposition};
use super::of_requests::{self, is_made_of, steps};
use super::reading::described;
use super::stems::{is_plural, stem};
use super::thesaurus::{self, Intent};
use super::words::each_word;
use crate::connector::model::{Action, RequestTemplate};

/// Most words of a sentence that is read like a name. A longer one says more than what the action is called.
const LONGEST_SUMMARY: usize = 8;
/// Hexadecimal digits that the import adds to names that would be too long or the same.
const HASH_DIGITS: usize = 6;

/// A word of a name.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) plural: bool,
    /// What it does, if it is the verb.
    pub(super) verb: Option<Intent>,
}

impl Word {
    pub(super) fn noun(text: &str, plural: bool) -> Self {
        Self {
            text: text.to_owned(),
            plural,
            verb: None,
        }
    }

    pub(super) fn verb(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            plural: false,
            verb: Some(thesaurus::intent(&stem(text))),
        }
    }
}

/// The words of an action's name.
pub(super) fn name(action: &Action) -> Vec<Word> {
    let mut words = split(&action.name);
    let is_shortened = is_shortened(&words);
    if is_shortened {
        words.pop();
    }
    let Some(request) = action.request() else {
        return label(&words);
    };
    let steps = steps(&request.path_source);
    if is_made_of(&words, &request.method, &steps) {
        return of_requests::label(action, request, &steps, &words[1..]);
    }
    let mut label = label(&words);
    if is_shortened {
        // What the name lost stands in the path.
        add_missing(&mut label, steps.iter().flat_map(|step| &step.words));
    }
    label
}

/// The words of its title, unless that says what the name says.
pub(super) fn title(action: &Action) -> Option<Vec<Word>> {
    let title = split(&action.title);
    (title != split(&action.name)).then(|| label(&title))
}

/// The words of the sentence that sums an action up: "Creates a webhook".
pub(super) fn summary(action: &Action, name: &[Word]) -> Vec<Word> {
    let words = split(described(action).0);
    let Some((_, others)) = words.split_first() else {
        return Vec::new();
    };
    let Some(verb) = told(&words) else {
        return Vec::new();
    };
    if others.len() >= LONGEST_SUMMARY {
        return Vec::new();
    }
    let summary: Vec<Word> = std::iter::once(verb).chain(label_inside(others)).collect();
    // "Lists what is on an invoice" says less than `list_invoice_items`.
    let nouns = |words: &[Word]| {
        words
            .iter()
            .filter(|word| word.verb.is_none() && !is_filler(&word.text))
            .count()
    };
    if is_chosen(action) && nouns(&summary) < nouns(name) {
        Vec::new()
    } else {
        summary
    }
}

/// Where the thing stands that a name is about: its last noun before "of", "to" and the like, as in "Add user to group".
pub(super) fn head(words: &[Word]) -> Option<usize> {
    let mut head = None;
    for (position, word) in words.iter().enumerate() {
        if head.is_some() && is_preposition(&word.text) {
            break;
        }
        if word.verb.is_none() && !is_filler(&word.text) {
            head = Some(position);
        }
    }
    head
}

/// Whether the word at `position` says that the caller is meant: both of "current user".
pub(super) fn is_own(words: &[Word], position: usize) -> bool {
    let says = |word: &Word| {
        matches!(
            word.text.as_str(),
            "auth" | "authenticated" | "current" | "me" | "my" | "own" | "self"
        )
    };
    let is_user = matches!(words[position].text.as_str(), "user" | "users");
    says(&words[position]) || is_user && position.checked_sub(1).is_some_and(|before| says(&words[before]))
}

/// Whether somebody chose the name of an action as it is.
fn is_chosen(action: &Action) -> bool {
    let words = split(&action.name);
    let is_made = |request: &RequestTemplate| is_made_of(&words, &request.method, &steps(&request.path_source));
    !is_shortened(&words) && !action.request().is_some_and(is_made)
}

/// Whether the import added a hash to a name that would be too long or the same as another.
fn is_shortened(words: &[String]) -> bool {
    words.len() > 1 && words.last().is_some_and(|last| is_hash(last))
}

/// Adds those words that `label` does not have.
pub(super) fn add_missing<'a>(label: &mut Vec<Word>, words: impl Iterator<Item = &'a String>) {
    for word in words {
        let stemmed = stem(word);
        if !label.iter().any(|known| stem(&known.text) == stemmed) {
            label.push(Word::noun(word, is_plural(word)));
        }
    }
}

fn label(words: &[String]) -> Vec<Word> {
    let Some((first, others)) = words.split_first() else {
        return Vec::new();
    };
    let is_verb = !is_plural(first) && !thesaurus::intent(&stem(first)).is_unknown();
    let first = if is_verb {
        Word::verb(first)
    } else {
        Word::noun(first, is_plural(first))
    };
    std::iter::once(first).chain(label_inside(others)).collect()
}

/// Words that do not come first. There more of them are nouns: `file_report`, `upload_file`.
fn label_inside(words: &[String]) -> impl Iterator<Item = Word> {
    words.iter().map(|word| {
        if !is_plural(word) && thesaurus::is_only_verb(&stem(word)) {
            Word::verb(word)
        } else {
            Word::noun(word, is_plural(word))
        }
    })
}

/// The verb that a sentence about an action begins with: "Creates a webhook", "Create webhook". That of "Draft invoices
/// are editable" is another.
pub(super) fn told(words: &[String]) -> Option<Word> {
    let [first, others @ ..] = words else {
        return None;
    };
    let is_subject = others
        .iter()
        .take(2)
        .any(|word| matches!(word.as_str(), "are" | "can" | "is"));
    (!is_subject && !thesaurus::intent(&stem(first)).is_unknown()).then(|| Word::verb(first))
}

/// Whether a verb changes something.
pub(super) fn does_something(verb: &Word) -> bool {
    verb.verb.is_some_and(|intent| !intent.writes().is_unknown())
}

pub(super) fn split(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    each_word(text, |word| words.push(word.to_owned()));
    words
}

/// Whether a word was added to a name to tell it from others, as in `update_rule_86d8f3`.
fn is_hash(word: &str) -> bool {
    word.len() == HASH_DIGITS
        && word.bytes().all(|byte| byte.is_ascii_hexdigit())
        && word.bytes().any(|byte| byte.is_ascii_digit())
}

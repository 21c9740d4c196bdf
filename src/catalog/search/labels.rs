//! What an action is called: the words of its name, its title and the sentence that sums it up, with what each does
//! there.
//!
//! Names that were made of a method and a path, as in `post_invoices_invoice_send`, are read as what they stand for:
//! to send one invoice.

use http::Method;

use super::lexicon::is_filler;
use super::reading::described;
use super::thesaurus::{self, Intent};
use super::words::{each_word, is_plural, stem};
use crate::connector::model::{Action, Effect, RequestTemplate};

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
    fn noun(text: &str, plural: bool) -> Self {
        Self {
            text: text.to_owned(),
            plural,
            verb: None,
        }
    }

    fn verb(text: &str) -> Self {
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
        return of_request(action, request, &steps, &words[1..]);
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

/// A name that consists of a method and a path, as words: what is done, and to what.
fn of_request(action: &Action, request: &RequestTemplate, steps: &[Step], others: &[String]) -> Vec<Word> {
    let mut nouns = steps;
    let mut verb = None;
    // The last part of a path may be what is done to the thing before: `/invoices/{invoice}/send`.
    if let [before @ .., last] = steps
        && !last.is_one
        && before.last().is_some_and(|before| before.is_one)
        && let [word] = last.words.as_slice()
        && !is_plural(word)
        && action.effect == Effect::Write
        && !thesaurus::intent(&stem(word)).is_unknown()
    {
        verb = Some(Word::verb(word));
        nouns = before;
    }
    let is_one = nouns.last().is_some_and(|last| last.is_one);
    let verb = verb.unwrap_or_else(|| {
        let told = told(&split(described(action).0)).filter(does_something);
        match (&request.method, action.effect) {
            (_, Effect::Read) if is_one => Word::verb("get"),
            (_, Effect::Read) => Word::verb("list"),
            (&Method::DELETE, _) => told
                .filter(|told| told.verb.is_some_and(|intent| intent.shares(Intent::DELETE)))
                .unwrap_or_else(|| Word::verb("delete")),
            (&Method::PUT | &Method::PATCH, _) => told.unwrap_or_else(|| Word::verb("update")),
            _ if is_one => told.unwrap_or_else(|| Word::verb("update")),
            _ => told.unwrap_or_else(|| Word::verb("create")),
        }
    });
    let mut label = vec![verb];
    let makes_one = request.method == Method::POST && !is_one;
    for (position, step) in nouns.iter().enumerate() {
        let is_last = position + 1 == nouns.len();
        for word in &step.words {
            let plural = is_plural(word) && !step.is_one && !(is_last && makes_one);
            label.push(Word::noun(word, plural));
        }
    }
    let placeholders: Vec<&String> = steps.iter().flat_map(|step| &step.placeholder).collect();
    let in_path = |word: &&String| !placeholders.contains(word) && word.as_str() != "id";
    add_missing(&mut label, others.iter().filter(in_path));
    label
}

/// A part of a path with the placeholder behind it, if there is one: `/customers/{customer}`.
struct Step {
    words: Vec<String>,
    placeholder: Vec<String>,
    /// Whether it leads to one of several things.
    is_one: bool,
}

/// The parts of a path that say something. Its version does not.
fn steps(path: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        let words = split(part);
        if part.contains('{') {
            if let Some(last) = steps.last_mut() {
                last.is_one = true;
                last.placeholder.extend(words);
            }
        } else if !is_version(part) {
            steps.push(Step {
                words,
                placeholder: Vec::new(),
                is_one: false,
            });
        }
    }
    steps
}

/// Whether a name is that of its method and path, rather than one that somebody chose.
fn is_made_of(words: &[String], method: &Method, steps: &[Step]) -> bool {
    let [first, second, ..] = words else {
        return false;
    };
    first.eq_ignore_ascii_case(method.as_str()) && steps.first().is_some_and(|step| step.words.first() == Some(second))
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
fn add_missing<'a>(label: &mut Vec<Word>, words: impl Iterator<Item = &'a String>) {
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
fn told(words: &[String]) -> Option<Word> {
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
fn does_something(verb: &Word) -> bool {
    verb.verb.is_some_and(|intent| !intent.writes().is_unknown())
}

fn split(text: &str) -> Vec<String> {
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

/// Whether a part of a path is a version: `v2`.
fn is_version(part: &str) -> bool {
    part.strip_prefix('v')
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

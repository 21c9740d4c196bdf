//! Names that were made of a method and a path, as in `post_invoices_invoice_send`, read as what they stand for: to send
//! one invoice.
//!
//! Must never read a name that somebody chose.

use http::Method;

use super::labels::{Word, add_missing, does_something, split, told};
use super::reading::described;
use super::stems::{is_plural, stem};
use super::thesaurus::{self, Intent};
use crate::connector::model::{Action, Effect, RequestTemplate};

/// A name that consists of a method and a path, as words: what is done, and to what.
pub(super) fn label(action: &Action, request: &RequestTemplate, steps: &[Step], others: &[String]) -> Vec<Word> {
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
    // There is only one of what is not called by a plural: `GET /account`.
    let is_single = nouns
        .last()
        .is_some_and(|last| !last.words.iter().any(|word| is_plural(word)));
    let verb = verb.unwrap_or_else(|| {
        let told = told(&split(described(action).0)).filter(does_something);
        match (&request.method, action.effect) {
            (_, Effect::Read) if is_one || is_single => Word::verb("get"),
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
    let in_path = |word: &&String| !placeholders.contains(word) && word.as_str() != "id" && !is_base(word);
    add_missing(&mut label, others.iter().filter(in_path));
    label
}

/// A part of a path with the placeholder behind it, if there is one: `/customers/{customer}`.
pub(super) struct Step {
    pub(super) words: Vec<String>,
    placeholder: Vec<String>,
    /// Whether it leads to one of several things.
    is_one: bool,
}

/// The parts of a path that say something. Its version does not.
pub(super) fn steps(path: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        let words = split(part);
        if part.contains('{') {
            if let Some(last) = steps.last_mut() {
                last.is_one = true;
                last.placeholder.extend(words);
            }
        } else if !is_base(part) {
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
pub(super) fn is_made_of(words: &[String], method: &Method, steps: &[Step]) -> bool {
    let [first, others @ ..] = words else {
        return false;
    };
    let begins = |word: &String| steps.first().is_some_and(|step| step.words.first() == Some(word));
    let known = others.iter().find(|word| !is_base(word));
    first.eq_ignore_ascii_case(method.as_str()) && known.is_some_and(begins)
}

/// Whether a part of a path only says that it is one of an API, and of which version: `/api/v2`.
fn is_base(part: &str) -> bool {
    part == "api"
        || part
            .strip_prefix('v')
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests;

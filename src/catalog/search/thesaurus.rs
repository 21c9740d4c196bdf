//! Words that people use for one another, whatever the API: verbs of what can be done to anything (`intents`, `verbs`),
//! the nouns of offices, shops and software (`nouns`), and what several words mean together (`expressions`).

mod expressions;
mod groups;
mod intents;
mod nouns;
mod verbs;

use std::collections::HashSet;
use std::sync::LazyLock;

pub(super) use expressions::expression;
pub(super) use intents::{Intent, intent, is_general, is_listing, is_reading};
use nouns::OF_NOUNS;
use verbs::OF_VERBS;

use super::stems::root;

static VERB_ROOTS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| intents::verbs().chain(OF_VERBS.words()).map(root).collect());

/// Stems of the verbs that can stand for the one with this stem.
pub(super) fn verbs_like(stem: &str) -> impl Iterator<Item = &'static str> {
    OF_VERBS.with(stem)
}

/// Stems of the nouns that can stand for the one with this stem.
pub(super) fn nouns_like(stem: &str) -> impl Iterator<Item = &'static str> {
    OF_NOUNS.with(stem)
}

/// Whether a verb has the root of the word with this stem: nouns that look alike otherwise need not be related, such as
/// "product" and "production".
pub(super) fn makes_nouns(stem: &str) -> bool {
    VERB_ROOTS.contains(root(stem))
}

/// Whether the word with this stem is a verb where it stands alone: "order" and "file" are also things.
pub(super) fn is_only_verb(stem: &str) -> bool {
    !intent(stem).is_unknown() && nouns_like(stem).next().is_none()
}

#[cfg(test)]
mod tests;

//! Which connectors a sentence is about: those that it names, and those whose own words it has.
//!
//! Must never tell anything about connectors that the caller cannot see.

use std::collections::HashSet;

use super::index::{Index, TermId};
use super::sentence::Sentence;
use super::wanted::Wanted;

/// A name of a connector stays one as long as it has this many times more actions than others have with that word.
const RARE: usize = 10;
/// What is left of an action's score when another connector was named.
const OF_ANOTHER: f32 = 0.2;
/// What is left of it when the sentence has another connector's own words.
const OF_OTHER_WORDS: f32 = 0.85;
/// In so many names of its actions a word is a connector's own, if it is in nobody else's.
const OFTEN: usize = 6;
/// Least weight of a word in a sentence that tells whose it is.
const CLEARLY_SAID: f32 = 0.5;
/// Weight of the words that named a connector.
const OF_NAME: f32 = 0.15;

/// Whose actions have a word in their names.
#[derive(Debug, Default)]
pub(super) struct Uses {
    connector: Option<usize>,
    times: usize,
    is_shared: bool,
}

impl Uses {
    /// Notes that an action of `connector` has it.
    pub(super) fn add(&mut self, connector: usize) {
        self.is_shared |= *self.connector.get_or_insert(connector) != connector;
        self.times += 1;
    }

    /// The connector whose own word it is: Discord's servers are guilds, and nobody else has any.
    fn owner(&self) -> Option<usize> {
        self.connector.filter(|_| !self.is_shared && self.times >= OFTEN)
    }
}

/// The connectors that a sentence is about.
pub(super) struct Named {
    /// Those that it names.
    pub(super) by_name: Vec<usize>,
    /// Those whose own words it has, where it names none.
    by_words: Vec<usize>,
}

impl Named {
    /// What is left of the score of an action of `connector`.
    pub(super) fn fits(&self, connector: usize) -> f32 {
        let is_other = |about: &[usize]| !about.is_empty() && !about.contains(&connector);
        if is_other(&self.by_name) {
            OF_ANOTHER
        } else if is_other(&self.by_words) {
            OF_OTHER_WORDS
        } else {
            1.0
        }
    }
}

impl Index {
    /// The connectors that `sentence` is about. Only those count that the caller can see anything of.
    pub(super) fn named(&self, sentence: &Sentence, visible: impl Fn(usize) -> bool) -> Named {
        let words = sentence.terms.iter().filter_map(|term| self.term(&term.stem)).collect();
        let is_seen = |connector: &usize| {
            let mut documents = self.documents.iter().enumerate();
            documents.any(|(tool, document)| document.connector == *connector && visible(tool))
        };
        let mut by_name = self.named_connectors(&words);
        by_name.retain(is_seen);
        let mut by_words = Vec::new();
        if by_name.is_empty() {
            let nouns = sentence
                .terms
                .iter()
                .filter(|term| !term.is_verb && term.weight > CLEARLY_SAID);
            by_words.extend(nouns.filter_map(|term| self.uses.get(&self.term(&term.stem)?)?.owner()));
            by_words.retain(is_seen);
        }
        Named { by_name, by_words }
    }

    /// Those with all words of their slug or name among `words`. A word of the names of others' actions is no name, unless
    /// it is rare there: "the calendar" may be any, but "Slack" is Slack, although others have actions that send something
    /// to it.
    fn named_connectors(&self, words: &HashSet<TermId>) -> Vec<usize> {
        let is_of_others = |word: TermId, connector: usize| {
            let holders = self
                .actions_with(word)
                .iter()
                .map(|posting| &self.documents[posting.holder as usize]);
            let others = holders.filter(|document| {
                let mut called = document.labels[..2].iter().flatten();
                document.connector != connector && called.any(|label| label.term == word)
            });
            others.count() * RARE > self.sizes[connector]
        };
        let is_named = |name: &[TermId], connector: usize| {
            !name.is_empty()
                && name
                    .iter()
                    .all(|word| words.contains(word) && !is_of_others(*word, connector))
        };
        let connectors = self.names.iter().enumerate();
        connectors
            .filter(|(connector, names)| names.iter().any(|name| is_named(name, *connector)))
            .map(|(connector, _)| connector)
            .collect()
    }

    /// A word that said which connector is meant says little about which of its actions.
    pub(super) fn lower_names(&self, wanted: &mut [Wanted], named: &[usize]) {
        let said = named
            .iter()
            .flat_map(|connector| self.names[*connector].iter().flatten());
        for word in wanted {
            if word
                .alternatives
                .iter()
                .any(|(term, _)| said.clone().any(|name| name == term))
            {
                word.weight *= OF_NAME;
            }
        }
    }
}

#[cfg(test)]
mod tests;

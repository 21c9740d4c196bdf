//! Which connectors a sentence is about: those that it names, and those whose own words it has.
//!
//! Must never tell anything about connectors that the caller cannot see.

use std::collections::HashSet;

use super::Hit;
use super::index::{Index, TermId};
use super::ranking::{count, rarity};
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
/// Weight from which a word is no mere mention in an action's texts.
const PROMINENT: f32 = 0.5;
/// What is taken from the score of an action of a connector that none of the words are typical of.
const OF_OTHER_SUBJECT: f32 = 0.6;

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
    /// What is left of the score of actions of each connector by how typical the words of `wanted` are of it: nearly
    /// every action of a mailbox is about messages, and one of a chat's many may be. Only those count that have one of
    /// `hits`, which the caller can see.
    pub(super) fn subjects(&self, wanted: &[Wanted], hits: &[Hit]) -> Vec<f32> {
        let mut typical = vec![0.0_f32; self.sizes.len()];
        let mut all = 0.0;
        for word in wanted.iter().filter(|word| !word.is_verb) {
            let mut best = vec![0.0_f32; self.sizes.len()];
            let mut having = 0.0_f32;
            for (term, weight) in &word.alternatives {
                let postings = self.actions_with(*term);
                having = having.max(count(postings.len()) * weight);
                let mut times = vec![0.0_f32; self.sizes.len()];
                for posting in postings.iter().filter(|posting| posting.weight >= PROMINENT) {
                    times[self.documents[posting.holder as usize].connector] += 1.0;
                }
                for ((best, times), size) in best.iter_mut().zip(times).zip(&self.sizes) {
                    *best = best.max(weight * times / count(*size));
                }
            }
            let told = word.weight * rarity(having, count(self.documents.len()));
            all += told;
            for (typical, best) in typical.iter_mut().zip(best) {
                *typical += told * best;
            }
        }
        let of_hits = hits.iter().map(|hit| typical[self.documents[hit.tool].connector]);
        let most = of_hits.fold(0.0, f32::max);
        let share = |typical: f32| {
            if all > 0.0 {
                (most - typical).max(0.0) / all
            } else {
                0.0
            }
        };
        typical
            .iter()
            .map(|typical| 1.0 - OF_OTHER_SUBJECT * share(*typical))
            .collect()
    }

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

//! The words that are looked for, with all that can stand for them.

use super::index::{Index, TermId};
use super::lexicon;
use super::sentence::{Sentence, Term};
use super::spelling;
use super::thesaurus::{self, Intent};

/// Weight of the word itself.
pub(super) const EXACT: f32 = 1.0;
/// Weight of a word that differs only in its ending.
const RELATED: f32 = 0.8;
/// Weight of a noun with the same meaning.
pub(super) const SYNONYM: f32 = 0.6;
/// Weight of another verb for what is to be done: people and APIs seldom choose the same.
const OTHER_VERB: f32 = 0.7;

/// A word that is looked for, with all that can stand for it.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about a word")]
pub(super) struct Wanted {
    pub(super) weight: f32,
    pub(super) plural: bool,
    pub(super) is_verb: bool,
    pub(super) is_head: bool,
    pub(super) is_place: bool,
    pub(super) alternatives: Vec<(TermId, f32)>,
}

impl Index {
    /// Which part of the words no action has, as names and topics.
    pub(super) fn unknown(&self, terms: &[Term]) -> f32 {
        let all: f32 = terms.iter().map(|term| term.weight).sum();
        let unknown: f32 = terms
            .iter()
            .filter(|term| self.term(&term.stem).is_none())
            .map(|term| term.weight)
            .sum();
        if all > 0.0 { unknown / all } else { 0.0 }
    }

    /// What is looked for: each word with what can stand for it. Only for a word that nothing has is its spelling
    /// doubted.
    pub(super) fn wanted(&self, sentence: &Sentence) -> Vec<Wanted> {
        let terms = &sentence.terms;
        let mut wanted = Vec::new();
        let mut is_read = false;
        for (position, term) in terms.iter().enumerate() {
            if std::mem::take(&mut is_read) {
                continue;
            }
            let mut alternatives: Vec<(TermId, f32)> = Vec::new();
            alternatives.extend(self.term(&term.stem).map(|term| (term, EXACT)));
            if thesaurus::makes_nouns(&term.stem) {
                alternatives.extend(self.relatives(&term.stem).iter().map(|related| (*related, RELATED)));
            }
            if term.is_verb {
                self.add_verbs(term, sentence, &mut alternatives);
            } else {
                self.add_nouns(term, sentence, &mut alternatives);
            }
            let undone = undone(&term.stem).filter(|_| term.is_verb);
            alternatives.extend(undone.and_then(|verb| Some((self.term(verb)?, SYNONYM))));
            let next = terms.get(position + 1);
            let compound = next.and_then(|next| spelling::joined(self, &term.text, &next.text));
            alternatives.extend(compound.map(|compound| (compound, EXACT)));
            // "To pay out" is about a payout, and nothing else that is out.
            is_read = compound.is_some() && next.is_some_and(|next| lexicon::is_particle(&next.text));
            if alternatives.is_empty() && term.is_word {
                alternatives = spelling::guesses(self, &term.text, &term.stem);
            }
            // Synonyms of a word that is written in two elsewhere do not make up for it.
            if self.term(&term.stem).is_none()
                && (alternatives.is_empty() || term.is_word && compound.is_none())
                && let Some((one, other)) = spelling::apart(self, &term.text)
            {
                wanted.push(Wanted {
                    weight: term.weight,
                    plural: false,
                    is_verb: false,
                    is_head: term.is_head,
                    is_place: term.is_place,
                    alternatives: vec![(one, EXACT)],
                });
                alternatives.push((other, EXACT));
            }
            if alternatives.is_empty() {
                continue;
            }
            // Each word once, as the best of what it was found as.
            alternatives.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
            alternatives.dedup_by_key(|(term, _)| *term);
            wanted.push(Wanted {
                weight: term.weight,
                plural: term.plural,
                is_verb: term.is_verb,
                is_head: term.is_head,
                is_place: term.is_place,
                alternatives,
            });
        }
        wanted
    }
    /// Adds what else can be done by those who say the verb `term`.
    fn add_verbs(&self, term: &Term, sentence: &Sentence, alternatives: &mut Vec<(TermId, f32)>) {
        if sentence.is_new && sentence.intent.shares(Intent::CREATE) {
            // What is new is created, whatever that is called.
            alternatives.extend(self.term("creat").map(|create| (create, EXACT)));
        }
        if sentence.intent == Intent::READ.and(Intent::CREATE) && term.text == "get" {
            alternatives.extend(self.term("creat").map(|create| (create, OTHER_VERB)));
        }
        if sentence.is_about_one && thesaurus::is_reading(&term.stem) {
            // One finds a particular thing by getting it.
            alternatives.extend(self.term("get").map(|get| (get, OTHER_VERB)));
        }
        // Verbs that do something else are not meant: "open the page" is no way of creating one.
        let verbs = thesaurus::verbs_like(&term.stem).filter(|verb| {
            let intent = thesaurus::intent(verb);
            intent.is_unknown() || sentence.intent.is_unknown() || intent.shares(sentence.intent)
        });
        alternatives.extend(verbs.filter_map(|verb| Some((self.term(verb)?, OTHER_VERB))));
    }

    /// Adds what else the noun `term` can be called.
    fn add_nouns(&self, term: &Term, sentence: &Sentence, alternatives: &mut Vec<(TermId, f32)>) {
        let nouns = thesaurus::nouns_like(&term.stem);
        alternatives.extend(nouns.filter_map(|noun| Some((self.term(noun)?, SYNONYM))));
        let undoing = self.term(&format!("un{}", term.stem));
        if let Some(undoing) = undoing.filter(|_| sentence.intent.shares(Intent::DELETE)) {
            // To lift a ban is to unban, and not to ban.
            for (_, weight) in alternatives.iter_mut() {
                *weight *= RELATED;
            }
            alternatives.push((undoing, EXACT));
        }
    }
}

/// What the verb with this stem undoes: "unpin" removes a pin.
fn undone(stem: &str) -> Option<&str> {
    let verb = stem.strip_prefix("un")?;
    (!thesaurus::intent(verb).is_unknown()).then_some(verb)
}

//! Putting actions in order: first by their words alone, then the best of them by how well they fit as a whole.

use std::collections::HashMap;

use super::Hit;
use super::index::{Document, Index, Label, Posting, TermId};
use super::sentence::{self, Sentence, Term};
use super::spelling;
use super::thesaurus::{self, Intent};

/// Actions that are compared in detail: the best by their words.
const COMPARED: usize = 128;

/// How soon more of one word stops to count (k1 of BM25).
const SATURATION: f32 = 2.0;
/// Weight of a word that differs only in its ending.
const RELATED: f32 = 0.8;
/// Weight of a noun with the same meaning.
const SYNONYM: f32 = 0.6;
/// Weight of another verb for what is to be done: people and APIs seldom choose the same.
const OTHER_VERB: f32 = 0.7;
/// Weight of a verb itself when it may be a noun elsewhere.
const AMBIGUOUS: f32 = 0.9;
/// What is left of an action's score when none of the nouns in its name was mentioned.
const NOUNLESS: f32 = 0.75;
/// What is left of it when the verb was not.
const VERBLESS: f32 = 0.7;
/// How well a verb of reading is met by a question without one, and a name without a verb by any sentence.
const IMPLIED: f32 = 0.7;
/// How much words about a whole connector count, beside those about an action.
const OF_CONNECTOR: f32 = 0.5;

/// What is left of an action's score when another connector was named.
const OF_ANOTHER: f32 = 0.3;

/// A word that is looked for, with all that can stand for it.
struct Wanted {
    weight: f32,
    plural: bool,
    is_verb: bool,
    alternatives: Vec<(TermId, f32)>,
}

impl Index {
    /// The best `limit` actions for `sentence` among those that are `visible`, best first. Equally good ones stay in
    /// the order of the catalog, which is that of their names.
    #[must_use]
    pub fn search(&self, sentence: &str, limit: usize, visible: impl Fn(usize) -> bool) -> Vec<Hit> {
        let sentence = sentence::read(sentence);
        let wanted = self.wanted(&sentence);
        let mut hits: Vec<Hit> = self
            .by_words(&wanted)
            .into_iter()
            .enumerate()
            .filter(|(tool, score)| *score > 0.0 && visible(*tool))
            .map(|(tool, score)| Hit { tool, score })
            .collect();
        self.prefer_named(&mut hits, &sentence);
        keep_best(&mut hits, COMPARED.max(limit));
        let unknown = self.unknown(&sentence.terms);
        let total: f32 = wanted.iter().map(|wanted| wanted.weight * self.rarity_of(wanted)).sum();
        let matches = matches(&wanted);
        for hit in &mut hits {
            let document = &self.documents[hit.tool];
            let covered = if total > 0.0 { (hit.score / total).min(1.0) } else { 0.0 };
            hit.score *= (0.5 + 0.5 * covered)
                * self.named(document, &sentence, &matches)
                * agreement(&sentence, document)
                * number(&sentence, document, &matches);
            if sentence.intent.writes().is_unknown() {
                if document.searches {
                    // What no action knows is probably what is looked for.
                    hit.score *= 1.0 + 0.4 * unknown * unknown;
                } else if document.needs_one && !sentence.names_one {
                    hit.score *= 1.0 - 0.3 * unknown;
                }
            }
        }
        keep_best(&mut hits, limit);
        hits
    }

    /// Who names a connector means it. Only those count that the caller can see anything of.
    fn prefer_named(&self, hits: &mut [Hit], sentence: &Sentence) {
        let words = sentence.terms.iter().filter_map(|term| self.term(&term.stem)).collect();
        let named = self.named_connectors(&words);
        let is_named = |hit: &Hit| named[self.documents[hit.tool].connector];
        if !hits.iter().any(is_named) {
            return;
        }
        for hit in hits {
            if !is_named(hit) {
                hit.score *= OF_ANOTHER;
            }
        }
    }

    /// Which part of the words no action has, as names and topics.
    fn unknown(&self, terms: &[Term]) -> f32 {
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
    fn wanted(&self, sentence: &Sentence) -> Vec<Wanted> {
        let terms = &sentence.terms;
        let mut wanted = Vec::new();
        for (position, term) in terms.iter().enumerate() {
            let mut alternatives: Vec<(TermId, f32)> = Vec::new();
            // A verb that is also a noun, as in "file a bug", is not meant where it is a noun.
            let exact = if term.is_verb && thesaurus::nouns_like(&term.stem).next().is_some() {
                AMBIGUOUS
            } else {
                1.0
            };
            alternatives.extend(self.term(&term.stem).map(|term| (term, exact)));
            if thesaurus::makes_nouns(&term.stem) {
                alternatives.extend(self.relatives(&term.stem).iter().map(|related| (*related, RELATED)));
            }
            if term.is_verb {
                // Verbs that do something else are not meant: "open the page" is no way of creating one.
                let verbs = thesaurus::verbs_like(&term.stem).filter(|verb| {
                    let intent = thesaurus::intent(verb);
                    intent.is_unknown() || sentence.intent.is_unknown() || intent.shares(sentence.intent)
                });
                alternatives.extend(verbs.filter_map(|verb| Some((self.term(verb)?, OTHER_VERB))));
            } else {
                let nouns = thesaurus::nouns_like(&term.stem);
                alternatives.extend(nouns.filter_map(|noun| Some((self.term(noun)?, SYNONYM))));
            }
            let next = terms.get(position + 1);
            let compound = next.and_then(|next| spelling::joined(self, &term.text, &next.text));
            alternatives.extend(compound.map(|compound| (compound, 1.0)));
            if alternatives.is_empty() && term.is_word {
                alternatives = spelling::guesses(self, &term.text, &term.stem);
            }
            if alternatives.is_empty()
                && let Some((one, other)) = spelling::apart(self, &term.text)
            {
                wanted.push(Wanted {
                    weight: term.weight,
                    plural: false,
                    is_verb: false,
                    alternatives: vec![(one, 1.0)],
                });
                alternatives.push((other, 1.0));
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
                alternatives,
            });
        }
        wanted
    }

    /// The score of every action by its words (BM25F).
    fn by_words(&self, wanted: &[Wanted]) -> Vec<f32> {
        let mut scores = vec![0.0_f32; self.documents.len()];
        let mut best = vec![0.0_f32; self.documents.len()];
        let mut of_connectors = vec![0.0_f32; self.connectors];
        for word in wanted {
            best.fill(0.0);
            let told = self.rarity_of(word);
            for (term, weight) in &word.alternatives {
                let postings = self.actions_with(*term);
                let own = rarity(count(postings.len()), count(self.documents.len()));
                // A rare synonym tells no more than the word itself.
                let told = match (*weight >= AMBIGUOUS, word.is_verb) {
                    (true, false) => own,
                    (true, true) => f32::midpoint(told, own),
                    (false, _) => told.min(own),
                };
                raise(&mut best, postings, weight * told);
            }
            for (score, best) in scores.iter_mut().zip(&best) {
                *score += word.weight * best;
            }
            let mut best_connectors = vec![0.0_f32; self.connectors];
            let mut having = 0.0_f32;
            for (term, weight) in &word.alternatives {
                let postings = self.connectors_with(*term);
                having = having.max(count(postings.len()));
                raise(&mut best_connectors, postings, *weight);
            }
            let told = rarity(having, count(self.connectors));
            for (score, best) in of_connectors.iter_mut().zip(&best_connectors) {
                *score += OF_CONNECTOR * word.weight * told * best;
            }
        }
        for (score, document) in scores.iter_mut().zip(&self.documents) {
            *score += of_connectors[document.connector];
        }
        scores
    }

    /// How much a word tells: one that most actions have tells little, whichever of its synonyms they use.
    fn rarity_of(&self, word: &Wanted) -> f32 {
        let having = word
            .alternatives
            .iter()
            .map(|(term, weight)| count(self.actions_with(*term).len()) * weight);
        rarity(having.fold(0.0, f32::max), count(self.documents.len()))
    }

    /// How well an action's name, or its title, fits what was asked for. Its nouns count most: of `list_invoices` and
    /// `list_invoice_items`, "the invoices" is the first, and a `send_invoice` is no way to send anything else.
    fn named(&self, document: &Document, sentence: &Sentence, matches: &HashMap<TermId, (f32, bool)>) -> f32 {
        let part = |label: &[Label], verbs: bool| {
            let mut all = 0.0;
            let mut named = 0.0;
            for word in label.iter().filter(|word| word.verb.is_some() == verbs) {
                let rarity = rarity(count(self.actions_with(word.term).len()), count(self.documents.len()));
                all += rarity;
                // A question asks to read, whatever its words.
                let implied = if word.verb == Some(Intent::READ) && sentence.intent == Intent::READ {
                    IMPLIED
                } else {
                    0.0
                };
                let met = matches.get(&word.term).map_or(0.0, |(weight, _)| weight.sqrt());
                named += rarity * met.max(implied);
            }
            match (all > 0.0, verbs) {
                (true, _) => named / all,
                (false, true) => IMPLIED,
                (false, false) => 1.0,
            }
        };
        document
            .labels
            .iter()
            .filter(|label| !label.is_empty())
            .map(|label| {
                (NOUNLESS + (1.0 - NOUNLESS) * part(label, false)) * (VERBLESS + (1.0 - VERBLESS) * part(label, true))
            })
            .fold(0.0, f32::max)
    }
}

/// How well every word that was looked for was met, and whether it was asked for in the plural.
fn matches(wanted: &[Wanted]) -> HashMap<TermId, (f32, bool)> {
    let mut matches: HashMap<TermId, (f32, bool)> = HashMap::new();
    for word in wanted {
        for (term, weight) in &word.alternatives {
            let weight = weight * word.weight.min(1.0);
            let known = matches.entry(*term).or_insert((weight, word.plural));
            if weight > known.0 {
                *known = (weight, word.plural);
            }
        }
    }
    matches
}

/// Whether an action does the kind of thing that was asked for.
fn agreement(sentence: &Sentence, document: &Document) -> f32 {
    let reads = document.intent.shares(Intent::READ);
    if sentence.intent.is_unknown() {
        // Without a verb it is more likely that somebody wants to see something.
        return if reads || sentence.wants_something { 1.0 } else { 0.9 };
    }
    if sentence.intent.shares(document.intent) {
        return 1.0;
    }
    if reads || sentence.intent.writes().is_unknown() {
        return 0.55;
    }
    // What creates one thing often changes another: "label the issue" is adding labels.
    let removes = |intent: Intent| intent.shares(Intent::DELETE);
    if removes(sentence.intent) == removes(document.intent) {
        0.95
    } else {
        0.7
    }
}

/// Whether one thing was asked for or several, and whether that is what an action gives.
fn number(sentence: &Sentence, document: &Document, matches: &HashMap<TermId, (f32, bool)>) -> f32 {
    let mut factor = 1.0;
    let nouns = || document.labels[0].iter().filter(|word| word.verb.is_none());
    for noun in nouns() {
        if let Some((weight, plural)) = matches.get(&noun.term)
            && *weight >= SYNONYM * 0.8
        {
            factor *= if noun.plural == *plural { 1.06 } else { 0.94 };
        }
    }
    if sentence.names_one && document.needs_one {
        factor *= 1.04;
    }
    factor
}

/// Raises the score of each holder to what this word gives it.
fn raise(scores: &mut [f32], postings: &[Posting], weight: f32) {
    for posting in postings {
        let score = &mut scores[posting.holder as usize];
        *score = score.max(weight * saturated(posting.weight));
    }
}

fn saturated(weight: f32) -> f32 {
    weight * (SATURATION + 1.0) / (weight + SATURATION)
}

/// The inverse document frequency of BM25.
fn rarity(having: f32, all: f32) -> f32 {
    (1.0 + (all - having + 0.5).max(0.0) / (having + 0.5)).ln()
}

fn count(length: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "exact up to sixteen million")]
    let count = length as f32;
    count
}

fn keep_best(hits: &mut Vec<Hit>, limit: usize) {
    let order = |a: &Hit, b: &Hit| b.score.total_cmp(&a.score).then(a.tool.cmp(&b.tool));
    if hits.len() > limit && limit > 0 {
        hits.select_nth_unstable_by(limit - 1, order);
    }
    hits.truncate(limit);
    hits.sort_unstable_by(order);
}

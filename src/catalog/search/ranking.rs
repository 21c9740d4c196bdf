//! Putting actions in order: first by their words alone, then the best of them by how well they fit as a whole.

use super::Hit;
use super::fitting;
use super::index::{Index, Posting};
use super::sentence;
use super::wanted::{EXACT, Wanted};

/// Actions that are compared in detail: the best by their words.
const COMPARED: usize = 128;

/// How soon more of one word stops to count (k1 of BM25).
const SATURATION: f32 = 1.6;
/// How much words about a whole connector count, beside those about an action.
const OF_CONNECTOR: f32 = 0.4;

/// How much a verb tells by how rare it is itself, rather than by how rare the verbs are that stand for the same.
const RARE_VERB: f32 = 0.5;
/// What is left of an action's score when it has none of the words.
const UNCOVERED: f32 = 0.5;
/// What is left of it when it is deprecated.
const DEPRECATED: f32 = 0.9;
/// How much is added to it when it takes words to look for, and no action has any of those in the sentence.
const SEARCHED: f32 = 0.4;
/// How much is taken from it then when it needs an identifier that the sentence does not have.
const UNIDENTIFIED: f32 = 0.3;

impl Index {
    /// The best `limit` actions for `sentence` among those that are `visible`, best first. Equally good ones stay in
    /// the order of the catalog, which is that of their names.
    #[must_use]
    pub fn search(&self, sentence: &str, limit: usize, visible: impl Fn(usize) -> bool) -> Vec<Hit> {
        let sentence = sentence::read(sentence);
        let mut wanted = self.wanted(&sentence);
        let named = self.named(&sentence, &visible);
        self.lower_names(&mut wanted, &named.by_name);
        let mut hits: Vec<Hit> = self
            .by_words(&wanted)
            .into_iter()
            .enumerate()
            .filter(|(tool, score)| *score > 0.0 && visible(*tool))
            .map(|(tool, score)| Hit { tool, score })
            .collect();
        let subjects = self.subjects(&wanted, &hits);
        for hit in &mut hits {
            let connector = self.documents[hit.tool].connector;
            hit.score *= named.fits(connector);
            if named.by_name.is_empty() {
                hit.score *= subjects[connector];
            }
        }
        keep_best(&mut hits, COMPARED.max(limit));
        let unknown = self.unknown(&sentence.terms);
        let total: f32 = wanted.iter().map(|wanted| wanted.weight * self.rarity_of(wanted)).sum();
        let matches = fitting::matches(&wanted);
        for hit in &mut hits {
            let document = &self.documents[hit.tool];
            let covered = if total > 0.0 { (hit.score / total).min(1.0) } else { 0.0 };
            hit.score *= (UNCOVERED + (1.0 - UNCOVERED) * covered)
                * self.fits(document, &sentence, &matches)
                * fitting::agreement(&sentence, document)
                * fitting::number(&sentence, document, &matches);
            if document.is_deprecated {
                hit.score *= DEPRECATED;
            }
            if sentence.intent.writes().is_unknown() {
                if document.searches {
                    // What no action knows is probably what is looked for.
                    hit.score *= 1.0 + SEARCHED * unknown * unknown;
                } else if document.needs_one && !sentence.names_one {
                    hit.score *= 1.0 - UNIDENTIFIED * unknown;
                }
            }
        }
        keep_best(&mut hits, limit);
        hits
    }

    /// The score of every action by its words (BM25F).
    fn by_words(&self, wanted: &[Wanted]) -> Vec<f32> {
        let mut scores = vec![0.0_f32; self.documents.len()];
        let mut best = vec![0.0_f32; self.documents.len()];
        let mut of_connectors = vec![0.0_f32; self.sizes.len()];
        for word in wanted {
            best.fill(0.0);
            let told = self.rarity_of(word);
            for (term, weight) in &word.alternatives {
                let postings = self.actions_with(*term);
                let own = rarity(count(postings.len()), count(self.documents.len()));
                // A rare synonym tells no more than the word itself.
                let told = match (*weight >= EXACT, word.is_verb) {
                    (true, false) => own,
                    (true, true) => RARE_VERB * own + (1.0 - RARE_VERB) * told,
                    (false, _) => told.min(own),
                };
                raise(&mut best, postings, weight * told);
            }
            for (score, best) in scores.iter_mut().zip(&best) {
                *score += word.weight * best;
            }
            let mut best_connectors = vec![0.0_f32; self.sizes.len()];
            let mut having = 0.0_f32;
            for (term, weight) in &word.alternatives {
                let postings = self.connectors_with(*term);
                having = having.max(count(postings.len()));
                raise(&mut best_connectors, postings, *weight);
            }
            let told = rarity(having, count(self.sizes.len()));
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
pub(super) fn rarity(having: f32, all: f32) -> f32 {
    (1.0 + (all - having + 0.5).max(0.0) / (having + 0.5)).ln()
}

pub(super) fn count(length: usize) -> f32 {
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

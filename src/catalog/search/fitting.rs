//! How well an action as a whole fits what was asked for: its name, what it does, and whether it does that to one thing or
//! several.

use std::collections::HashMap;

use super::index::{Document, Index, Label, TermId};
use super::ranking::{count, rarity};
use super::sentence::Sentence;
use super::thesaurus::Intent;
use super::wanted::{SYNONYM, Wanted};

/// What is left of an action's score when none of the nouns in its name was mentioned.
const NOUNLESS: f32 = 0.65;
/// What is left of it when the verb was not.
const VERBLESS: f32 = 0.7;
/// How well a verb of reading is met by a question without one, and a name without a verb by any sentence.
const IMPLIED: f32 = 0.7;
/// How well a general verb, such as "delete", is met by one that does the same kind of thing, such as "kick".
const KIND: f32 = 0.3;

/// What is left of it when its name does not have the thing that the sentence is about.
const HEADLESS: f32 = 0.92;

/// How well a word was met, whether it was asked for in the plural, and whether it is what the sentence is about.
#[derive(Clone, Copy)]
pub(super) struct Match {
    weight: f32,
    plural: bool,
    is_head: bool,
}

/// How every word that was looked for was met.
pub(super) type Matches = HashMap<TermId, Match>;

/// How the words of `wanted` are met by words of actions.
pub(super) fn matches(wanted: &[Wanted]) -> Matches {
    let mut matches = Matches::new();
    for word in wanted {
        for (term, weight) in &word.alternatives {
            let found = Match {
                weight: weight * word.weight.min(1.0),
                plural: word.plural,
                is_head: word.is_head,
            };
            let known = matches.entry(*term).or_insert(found);
            if found.weight > known.weight {
                *known = found;
            }
        }
    }
    matches
}

impl Index {
    /// How well an action's name, or its title, fits what was asked for. Its nouns count most: of `list_invoices` and
    /// `list_invoice_items`, "the invoices" is the first, and a `send_invoice` is no way to send anything else.
    pub(super) fn fits(&self, document: &Document, sentence: &Sentence, matches: &Matches) -> f32 {
        let part = |label: &[Label], verbs: bool| {
            let mut all = 0.0;
            let mut named = 0.0;
            for word in label.iter().filter(|word| word.verb.is_some() == verbs) {
                let rarity = rarity(count(self.actions_with(word.term).len()), count(self.documents.len()));
                all += rarity;
                // A question asks to read, whatever its words.
                let implied = match word.verb {
                    Some(Intent::READ) if sentence.intent == Intent::READ => IMPLIED,
                    Some(verb) if word.general && verb.shares(sentence.intent) => KIND,
                    _ => 0.0,
                };
                let met = matches.get(&word.term).map_or(0.0, |found| found.weight.sqrt());
                named += rarity * met.max(implied);
            }
            match (all > 0.0, verbs) {
                (true, _) => named / all,
                (false, true) => IMPLIED,
                (false, false) => 1.0,
            }
        };
        let has_head = |label: &[Label]| {
            let mut met = label.iter().filter_map(|word| matches.get(&word.term));
            met.any(|found| found.is_head)
        };
        // Of what is only read, the place may be what is listed: "the files in the folder".
        let is_done_to_something =
            !sentence.intent.writes().is_unknown() && sentence.terms.iter().any(|term| term.is_head);
        document
            .labels
            .iter()
            .filter(|label| !label.is_empty())
            .map(|label| {
                let headed = if is_done_to_something && !has_head(label) {
                    HEADLESS
                } else {
                    1.0
                };
                headed
                    * (NOUNLESS + (1.0 - NOUNLESS) * part(label, false))
                    * (VERBLESS + (1.0 - VERBLESS) * part(label, true))
            })
            .fold(0.0, f32::max)
    }
}

/// Whether an action does the kind of thing that was asked for.
pub(super) fn agreement(sentence: &Sentence, document: &Document) -> f32 {
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
    if sentence.is_new && !document.intent.shares(Intent::CREATE) {
        return 0.8;
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
pub(super) fn number(sentence: &Sentence, document: &Document, matches: &Matches) -> f32 {
    let mut factor = 1.0;
    let reads = document.intent.shares(Intent::READ);
    let nouns = || document.labels[0].iter().filter(|word| word.verb.is_none());
    for noun in nouns() {
        if let Some(found) = matches.get(&noun.term)
            && found.weight >= SYNONYM * 0.8
        {
            factor *= match (noun.plural, found.plural) {
                // Of actions that change things, the plural is that of the place: `conversations_archive`.
                (true, false) if !reads => 1.0,
                (one, other) if one == other => 1.06,
                _ => 0.94,
            };
        }
    }
    match (sentence.is_about_one, document.needs_one) {
        (true, true) => factor *= 1.06,
        (true, false) if reads => factor *= 0.9,
        _ if sentence.names_one && document.needs_one => factor *= 1.04,
        _ => {}
    }
    factor
}

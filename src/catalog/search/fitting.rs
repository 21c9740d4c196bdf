//! How well an action as a whole fits what was asked for: its name, what it does, and whether it does that to one thing or
//! several.

use std::collections::HashMap;

use super::index::{Document, Index, Label, TermId};
use super::ranking::{count, rarity};
use super::sentence::Sentence;
use super::thesaurus::Intent;
use super::wanted::{SYNONYM, Wanted};

/// What is left of an action's score when none of the nouns in its name was mentioned.
const NOUNLESS: f32 = 0.56;
/// What is left of it when the verb was not.
const VERBLESS: f32 = 0.7;
/// How well a verb of reading is met by a question without one, and a name without a verb by any sentence.
const IMPLIED: f32 = 0.7;
/// How well a general verb, such as "delete", is met by one that does the same kind of thing, such as "kick".
const KIND: f32 = 0.3;

/// What is left of it when its name does not have the thing that the sentence is about.
const HEADLESS: f32 = 0.92;
/// What is left of it when that is not the thing that its name is about either: a card is no cardholder.
const ABOUT_ANOTHER: f32 = 0.82;

/// What is left of it when several are listed of what is the one place of the things that are asked for.
const LISTS_PLACES: f32 = 0.7;

/// What is left of the score of an action that changes something when nothing says what is to be done.
const UNASKED_CHANGE: f32 = 0.9;
/// What is left when something is to be changed that is only read, or the other way round.
const READING_FOR_CHANGING: f32 = 0.55;
/// What is left when something new is wanted, and the action only changes what is there.
const NOT_NEW: f32 = 0.7;
/// What is left when it changes something in another way.
const ANOTHER_CHANGE: f32 = 0.95;
/// What is left when it removes what is to stay, or the other way round.
const REMOVING_FOR_KEEPING: f32 = 0.7;

/// Factor for a noun that is one or several in both the sentence and the name.
const SAME_NUMBER: f32 = 1.06;
/// Factor for a noun that is one in one of them and several in the other.
const OTHER_NUMBER: f32 = 0.94;
/// Factor for an action that needs an identifier when the sentence is about what has one.
const ABOUT_ONE: f32 = 1.06;
/// Factor for an action that reads without one then.
const NOT_ABOUT_ONE: f32 = 0.8;
/// Factor for an action that needs an identifier when the sentence has one somewhere.
const NAMES_ONE: f32 = 1.04;
/// Factor for an action that reads and needs an identifier when the sentence has none and is about several things.
const UNNAMED: f32 = 0.9;

/// Factor for an action whose path takes as many identifiers as the sentence has, when that is more than one.
const NAMES_ALL: f32 = 1.03;

/// Factor for an action about the caller's own things when the sentence is about those.
const OWN: f32 = 1.12;
/// Factor for one when it is not.
const NOT_OWN: f32 = 0.92;

/// Factor for an action that needs no identifier then.
const UNASKED_WHOSE: f32 = 1.04;

/// How well a word was met, whether it was asked for in the plural, and whether it is what the sentence is about.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about a word")]
#[derive(Clone, Copy)]
pub(super) struct Match {
    weight: f32,
    plural: bool,
    is_verb: bool,
    is_head: bool,
    is_place: bool,
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
                is_verb: word.is_verb,
                is_head: word.is_head,
                is_place: word.is_place,
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
            for word in label
                .iter()
                .filter(|word| word.verb.is_some() == verbs && !(word.is_own && sentence.is_own))
            {
                let rarity = rarity(count(self.actions_with(word.term).len()), count(self.documents.len()));
                all += rarity;
                // A question asks to read, whatever its words.
                let implied = match word.verb {
                    Some(Intent::READ) if sentence.intent == Intent::READ => IMPLIED,
                    Some(verb) if word.general && verb.shares(sentence.intent) => KIND,
                    _ => 0.0,
                };
                let found = matches.get(&word.term);
                // Of `merge_merge_request`, "approve the merge request" has the thing, and not the verb.
                let is_thing = |found: &Match| !found.is_verb && verbs && is_noun(label, word.term);
                let met = found
                    .filter(|found| !is_thing(found))
                    .map_or(0.0, |found| found.weight.sqrt());
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
                headed(label, sentence, matches)
                    * (NOUNLESS + (1.0 - NOUNLESS) * part(label, false))
                    * (VERBLESS + (1.0 - VERBLESS) * part(label, true))
            })
            .fold(0.0, f32::max)
    }
}

/// Whether a name has a word as a thing.
fn is_noun(label: &[Label], term: TermId) -> bool {
    label.iter().any(|word| word.term == term && word.verb.is_none())
}

/// Whether a name is about the thing that the sentence is about. Of what is only read, the place may be what is listed:
/// "the files in the folder".
fn headed(label: &[Label], sentence: &Sentence, matches: &Matches) -> f32 {
    let is_met = |word: &Label| matches.get(&word.term).is_some_and(|found| found.is_head);
    if sentence.intent.writes().is_unknown() || !sentence.terms.iter().any(|term| term.is_head) {
        let is_place = |word: &Label| word.plural && matches.get(&word.term).is_some_and(|found| found.is_place);
        let lists_places = label.iter().any(|word| word.is_head && is_place(word)) && !label.iter().any(is_met);
        return if lists_places { LISTS_PLACES } else { 1.0 };
    }
    let has = if label.iter().any(is_met) { 1.0 } else { HEADLESS };
    let is_about = label.iter().find(|word| word.is_head).is_none_or(is_met);
    if is_about { has } else { has * ABOUT_ANOTHER }
}

/// Whether an action does the kind of thing that was asked for.
pub(super) fn agreement(sentence: &Sentence, document: &Document) -> f32 {
    let reads = document.intent.shares(Intent::READ);
    if sentence.intent.is_unknown() {
        // Without a verb it is more likely that somebody wants to see something.
        return if reads || sentence.wants_something {
            1.0
        } else {
            UNASKED_CHANGE
        };
    }
    if sentence.intent.shares(document.intent) {
        return 1.0;
    }
    if reads || sentence.intent.writes().is_unknown() {
        return READING_FOR_CHANGING;
    }
    if sentence.is_new && !document.intent.shares(Intent::CREATE) {
        return NOT_NEW;
    }
    // What creates one thing often changes another: "label the issue" is adding labels.
    let removes = |intent: Intent| intent.shares(Intent::DELETE);
    if removes(sentence.intent) == removes(document.intent) {
        ANOTHER_CHANGE
    } else {
        REMOVING_FOR_KEEPING
    }
}

/// Whether one thing was asked for or several, and whether that is what an action gives.
pub(super) fn number(sentence: &Sentence, document: &Document, matches: &Matches) -> f32 {
    let mut factor = 1.0;
    let reads = document.intent.shares(Intent::READ);
    let name = &document.labels[0];
    let lists = reads && name.iter().any(|word| word.lists);
    let nouns = || name.iter().filter(|word| word.verb.is_none());
    for noun in nouns() {
        if let Some(found) = matches.get(&noun.term)
            && found.weight >= SYNONYM * 0.8
        {
            // Those who call lists `service_list` leave out the plural.
            let plural = noun.plural || lists && noun.is_head;
            factor *= match (plural, found.plural) {
                // Of actions that change things, the plural is that of the place: `conversations_archive`.
                (true, false) if !reads => 1.0,
                (one, other) if one == other => SAME_NUMBER,
                _ => OTHER_NUMBER,
            };
        }
    }
    if document.is_own {
        factor *= if sentence.is_own { OWN } else { NOT_OWN };
    } else if sentence.is_own && sentence.named == 0 && document.places == 0 {
        // Whose it is need not be told.
        factor *= UNASKED_WHOSE;
    }
    if sentence.named > 1 && sentence.named == document.places {
        factor *= NAMES_ALL;
    }
    match (sentence.is_about_one, document.needs_one) {
        (true, true) => factor *= ABOUT_ONE,
        (true, false) if reads => factor *= NOT_ABOUT_ONE,
        _ if sentence.names_one && document.needs_one => factor *= NAMES_ONE,
        _ if reads && document.needs_one && sentence.terms.iter().any(|term| term.is_head && term.plural) => {
            factor *= UNNAMED;
        }
        _ => {}
    }
    factor
}

#[cfg(test)]
mod tests;

//! What a person's sentence asks for: the words that count, what is to be done, and what in it is only data.

use super::grammar;
use super::implied;
use super::lexicon::{self, Part};
use super::spoken::{self, Word};
use super::stems::{is_plural, stem};
use super::thesaurus::{self, Intent};

/// Weight of what stands in quotation marks, or behind a word such as "saying": it is content, not what is asked for.
const DATA_WEIGHT: f32 = 0.3;
/// Weight of the verb that says what is to be done.
const LEADING_WEIGHT: f32 = 1.3;
/// Weight of what can be known of anything.
const ASPECT_WEIGHT: f32 = 0.5;
/// Weight of the words inside of an identifier.
const IDENTIFIER_WEIGHT: f32 = 0.5;
/// Weight of the name of a channel, as in "#general". That of a connector counts besides.
const TAG_WEIGHT: f32 = 0.3;
/// Weight of what is made into something else: "store the file as a secret".
const MATERIAL_WEIGHT: f32 = 0.5;
/// Weight of a word that says how or what for: "the planning meeting", "while cooking".
const GERUND_WEIGHT: f32 = 0.85;
/// Weight of "search" where the sentence has a topic: "a page about travelling".
const TOPIC_WEIGHT: f32 = 0.5;
/// Weight of "who". Half of it is that of "person", which stands for the same.
const WHO_WEIGHT: f32 = 0.6;
/// Weight of other verbs of reading: nearly every sentence and every description has them.
const READING_WEIGHT: f32 = 0.6;
/// Weight of one that only begins a question: "check whether".
const ASKING_WEIGHT: f32 = 0.4;
/// Weight of the thing that it is about: in "copy the report into the folder" that is the report.
const HEAD_WEIGHT: f32 = 1.2;
/// Weight of a verb that says how a thing is: "open tickets", "files that were shared".
const STATE_WEIGHT: f32 = 0.8;
/// Weight of other words that say how a thing is: "pending requests", "the current plan".
const QUALIFIER_WEIGHT: f32 = 0.6;
/// Weight of one behind "is" or "are", which cannot be what is to be done.
const BEING_WEIGHT: f32 = 0.4;
/// How much less a word counts than the one before it, down to half.
const DECAY: f32 = 0.03;

/// What stands for stopping to do something.
const UNDOING: &str = "remove revoke";

/// A sentence, read.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own about what is asked for"
)]
#[derive(Debug, Default)]
pub(super) struct Sentence {
    /// The words that count.
    pub(super) terms: Vec<Term>,
    /// What is to be done, as far as it can be told.
    pub(super) intent: Intent,
    /// Whether it names one particular thing: a number, an identifier, an address.
    pub(super) names_one: bool,
    /// How many such things it names.
    pub(super) named: usize,
    /// Whether it is about that thing itself, "show invoice 4711", rather than about something of it.
    pub(super) is_about_one: bool,
    /// Whether it says that the thing is not there yet.
    pub(super) is_new: bool,
    /// Whether it is about the speaker's own things.
    pub(super) is_own: bool,
    /// Whether something is asked for without a verb: "I need a ...".
    pub(super) wants_something: bool,
}

/// One word that counts.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about a word")]
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Term {
    /// The word as it is written, folded.
    pub(super) text: String,
    pub(super) stem: String,
    pub(super) weight: f32,
    pub(super) plural: bool,
    /// Whether it says what is to be done, rather than to what.
    pub(super) is_verb: bool,
    /// Whether it is the thing that the sentence is about.
    pub(super) is_head: bool,
    /// Whether it is where that thing is: "the files in a folder".
    pub(super) is_place: bool,
    /// Whether it may be misspelt. Names of people and identifiers are not, however they look.
    pub(super) is_word: bool,
}

impl Term {
    /// A word that stands for something in the sentence.
    pub(super) fn meant(text: &str, weight: f32) -> Self {
        let stem = stem(text);
        Self {
            text: text.to_owned(),
            is_verb: !thesaurus::intent(&stem).is_unknown(),
            stem,
            weight,
            plural: is_plural(text),
            is_head: false,
            is_place: false,
            is_word: true,
        }
    }
}

/// Reads `text`.
pub(super) fn read(text: &str) -> Sentence {
    let words = spoken::words(text);
    let question = grammar::is_question(&words);
    let verb = if question { None } else { grammar::leading_verb(&words) };
    let light = grammar::light_verb(&words).filter(|light| !question && verb.is_none_or(|verb| *light <= verb));
    let leading = light.map(|light| light + 2).or(verb);
    let made = leading.and_then(|_| grammar::made_into(&words));
    let head = made.or_else(|| grammar::head(&words));
    let mut reader = Reader {
        texts: words.iter().map(|word| word.text.as_str()).collect(),
        leading,
        made,
        taken: vec![false; words.len()],
        head,
        sentence: Sentence {
            wants_something: words.windows(2).any(|pair| {
                matches!(pair[0].text.as_str(), "need" | "want" | "like")
                    && matches!(pair[1].text.as_str(), "a" | "an" | "another")
            }),
            is_own: grammar::is_own(&words),
            is_new: grammar::is_new(&words),
            names_one: words.iter().any(|word| word.is_identifier && !word.is_address),
            named: spoken::identifiers(&words),
            is_about_one: head.is_some_and(|head| grammar::is_identified(&words, head)),
            intent: if question { Intent::READ } else { Intent::default() },
            terms: Vec::new(),
        },
        words: &words,
    };
    if let Some(light) = light {
        reader.taken[light] = true;
        reader.taken[light + 1] = true;
    }
    if reader.leading.is_none() && !question && grammar::is_imperative(&words) {
        let makes_one = matches!(reader.texts.get(1), Some(&("a" | "an")));
        let changes = Intent::CREATE.and(Intent::UPDATE);
        reader.sentence.intent = if makes_one { Intent::CREATE } else { changes };
    }
    if reader.leading.is_none() && !question && head.is_some_and(|head| grammar::is_listed(&words, head)) {
        reader.sentence.intent = Intent::READ;
    }
    for position in 0..words.len() {
        if !reader.taken[position] {
            reader.take(position);
        }
    }
    if reader.sentence.intent.is_unknown() && !question && grammar::demands(&words) {
        reader.sentence.intent = Intent::CREATE.and(Intent::UPDATE);
    }
    if !question && grammar::is_told(&words) {
        reader.sentence.intent = Intent::CREATE;
    }
    implied::add(&words, question, &mut reader.sentence);
    reader.sentence
}

/// Reads word after word.
struct Reader<'a> {
    words: &'a [Word],
    texts: Vec<&'a str>,
    /// Where the verb stands that says what is to be done.
    leading: Option<usize>,
    /// Words that belong to an expression that was read.
    taken: Vec<bool>,
    /// Where the thing stands that another is made into.
    made: Option<usize>,
    /// Where the thing stands that the sentence is about.
    head: Option<usize>,
    sentence: Sentence,
}

impl Reader<'_> {
    fn take(&mut self, position: usize) {
        let word = &self.words[position];
        let weight = self.weight(position);
        if !word.is_data
            && let Some((meaning, parts)) = thesaurus::expression(&self.texts[position..])
        {
            for part in parts {
                self.taken[position + part] = true;
            }
            return self.take_expression(meaning, weight);
        }
        if word.text == "stop" && grammar::is_undone(self.words, position) {
            return self.take_expression(UNDOING, weight);
        }
        if word.text == "who" {
            let meant = [("who", WHO_WEIGHT), ("person", WHO_WEIGHT / 2.0)];
            let meant = meant.map(|(text, weight)| Term::meant(text, weight));
            return self.sentence.terms.extend(meant);
        }
        let has_more = position + 1 < self.words.len();
        match lexicon::part(&word.text) {
            // What is about something is found by searching.
            Some(Part::Topic)
                if has_more && !self.sentence.is_about_one && self.sentence.intent.writes().is_unknown() =>
            {
                self.sentence.terms.push(Term::meant("search", TOPIC_WEIGHT));
            }
            Some(Part::Filler | Part::Announcement) => {}
            _ if lexicon::is_filler(&word.text) => {}
            part => self.take_word(position, part, weight),
        }
    }

    /// What stands earlier counts for more, and content for less.
    fn weight(&self, position: usize) -> f32 {
        let word = &self.words[position];
        let place = f32::from(u8::try_from(position).unwrap_or(u8::MAX));
        let weight = (1.0 - DECAY * place).max(0.5);
        if self.leading.is_some_and(|leading| leading < position) && grammar::is_negated(self.words, position) {
            return weight * DATA_WEIGHT;
        }
        let is_content = word.is_data || word.is_clause && !self.sentence.intent.writes().is_unknown();
        if is_content { weight * DATA_WEIGHT } else { weight }
    }

    /// Whether the word at `position` says how a thing is that was named before: "which files were shared".
    fn is_being(&self, position: usize) -> bool {
        if self.head.is_none_or(|head| head > position) {
            return false;
        }
        let before = position.checked_sub(1).map(|before| self.texts[before]);
        matches!(before, Some("is" | "are" | "was" | "were" | "been"))
    }

    /// Whether the word at `position` says which of several things is meant, not when: "the next invoice", not "next week".
    fn tells_which(&self, position: usize) -> bool {
        let next = self.texts.get(position + 1);
        self.texts[position] == "next" && next.is_some_and(|next| lexicon::part(next).is_none())
    }

    fn take_expression(&mut self, meaning: &str, mut weight: f32) {
        for (index, part) in meaning.split(' ').enumerate() {
            if part == "list" && self.sentence.is_about_one {
                // What is in one thing may be shown with it.
                continue;
            }
            let intent = thesaurus::intent(&stem(part));
            if index == 0 && self.sentence.intent.is_unknown() && !intent.is_unknown() {
                self.sentence.intent = intent;
                weight *= LEADING_WEIGHT;
            }
            self.sentence.terms.push(Term::meant(part, weight));
        }
    }

    fn take_word(&mut self, position: usize, part: Option<Part>, mut weight: f32) {
        let word = &self.words[position];
        let next = self.words.get(position + 1);
        let is_leading = self.leading == Some(position);
        let stem = stem(&word.text);
        let intent = thesaurus::intent(&stem);
        if is_leading && self.sentence.intent.is_unknown() {
            let others = intent.and_not(Intent::CREATE);
            // What has an identifier is there: "make ticket 61 urgent".
            self.sentence.intent = if self.sentence.is_about_one && others.shares(Intent::UPDATE) {
                others
            } else {
                grammar::narrowed(intent, next)
            };
        }
        if is_leading && grammar::is_obtained(self.words, position) {
            self.sentence.intent = Intent::READ.and(Intent::CREATE);
        }
        let asks = is_leading && grammar::asks_indirectly(self.words, position);
        let is_state = !is_leading
            && thesaurus::is_only_verb(&stem)
            && (word.text.ends_with("ed") || !grammar::stands_as_verb(self.words, position));
        for (applies, factor) in [
            (is_leading, LEADING_WEIGHT),
            (intent == Intent::READ, READING_WEIGHT),
            (asks, ASKING_WEIGHT),
            (word.text.ends_with("ing") && !is_leading, GERUND_WEIGHT),
            (word.is_identifier, IDENTIFIER_WEIGHT),
            (word.is_tag, TAG_WEIGHT),
            (
                !is_leading && self.made.is_some_and(|made| position + 1 < made),
                MATERIAL_WEIGHT,
            ),
            (word.is_address, DATA_WEIGHT),
            (part == Some(Part::Time) && !self.tells_which(position), DATA_WEIGHT),
            (part == Some(Part::Aspect), ASPECT_WEIGHT),
            (is_state, STATE_WEIGHT),
            (lexicon::is_state(&word.text) && !is_leading, QUALIFIER_WEIGHT),
            (
                !is_leading && !intent.is_unknown() && self.is_being(position),
                BEING_WEIGHT,
            ),
            (self.head == Some(position) && intent.is_unknown(), HEAD_WEIGHT),
        ] {
            if applies {
                weight *= factor;
            }
        }
        self.sentence.terms.push(Term {
            text: word.text.clone(),
            is_verb: is_leading || thesaurus::is_only_verb(&stem) && grammar::stands_as_verb(self.words, position),
            stem,
            weight,
            plural: is_plural(&word.text),
            is_head: self.head == Some(position) && !is_leading,
            is_place: self
                .head
                .is_some_and(|head| grammar::is_place(self.words, head, position)),
            is_word: !word.is_name && !word.is_identifier && !word.is_tag,
        });
    }
}

#[cfg(test)]
mod tests;

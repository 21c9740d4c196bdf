//! What a sentence is about without saying so: the message that is sent, its schedule, the person that a name stands for.
//!
//! Must never take away a word that is said.

use super::grammar;
use super::lexicon::{self, Part};
use super::sentence::{Sentence, Term};
use super::spoken::Word;
use super::stems::stem;
use super::thesaurus::{self, Intent};

/// Weight of "message" where words are sent: 'post "we are back"'.
const MESSAGE_WEIGHT: f32 = 0.8;
/// Weight of "schedule" where something is sent later.
const SCHEDULE_WEIGHT: f32 = 0.8;
/// Weight of "person" where a name stands: it may be somebody's, "remove Tom from the channel".
const PERSON_WEIGHT: f32 = 0.3;

/// Weight of "channel" where something has a number sign.
const CHANNEL_WEIGHT: f32 = 0.3;
/// Weight of "status" where somebody asks whether a thing is finished.
const STATUS_WEIGHT: f32 = 0.6;

/// Weight of "alive" where somebody asks whether something is up.
const ALIVE_WEIGHT: f32 = 0.8;
/// Weight of "permission" where somebody asks who may do something.
const RIGHTS_WEIGHT: f32 = 0.6;
/// Weight of "watch" and "alert" where somebody wants to be told when something happens.
const AWAITED_WEIGHT: f32 = 0.6;
/// Weight of "history" and "author" where somebody asks who did something.
const PAST_WEIGHT: f32 = 0.5;
/// Weight of "request" and "absence" where somebody takes a day off.
const ABSENCE_WEIGHT: f32 = 1.0;
/// Weight of "webhook" where an address is to be called.
const WEBHOOK_WEIGHT: f32 = 0.8;

/// Weight of "upload" where something is handed over: "here is the file".
const HANDED_WEIGHT: f32 = 0.5;

/// Adds to `sentence` the words that its `words` imply. They come last, so that words that belong together stay side by
/// side.
pub(super) fn add(words: &[Word], is_question: bool, sentence: &mut Sentence) {
    if sends_words(words) || asks_for_words(words, is_question) {
        sentence.terms.push(Term::meant("message", MESSAGE_WEIGHT));
    }
    if is_written_to(words) {
        for term in &mut sentence.terms {
            term.is_head = false;
        }
        sentence.terms.push(Term {
            is_head: true,
            ..Term::meant("message", MESSAGE_WEIGHT)
        });
    }
    if sentence.intent.shares(Intent::CREATE) && is_sent_later(words) {
        sentence.terms.push(Term::meant("schedule", SCHEDULE_WEIGHT));
    }
    let has = |text: &str| words.iter().any(|word| word.text == text);
    if words.iter().any(|word| word.is_tag) && !has("channel") {
        sentence.terms.push(Term::meant("channel", CHANNEL_WEIGHT));
    }
    if is_question && asks_for_life(words) {
        sentence.terms.push(Term::meant("alive", ALIVE_WEIGHT));
    }
    if is_question && asks_for_rights(words) {
        sentence.terms.push(Term::meant("permission", RIGHTS_WEIGHT));
    }
    if is_question && asks_for_end(words) {
        sentence.terms.push(Term::meant("status", STATUS_WEIGHT));
    }
    if !is_question && grammar::is_told(words) && !sentence.terms.iter().any(|term| term.stem == "messag") {
        sentence.terms.push(Term::meant("message", MESSAGE_WEIGHT));
    }
    if grammar::is_awaited(words) {
        sentence.intent = Intent::CREATE.and(Intent::UPDATE);
        for text in ["watch", "alert"] {
            sentence.terms.push(Term::meant(text, AWAITED_WEIGHT));
        }
    }
    if is_question && asks_who_did(words) {
        for text in ["history", "author"] {
            sentence.terms.push(Term::meant(text, PAST_WEIGHT));
        }
    }
    if takes_time_off(words) {
        sentence.terms.push(Term::meant("request", ABSENCE_WEIGHT));
        sentence.terms.push(Term::meant("absence", ABSENCE_WEIGHT));
    }
    if is_handed_over(words) {
        sentence.terms.push(Term::meant("upload", HANDED_WEIGHT));
    }
    if !is_question && is_called_back(words) {
        sentence.terms.push(Term::meant("webhook", WEBHOOK_WEIGHT));
    }
    let is_done_to_person = !sentence.intent.writes().is_unknown() && is_done_to_person(words);
    if is_done_to_person {
        for term in &mut sentence.terms {
            term.is_head = false;
        }
    }
    if is_done_to_person || words.iter().any(|word| word.is_name && !word.is_identifier) {
        sentence.terms.push(Term {
            is_head: is_done_to_person,
            ..Term::meant("person", PERSON_WEIGHT)
        });
    }
}

/// Whether somebody is written to: "text the customer", "message Ana".
fn is_written_to(words: &[Word]) -> bool {
    let [first, next, ..] = words else {
        return false;
    };
    !first.is_data
        && matches!(first.text.as_str(), "dm" | "message" | "text")
        && (next.is_name || lexicon::part(&next.text).is_some())
}

/// Whether the words that follow a verb such as "send" are what is sent, rather than a thing.
fn sends_words(words: &[Word]) -> bool {
    words.windows(2).any(|pair| {
        let sends = matches!(
            pair[0].text.as_str(),
            "post" | "reply" | "say" | "send" | "tell" | "write"
        );
        sends && !pair[0].is_data && pair[1].is_data
    })
}

/// Whether a question is about what somebody wrote: "what was said in the channel?".
fn asks_for_words(words: &[Word], is_question: bool) -> bool {
    let mut asked = words.iter().skip_while(|word| !is_question && word.text != "what");
    asked.any(|word| matches!(word.text.as_str(), "said" | "write" | "written" | "wrote"))
}

/// Whether a question is whether something has come to its end: "is the export done yet?".
fn asks_for_end(words: &[Word]) -> bool {
    words
        .iter()
        .any(|word| matches!(word.text.as_str(), "yet" | "done" | "finished" | "ready"))
}

/// Whether a question is whether something can be reached: "is the server up?".
fn asks_for_life(words: &[Word]) -> bool {
    words
        .last()
        .is_some_and(|last| matches!(last.text.as_str(), "up" | "down"))
}

/// Whether a question is what somebody may do.
fn asks_for_rights(words: &[Word]) -> bool {
    words
        .windows(2)
        .any(|pair| matches!(pair[0].text.as_str(), "who" | "whom") && matches!(pair[1].text.as_str(), "can" | "may"))
}

/// Whether a question is who has done something: "who edited the page last?".
fn asks_who_did(words: &[Word]) -> bool {
    words.windows(2).any(|pair| {
        let did = pair[1].text.ends_with("ed") || matches!(pair[1].text.as_str(), "made" | "wrote" | "did" | "sent");
        pair[0].text == "who" && did && !thesaurus::intent(&stem(&pair[1].text)).writes().is_unknown()
    })
}

/// Whether somebody will be absent: "take Friday off".
fn takes_time_off(words: &[Word]) -> bool {
    let from = words
        .iter()
        .position(|word| matches!(word.text.as_str(), "have" | "need" | "take" | "taking" | "want"));
    let mut after = from.map_or(&[][..], |from| &words[from + 1..]).iter().peekable();
    let mut times = 0;
    while after
        .next_if(|word| lexicon::part(&word.text).is_some() && word.text != "off")
        .is_some()
    {
        times += 1;
    }
    times > 0 && after.next().is_some_and(|word| word.text == "off")
}

/// Whether something is given along with the sentence: "here is the file".
fn is_handed_over(words: &[Word]) -> bool {
    words
        .windows(2)
        .any(|pair| pair[0].begins && matches!(pair[0].text.as_str(), "here" | "heres") && !pair[1].is_data)
}

/// Whether an address is to be called each time that something happens.
fn is_called_back(words: &[Word]) -> bool {
    let each_time = |word: &Word| matches!(word.text.as_str(), "when" | "whenever" | "every" | "each" | "once");
    words
        .iter()
        .any(|word| word.is_address && word.text.starts_with("http"))
        && words.iter().any(|word| !word.is_address && each_time(word))
}

/// Whether something is to be sent at a time that is still to come: "send a message tomorrow".
fn is_sent_later(words: &[Word]) -> bool {
    let spoken = || words.iter().filter(|word| !word.is_data);
    let is_time = |word: &Word| lexicon::part(&word.text) == Some(Part::Time);
    let is_sent = spoken().any(|word| matches!(word.text.as_str(), "message" | "post" | "publish" | "send"));
    is_sent
        && (spoken().any(|word| matches!(word.text.as_str(), "later" | "tomorrow" | "tonight"))
            || spoken()
                .zip(spoken().skip(1))
                .any(|(before, time)| matches!(before.text.as_str(), "at" | "next" | "on") && is_time(time)))
}

/// Whether it is a person that something is done to: a name or an address of mail before "to", "from" and the like, as in
/// "add Maria to the channel".
fn is_done_to_person(words: &[Word]) -> bool {
    let done_to = words
        .windows(2)
        .find(|pair| lexicon::is_preposition(&pair[1].text) && !pair[1].is_address);
    done_to.is_some_and(|pair| pair[0].is_name || pair[0].is_address)
}

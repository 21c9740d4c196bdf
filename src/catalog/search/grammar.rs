//! What the places of words in a sentence tell: where the verb is, what it is about, whether that is new.

use super::lexicon;
use super::spoken::Word;
use super::stems::{is_plural, stem};
use super::thesaurus::{self, Intent};

/// Where the verb stands that says what is to be done.
pub(super) fn leading_verb(words: &[Word]) -> Option<usize> {
    let spoken = || words.iter().enumerate().filter(|(_, word)| !word.is_data);
    let is_verb = |word: &Word| !thesaurus::intent(&stem(&word.text)).is_unknown();
    let is_participle =
        |word: &Word| word.text.ends_with("ed") || matches!(word.text.as_str(), "sent" | "paid" | "new");
    spoken()
        .find(|(position, word)| {
            is_verb(word)
                && !is_participle(word)
                && !is_plural(&word.text)
                && stands_as_verb(words, *position)
                && !(*position == 0 && is_state(words))
        })
        .or_else(|| {
            let is_told = |position| !describes(words, position);
            spoken().find(|(position, word)| {
                is_verb(word) && word.text.ends_with("ed") && !word.is_clause && is_told(*position)
            })
        })
        .or_else(|| spoken().find(|(_, word)| word.text == "new"))
        .map(|(position, _)| position)
}

/// Whether a participle says which of the things before it are meant: "orders placed since Monday".
fn describes(words: &[Word], position: usize) -> bool {
    let (before, from) = words.split_at(position);
    from.first().is_some_and(|word| word.text.ends_with("ed"))
        && before.last().is_some_and(|noun| is_plural(&noun.text) && !noun.is_name)
        && before.iter().all(|word| lexicon::part(&word.text).is_none())
}

/// Whether a first word that could be a verb says how several things are: "open incidents of the shop".
pub(super) fn is_state(words: &[Word]) -> bool {
    let [first, others @ ..] = words else {
        return false;
    };
    let mut others = others
        .iter()
        .take_while(|word| lexicon::part(&word.text).is_none() && !word.is_data);
    first.text == "open" && others.any(|word| is_plural(&word.text) && !word.is_name)
}

/// Whether the words only say which things are meant, as in "unpaid invoices of May": those are to be shown.
pub(super) fn is_listed(words: &[Word], head: usize) -> bool {
    let is_said = |word: &Word| {
        matches!(
            word.text.as_str(),
            "are" | "can" | "have" | "must" | "need" | "shall" | "should"
        )
    };
    let (before, others) = words.split_at(head + 1);
    let first = words[0].text.as_str();
    let is_noun = thesaurus::nouns_like(&stem(first)).next().is_some();
    // Any other first word may be a verb that is not known.
    (head == 0 || is_noun || lexicon::is_state(first))
        && is_plural(&words[head].text)
        && before.iter().all(|word| lexicon::part(&word.text).is_none())
        && !others.iter().any(is_said)
}

/// Where a verb stands that leaves it to the noun behind its article to say what is to be done: "make a copy", "run another
/// export".
pub(super) fn light_verb(words: &[Word]) -> Option<usize> {
    let is_light = |word: &Word| matches!(word.text.as_str(), "have" | "make" | "perform" | "run" | "take");
    let is_verb = |word: &Word| !thesaurus::intent(&stem(&word.text)).is_unknown() && !is_plural(&word.text);
    words.windows(3).enumerate().find_map(|(position, three)| {
        let is_one = matches!(three[1].text.as_str(), "a" | "an" | "another");
        // "Make a report template" is about a template.
        let ends = words
            .get(position + 3)
            .is_none_or(|next| lexicon::part(&next.text).is_some());
        let says_it = is_light(&three[0]) && is_one && is_verb(&three[2]) && ends;
        (says_it && !three[2].is_data && stands_as_verb(words, position)).then_some(position)
    })
}

/// Whether the words say that the thing is not there yet: "a new ticket", "create a ticket".
pub(super) fn is_new(words: &[Word]) -> bool {
    words
        .iter()
        .any(|word| !word.is_data && (word.text == "new" || word.text == "create" && word.begins))
}

/// Whether the words are about what belongs to the speaker: "my profile", "am I".
pub(super) fn is_own(words: &[Word]) -> bool {
    let own = |text: &str| matches!(text, "mine" | "my" | "myself" | "own");
    words.iter().any(|word| !word.is_data && own(&word.text))
        || words
            .windows(2)
            .any(|pair| matches!(pair[0].text.as_str(), "am" | "do" | "did") && pair[1].text == "i")
}

/// Whether the first word says what is to be done, although it is known as a thing only: "index the field".
pub(super) fn is_imperative(words: &[Word]) -> bool {
    let [first, second, ..] = words else {
        return false;
    };
    lexicon::part(&first.text).is_none()
        && !is_plural(&first.text)
        && matches!(
            second.text.as_str(),
            "a" | "an" | "the" | "this" | "that" | "my" | "our" | "all"
        )
}

/// What a verb of several meanings does to what follows: one opens "a ticket" that is new, and "the ticket" that is
/// there; one leaves "a comment", and "the channel".
pub(super) fn narrowed(intent: Intent, next: Option<&Word>) -> Intent {
    if !intent.shares(Intent::CREATE) {
        return intent;
    }
    let others = intent.and_not(Intent::CREATE);
    match next.map(|next| next.text.as_str()) {
        Some("a" | "an" | "another" | "new") => Intent::CREATE,
        Some("the" | "this" | "that" | "my" | "our" | "it") if !others.is_unknown() => others,
        _ => intent,
    }
}

/// Where the thing stands that the words are about: the last noun before "of", "about" and the like, a verb such as "is",
/// or an identifier.
pub(super) fn head(words: &[Word]) -> Option<usize> {
    let mut head = None;
    for (position, word) in words.iter().enumerate() {
        let text = word.text.as_str();
        let is_topic = lexicon::part(text) == Some(lexicon::Part::Topic);
        let ends = word.is_identifier
            || is_topic
            || lexicon::is_preposition(text)
            || lexicon::joins(text)
            || describes(words, position);
        if ends && head.is_some() {
            break;
        }
        let is_verb = thesaurus::is_only_verb(&stem(text)) && stands_as_verb(words, position);
        let is_noun = lexicon::part(text).is_none() && !is_verb;
        if !ends && is_noun && !word.is_data && !word.is_name && !word.is_tag {
            head = Some(position);
        }
    }
    head
}

/// Whether the words are a question. "Have the bot post it" is none, as "have we any bots" is.
pub(super) fn is_question(words: &[Word]) -> bool {
    let [first, others @ ..] = words else {
        return false;
    };
    let is_order = first.text == "have"
        && others.first().is_some_and(|next| {
            next.is_name
                || matches!(
                    next.text.as_str(),
                    "a" | "an" | "it" | "my" | "our" | "the" | "them" | "this"
                )
        });
    lexicon::begins_question(&first.text) && !is_order
}

/// Whether the words say how a thing should be: "the link should have a password".
pub(super) fn demands(words: &[Word]) -> bool {
    let said = |word: &Word| matches!(word.text.as_str(), "should" | "must" | "shall");
    words.first().is_some_and(|first| first.text == "have") || words.iter().any(|word| !word.is_data && said(word))
}

/// Whether the "stop" at `position` undoes what was done before: "stop sharing the file".
pub(super) fn is_undone(words: &[Word], position: usize) -> bool {
    let next = words.get(position + 1).filter(|next| next.text.ends_with("ing"));
    next.is_some_and(|next| !thesaurus::intent(&stem(&next.text)).is_unknown())
}

/// Whether the word at `position` is what is not to be done: "but don't send it yet".
pub(super) fn is_negated(words: &[Word], position: usize) -> bool {
    let before = position.checked_sub(1).map(|before| words[before].text.as_str());
    matches!(before, Some("dont" | "never" | "not" | "without"))
}

/// Whether somebody else is to be told something: "tell the channel that we are done", "let Ana know".
pub(super) fn is_told(words: &[Word]) -> bool {
    let [first, second, others @ ..] = words else {
        return false;
    };
    let is_speaker = matches!(second.text.as_str(), "me" | "us" | "it" | "each" | "which");
    !is_speaker
        && match first.text.as_str() {
            "tell" | "remind" | "warn" => {
                others.first().is_some_and(|next| next.text == "to")
                    || others.iter().any(|word| matches!(word.text.as_str(), "about" | "that"))
            }
            "let" => others.iter().any(|word| word.text == "know"),
            _ => false,
        }
}

/// Whether the speaker wants to be told when something happens: "let me know when the page changes".
pub(super) fn is_awaited(words: &[Word]) -> bool {
    words.windows(2).enumerate().any(|(position, pair)| {
        let tells = matches!(
            pair[0].text.as_str(),
            "alert" | "let" | "notify" | "ping" | "tell" | "warn"
        );
        let at_once = |word: &Word| matches!(word.text.as_str(), "as" | "if" | "once" | "when" | "whenever");
        tells
            && !pair[0].is_data
            && matches!(pair[1].text.as_str(), "me" | "us")
            && words[position + 2..].iter().take(2).any(at_once)
    })
}

/// Whether the verb at `position` only begins a question: "check whether the export is ready".
pub(super) fn asks_indirectly(words: &[Word], position: usize) -> bool {
    let asks = matches!(
        words[position].text.as_str(),
        "check" | "find" | "know" | "look" | "see" | "verify"
    );
    let next = words.get(position + 1).map(|next| next.text.as_str());
    asks && matches!(
        next,
        Some("how" | "if" | "what" | "when" | "where" | "whether" | "which" | "who")
    )
}

/// Whether something is to be had that may not be there yet: "get a certificate for the domain".
pub(super) fn is_obtained(words: &[Word], position: usize) -> bool {
    let shown = [
        "copy", "count", "hold", "link", "list", "look", "overview", "quick", "report", "sense", "single", "summary",
    ];
    let mut next = words[position + 1..].iter().map(|next| next.text.as_str());
    words[position].text == "get"
        && matches!(next.next(), Some("a" | "an" | "another"))
        && next.next().is_some_and(|thing| !shown.contains(&thing))
        && !words.iter().any(|word| word.is_identifier || word.text == "by")
}

/// Whether the thing at `head` is told by its identifier: "invoice 4711", "the status of invoice 4711".
pub(super) fn is_identified(words: &[Word], head: usize) -> bool {
    let is_named = |position: usize| words.get(position + 1).is_some_and(|next| next.is_identifier);
    let is_aspect = |word: &Word| {
        lexicon::part(&word.text) == Some(lexicon::Part::Aspect)
            || matches!(word.text.as_str(), "content" | "contents" | "state" | "status")
    };
    let of = words
        .get(head + 1)
        .is_some_and(|next| matches!(next.text.as_str(), "about" | "for" | "of" | "on"));
    is_named(head)
        || of
            && is_aspect(&words[head])
            && self::head(&words[head + 2..]).is_some_and(|thing| is_named(head + 2 + thing))
}

/// Whether the word at `position` is the one thing that the things at `head` are in or belong to: "the files in a folder".
pub(super) fn is_place(words: &[Word], head: usize, position: usize) -> bool {
    let between = words.get(head + 1..position).unwrap_or_default();
    is_plural(&words[head].text)
        && !is_plural(&words[position].text)
        && between.iter().any(|word| lexicon::is_preposition(&word.text))
}

/// Where the thing stands that another is made into: "store the file as a secret".
pub(super) fn made_into(words: &[Word]) -> Option<usize> {
    let begins = words.windows(2).position(|pair| {
        let is_thing = matches!(pair[1].text.as_str(), "a" | "an" | "another" | "my" | "our" | "the");
        pair[0].text == "as" && !pair[0].is_data && is_thing
    })?;
    let from = begins + 2;
    Some(from + head(&words[from..])?)
}

/// Whether the word at `position` is where a verb stands.
pub(super) fn stands_as_verb(words: &[Word], position: usize) -> bool {
    let before = position.checked_sub(1).map(|before| words[before].text.as_str());
    words[position].text.ends_with("ed") || can_be_told(before, words[position].begins)
}

/// Whether a word that is a verb or a noun is a verb after the word `before`.
fn can_be_told(before: Option<&str>, begins: bool) -> bool {
    begins
        || before.is_none_or(|before| {
            matches!(
                before,
                "to" | "please"
                    | "you"
                    | "and"
                    | "then"
                    | "i"
                    | "we"
                    | "lets"
                    | "us"
                    | "must"
                    | "should"
                    | "just"
                    | "also"
                    | "now"
                    | "not"
                    | "dont"
                    | "can"
                    | "could"
                    | "would"
                    | "id"
                    | "hey"
                    | "kindly"
                    | "quickly"
                    | "go"
                    | "help"
                    | "me"
                    | "it"
                    | "them"
                    | "or"
                    | "need"
            )
        })
}

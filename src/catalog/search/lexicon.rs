//! Words by what they do in a sentence.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What a word does in a sentence, whatever it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Holds the sentence together, and says nothing to a search.
    Filler,
    /// Says when something is or was; nearly anything can be asked of a time.
    Time,
    /// Comes before what a thing should contain or be called.
    Announcement,
    /// Comes before what something is about.
    Topic,
    /// What can be known of anything: "the details of the order".
    Aspect,
}

const FILLERS: &str = "\
    a again already also am an and any anything are as asap at be because been being but by can could currently \
    did do does doing don dont ever for from had has have having he hello her here hers hey hi him his i id if im in \
    into is it its ive just kindly least lets like ll may maybe me might mine my myself need needs no not now of on one \
    ones onto or our ours please re really right s shall she should so some somebody someone something still such than \
    thank thanks that thats the their them then there these they thing things this those to too today tomorrow under up \
    upon us using ve very via want wants was we well were what whats which will with within would yesterday you your \
    yours";

const TIMES: &str = "\
    monday tuesday wednesday thursday friday saturday sunday january february march april june july august september \
    october november december day days week weeks month months year years hour hours minute minutes morning evening \
    night midnight noon last next ago soon moment";

const ANNOUNCEMENTS: &str = "saying says titled called named";

const TOPICS: &str = "about concerning mention mentions regarding";

const ASPECTS: &str = "detail details info information";

/// Words that say how things are, and seldom what they are.
const STATES: &str = "\
    active available closed completed current existing expired failed inactive latest newest old oldest open outstanding \
    overdue past pending recent running stale top unread unpaid unused upcoming";

/// Words that begin a question.
const QUESTIONS: &str = "\
    what whats who whos whose whom which where wheres when how why is are was were am do does did has have any";

static PARTS: LazyLock<HashMap<&'static str, Part>> = LazyLock::new(|| {
    let lists = [
        (FILLERS, Part::Filler),
        (TIMES, Part::Time),
        (ANNOUNCEMENTS, Part::Announcement),
        (TOPICS, Part::Topic),
        (ASPECTS, Part::Aspect),
    ];
    let words = |(list, part): (&'static str, Part)| list.split_whitespace().map(move |word| (word, part));
    lists.into_iter().flat_map(words).collect()
});

/// What `word` does, if it is one of these.
pub(super) fn part(word: &str) -> Option<Part> {
    PARTS.get(word).copied()
}

/// Whether a word says nothing about the action whose name or text it stands in.
pub(super) fn is_filler(word: &str) -> bool {
    part(word) == Some(Part::Filler) || word == "about"
}

/// Whether `word` comes before what a thing belongs to, comes from or goes to.
pub(super) fn is_preposition(word: &str) -> bool {
    matches!(
        word,
        "at" | "by" | "for" | "from" | "in" | "into" | "of" | "on" | "onto" | "to" | "with"
    )
}

/// Whether `word` says how things are: "pending requests".
pub(super) fn is_state(word: &str) -> bool {
    STATES.split_whitespace().any(|known| known == word)
}

/// Whether `word` joins what is said about a thing to it.
pub(super) fn joins(word: &str) -> bool {
    matches!(
        word,
        "and" | "are" | "do" | "does" | "has" | "have" | "is" | "that" | "where" | "which" | "who"
    )
}

/// Whether `word` belongs to a verb that it may stand apart from: "pay out", "switch off".
pub(super) fn is_particle(word: &str) -> bool {
    matches!(
        word,
        "off" | "on" | "up" | "down" | "back" | "out" | "away" | "over" | "again"
    )
}

/// Whether a sentence that begins with `word` asks for something to read.
pub(super) fn begins_question(word: &str) -> bool {
    QUESTIONS.split(' ').any(|known| known == word)
}

//! The order of texts without a locale, for ASCII alone: scripts sort thousands of names, which takes the prelude's own
//! comparison, the one for all other texts, too long.

use crate::text::Text;

/// What stands before all letters, in order.
pub(super) const BEFORE_LETTERS: &str = "\t\n\u{b}\u{c}\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789";

/// What is said of texts that are not ASCII.
const NOT_HERE: i32 = 2;

const WEIGHTS: [u8; 128] = weights();

const fn weights() -> [u8; 128] {
    let mut weights = [0; 128];
    let order = BEFORE_LETTERS.as_bytes();
    let (mut at, mut weight) = (0, 1);
    while at < order.len() {
        weights[order[at] as usize] = weight;
        at += 1;
        weight += 1;
    }
    let mut letter = 0;
    while letter < 26 {
        weights[b'a' as usize + letter] = weight;
        weights[b'A' as usize + letter] = weight;
        letter += 1;
        weight += 1;
    }
    weights
}

/// -1, 0 or 1 as `one` stands before, with or behind `other`; [`NOT_HERE`] when they are not both ASCII.
pub(super) fn compare(one: Text, other: Text) -> i32 {
    let (one, other) = (one.0.as_bytes(), other.0.as_bytes());
    if !one.is_ascii() || !other.is_ascii() {
        return NOT_HERE;
    }
    let weight = |byte: &u8| WEIGHTS[usize::from(*byte)];
    let pairs = || one.iter().zip(other);
    let by_letters = pairs()
        .map(|(one, other)| weight(one).cmp(&weight(other)))
        .find(|order| order.is_ne())
        .unwrap_or_else(|| one.len().cmp(&other.len()));
    // Lower case first, at the first letter that differs.
    let by_case = || {
        pairs().find(|(one, other)| one != other).map(|(one, other)| {
            let is_upper = |byte: &u8| byte.is_ascii_uppercase();
            is_upper(one).cmp(&is_upper(other)).then(one.cmp(other))
        })
    };
    by_letters.then_with(|| by_case().unwrap_or(std::cmp::Ordering::Equal)) as i32
}

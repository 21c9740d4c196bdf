//! Words that nothing has as they are written: misspelt, cut short, written together or apart.

use super::index::{Index, TermId};
use super::stems::stem;

/// Words shorter than this are not guessed at: nearly every one of them is close to another.
const SHORTEST: usize = 5;
/// Most words that one word may stand for.
const MOST_GUESSES: usize = 4;
/// Most letters that a word may have beyond one that it is taken for. With more it is another: "screenshot" is no screen.
const LONGEST_ENDING: usize = 3;

/// Weight of a word that differs by one or two letters.
const MISSPELT: f32 = 0.7;
/// Weight of a word that begins like the one that was looked for.
const CUT_SHORT: f32 = 0.6;

/// The words that `word` may stand for, best first, and how sure that is.
pub(super) fn guesses(index: &Index, word: &str, stemmed: &str) -> Vec<(TermId, f32)> {
    let length = word.chars().count();
    if length < SHORTEST {
        return Vec::new();
    }
    let letters = letters_of(stemmed);
    let allowed = if length >= 8 { 2 } else { 1 };
    let mut found: Vec<(f32, usize, &str, TermId)> = Vec::new();
    for (known, term) in index.vocabulary() {
        // People seldom miss the first letter.
        if known.len() < SHORTEST - 1 || known.as_bytes().first() != stemmed.as_bytes().first() {
            continue;
        }
        let shorter = known.len().min(stemmed.len());
        if shorter >= SHORTEST
            && (known.starts_with(stemmed) || stemmed.starts_with(known) && stemmed.len() - shorter <= LONGEST_ENDING)
        {
            found.push((CUT_SHORT, known.len().abs_diff(stemmed.len()), known, term));
            continue;
        }
        // Comparing letter by letter is slow, and most words are far apart by their letters or lengths alone.
        if known.len().abs_diff(stemmed.len()) > allowed
            || (letters_of(known) ^ letters).count_ones() as usize > 2 * allowed
        {
            continue;
        }
        let distance = strsim::osa_distance(known, stemmed);
        if distance <= allowed {
            found.push((MISSPELT, distance, known, term));
        }
    }
    // By the word itself in the end, so that the same is found every time.
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(b.2)));
    found
        .into_iter()
        .take(MOST_GUESSES)
        .map(|(weight, _, _, term)| (term, weight))
        .collect()
}

/// The word that two words make when they are written as one: `time sheet`.
pub(super) fn joined(index: &Index, one: &str, other: &str) -> Option<TermId> {
    index.term(&stem(&format!("{one}{other}")))
}

/// The two words that were written as one: `timesheet`.
pub(super) fn apart(index: &Index, word: &str) -> Option<(TermId, TermId)> {
    let mut ends = word
        .char_indices()
        .map(|(at, _)| at)
        .filter(|at| *at >= 3 && word.len() - at >= 3);
    ends.find_map(|at| {
        let (one, other) = word.split_at(at);
        Some((index.term(&stem(one))?, index.term(&stem(other))?))
    })
}

/// Which letters a word has, one bit each.
fn letters_of(word: &str) -> u32 {
    word.bytes().fold(0, |letters, byte| letters | 1 << (byte & 31))
}

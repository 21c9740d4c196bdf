//! Finds what is written as in a URL: there `%20` stands for a space, and rules for plain text see nothing.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::LazyLock;

use percent_encoding::percent_decode_str;
use regex::{Captures, Regex};

/// How often one text is decoded: what was encoded twice is decoded by two readers.
const MOST_DECODINGS: usize = 3;

/// Words with a character in them that is written by its number.
static ENCODED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"[^\s"]*%[0-9A-Fa-f]{2}[^\s"]*"#).ok());

/// `text` after `redact`, and after it once more for what its words mean in a URL. Only words that `redact` changes are
/// written anew, and then without the encoding that they do not need.
pub(super) fn redact<'t>(text: &'t str, redact: &impl for<'a> Fn(&'a str) -> Cow<'a, str>) -> Cow<'t, str> {
    let clean = redact(text);
    let Some(words) = ENCODED.as_ref() else {
        return clean;
    };
    let decoded = words.replace_all(&clean, |word: &Captures<'_>| {
        let word = &word[0];
        redact_word(word, redact, MOST_DECODINGS).unwrap_or_else(|| word.to_owned())
    });
    match decoded {
        Cow::Owned(decoded) => Cow::Owned(decoded),
        Cow::Borrowed(_) => clean,
    }
}

/// The word without its secrets; `None` when it has none.
fn redact_word(word: &str, redact: &impl for<'a> Fn(&'a str) -> Cow<'a, str>, decodings: usize) -> Option<String> {
    let meant = percent_decode_str(word).decode_utf8_lossy();
    if meant == word {
        return None;
    }
    let mut clean = redact(&meant);
    if let Some(cleaner) = decodings
        .checked_sub(1)
        .and_then(|left| redact_word(&clean, redact, left))
    {
        clean = Cow::Owned(cleaner);
    }
    (clean != meant).then(|| one_word(&clean))
}

/// `text` with what would end a word, or be taken for something encoded, by its number.
fn one_word(text: &str) -> String {
    let mut word = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_whitespace() || character.is_control() || matches!(character, '"' | '%') {
            for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                // Writing to a string cannot fail.
                _ = write!(word, "%{byte:02X}");
            }
        } else {
            word.push(character);
        }
    }
    word
}

//! Characters that rearrange or hide what a person reads.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Stands in place of what must not be shown.
const REPLACEMENT: char = '\u{fffd}';

/// Whether `character` makes a terminal do something (C0, DEL, C1), turns the direction of what follows (UAX #9), or
/// breaks a line or takes no room where a reader does not expect it.
#[must_use]
pub fn is_disruptive(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// `text` as lines for a person: what is disruptive is replaced, line ends and tabs stay.
#[must_use]
pub fn legible(text: &str) -> Cow<'_, str> {
    let disrupts = |character: char| is_disruptive(character) && !matches!(character, '\n' | '\t');
    if text.contains(disrupts) {
        Cow::Owned(text.replace(disrupts, REPLACEMENT.encode_utf8(&mut [0; 4])))
    } else {
        Cow::Borrowed(text)
    }
}

/// [`legible`] on a single line.
#[must_use]
pub fn legible_line(text: &str) -> String {
    text.chars()
        .map(|character| {
            if is_disruptive(character) {
                REPLACEMENT
            } else {
                character
            }
        })
        .collect()
}

/// JSON text that says the same, with what is disruptive in its strings escaped.
///
/// Outside of strings JSON has no such characters but line ends and tabs, so every other one is in a string.
#[must_use]
pub fn legible_json(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        if is_disruptive(character) && !matches!(character, '\n' | '\t') {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a String cannot fail.
                write!(escaped, "\\u{unit:04x}").ok();
            }
        } else {
            escaped.push(character);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const HOSTILE: &str = "a\u{1b}[2J\u{7}\u{7f}\u{9b}31m\r\u{202e}\u{2066}\u{61c}\u{200b}\u{2028}\u{feff}\u{e0041}z";

    #[test]
    fn nothing_disruptive_is_left() {
        assert_eq!(legible(HOSTILE), legible_line(HOSTILE));
        assert!(!legible(HOSTILE).contains(is_disruptive));
        assert_eq!(legible_line("a\n\tb"), "a\u{fffd}\u{fffd}b");
        assert_eq!(legible("a\n\tb"), "a\n\tb");
        for harmless in ["", "plain", "Grüße, 世界 👍 עברית", "é e\u{301}"] {
            assert!(matches!(legible(harmless), Cow::Borrowed(_)), "{harmless}");
            assert_eq!(legible_line(harmless), harmless);
        }
    }

    #[test]
    fn json_says_the_same() {
        let value = json!({ HOSTILE: [HOSTILE, "plain\n\t\\u009b"] });
        let text = serde_json::to_string_pretty(&value).expect("JSON");
        let legible = legible_json(&text);
        assert!(!legible.contains(|character| is_disruptive(character) && character != '\n'));
        assert_eq!(serde_json::from_str::<Value>(&legible).expect("JSON"), value);
    }
}

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

/// Whether `character` shows nothing by itself, though texts have uses for it that are harmless where nobody decides by
/// them: joiners and fillers, and selectors of how the character before is drawn (`Default_Ignorable_Code_Point` of
/// UAX #44, and the blank of Braille).
fn is_unseen(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{206a}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0080}'..='\u{e0fff}'
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

/// [`legible_line`] for whoever decides by it: what shows nothing is replaced as well.
#[must_use]
pub fn evident_line(text: &str) -> String {
    legible_line(text).replace(is_unseen, REPLACEMENT.encode_utf8(&mut [0; 4]))
}

/// JSON text that says the same, with what is disruptive in its strings escaped.
///
/// Outside of strings JSON has no such characters but line ends and tabs, so every other one is in a string.
#[must_use]
pub fn legible_json(json: &str) -> String {
    escaped(json, is_disruptive)
}

/// [`legible_json`] for whoever decides by it: what shows nothing is escaped as well. None of that stands outside of
/// strings either.
#[must_use]
pub fn evident_json(json: &str) -> String {
    escaped(json, |character| is_disruptive(character) || is_unseen(character))
}

fn escaped(json: &str, is_meant: impl Fn(char) -> bool) -> String {
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        if is_meant(character) && !matches!(character, '\n' | '\t') {
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
    fn whoever_decides_sees_what_shows_nothing() {
        let text = "pay\u{3164}al\u{fe0f} \u{2800}\u{ad}\u{e0100}z 世界";
        assert_eq!(legible_line(text), text);
        let shown = "pay\u{fffd}al\u{fffd} \u{fffd}\u{fffd}\u{fffd}z 世界";
        assert_eq!(evident_line(text), shown);
        assert!(!evident_line(HOSTILE).contains(is_disruptive));
        let json = json!([text, HOSTILE]).to_string();
        let evident = evident_json(&json);
        assert!(
            !evident.contains(|character| is_unseen(character) || is_disruptive(character)),
            "{evident}"
        );
        assert_eq!(
            serde_json::from_str::<Value>(&evident).expect("JSON"),
            json!([text, HOSTILE])
        );
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

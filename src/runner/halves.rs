//! Halves of characters: texts of JavaScript, Java and .NET are made of UTF-16, and one that was cut in the middle of a
//! character ends in half of it. JSON can write that down (RFC 8259, section 8.2), and nobody can read it as text.

use serde_json::Value;

/// What stands for half a character.
const REPLACEMENT: &str = "\\ufffd";

/// Length of `\uXXXX`.
const ESCAPE: usize = 6;

/// The value that `json` writes down, with U+FFFD for every half of a character.
///
/// # Errors
/// When it is no JSON.
pub(super) fn read(json: &str) -> serde_json::Result<Value> {
    serde_json::from_str(json).or_else(|error| match replaced(json) {
        Some(whole) => serde_json::from_str(&whole),
        None => Err(error),
    })
}

/// `json` with every half of a character replaced by U+FFFD; nothing when there is none.
fn replaced(json: &str) -> Option<String> {
    let mut whole = String::new();
    let mut kept = 0;
    let mut at = 0;
    while let Some(next) = json[at..].find('\\') {
        at += next;
        match unit(&json[at..]) {
            Some(0xd800..=0xdbff) if matches!(unit(&json[at + ESCAPE..]), Some(0xdc00..=0xdfff)) => at += 2 * ESCAPE,
            Some(0xd800..=0xdfff) => {
                whole.push_str(&json[kept..at]);
                whole.push_str(REPLACEMENT);
                at += ESCAPE;
                kept = at;
            }
            Some(_) => at += ESCAPE,
            // What follows may be a backslash, which begins nothing then.
            None => at += 1 + json[at + 1..].chars().next().map_or(0, char::len_utf8),
        }
    }
    if kept == 0 {
        return None;
    }
    whole.push_str(&json[kept..]);
    Some(whole)
}

/// The unit of UTF-16 that `text` begins with, when that is written as an escape.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_replaced_and_nothing_else() {
        for (json, expected) in [
            (r#"{"a":"Party \ud83c"}"#, Some(r#"{"a":"Party \ufffd"}"#)),
            (
                r#"["\udf89x","\ud83c\ud83c\udf89"]"#,
                Some(r#"["\ufffdx","\ufffd\ud83c\udf89"]"#),
            ),
            (r#"{"\uD83C":1}"#, Some(r#"{"\ufffd":1}"#)),
            (r#""\ud83c\udf89 \u00e9 \n""#, None),
            (r#""\\ud83c""#, None),
            (r#""\\\ud83c""#, Some(r#""\\\ufffd""#)),
            (r#""\ud8""#, None),
            ("\"\\", None),
            ("\"\\é", None),
        ] {
            assert_eq!(replaced(json).as_deref(), expected, "{json}");
        }
    }
}

//! The names of users, organisations and keys, as operators give them.

use super::access_key::PREFIX;
use crate::diagnostics::is_disruptive;

/// The longest such name, in characters.
pub const LONGEST_NAME: usize = 128;

/// Why a text is no name. Does not repeat it: it may be a secret in the wrong place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAName {
    /// It begins like a key.
    #[error("that looks like a key, not a name")]
    Key,
    /// It has spaces around it: a caller's name has none, so nobody would be meant by it.
    #[error("there are spaces around the name; leave them out")]
    Spaces,
    /// It is empty or too long, or cannot be shown.
    #[error("write 1 to {LONGEST_NAME} visible characters")]
    Unfit,
}

/// Whether `text` may be the name of a user, an organisation or a key.
///
/// # Errors
/// [`NotAName`].
pub fn check_name(text: &str) -> Result<(), NotAName> {
    if text.starts_with(PREFIX) {
        return Err(NotAName::Key);
    }
    if text.is_empty() || text.chars().count() > LONGEST_NAME || text.contains(is_disruptive) {
        return Err(NotAName::Unfit);
    }
    if text.trim() != text {
        return Err(NotAName::Spaces);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_can_be_shown() {
        for text in ["ana", "Ana María", "ana@example.com", &"x".repeat(LONGEST_NAME)] {
            assert_eq!(check_name(text), Ok(()), "{text}");
        }
        for (text, problem) in [
            ("", NotAName::Unfit),
            (" ana", NotAName::Spaces),
            ("a\nb", NotAName::Unfit),
            ("a\u{1b}[1m", NotAName::Unfit),
            ("user\u{202e}txt", NotAName::Unfit),
            ("tgk_0123", NotAName::Key),
            (&"x".repeat(LONGEST_NAME + 1), NotAName::Unfit),
        ] {
            assert_eq!(check_name(text), Err(problem), "{text:?}");
        }
    }
}

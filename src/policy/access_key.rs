//! The text of a key for remote callers: `tgk_<identifier>_<secret>`.
//!
//! The prefix lets scanners find keys that lie where they should not: `tgk_[0-9a-f]{16}_[0-9a-f]{64}`. The identifier
//! is no secret. The secret is 256 random bits, which nobody can guess, so a plain SHA-256 of the text is enough to
//! recognise it by and gives nothing away.

use secrecy::{ExposeSecret as _, SecretString};

use crate::crypto::{self, RandomUnavailable};

/// What every key begins with.
pub const PREFIX: &str = "tgk_";

/// Random bytes of the identifier and of the secret.
const IDENTIFIER_BYTES: usize = 8;
const SECRET_BYTES: usize = 32;

/// A key that was just made. Its text exists here and with whoever gets it, nowhere else.
pub struct NewKey {
    /// Names the key; 16 hexadecimal digits.
    pub id: String,
    /// The whole text.
    pub text: SecretString,
    /// What to keep of it.
    pub hash: String,
}

/// A key as somebody shows it: of the right form, nothing more is known of it.
pub struct ShownKey<'a> {
    id: &'a str,
    text: &'a str,
}

impl NewKey {
    /// Makes a key.
    ///
    /// # Errors
    /// [`RandomUnavailable`] when the operating system has no randomness to give.
    pub fn make() -> Result<Self, RandomUnavailable> {
        let id = crypto::random_hex::<IDENTIFIER_BYTES>()?;
        let secret = SecretString::from(crypto::random_hex::<SECRET_BYTES>()?);
        let text = SecretString::from(format!("{PREFIX}{id}_{}", secret.expose_secret()));
        let hash = crypto::sha256_hex(text.expose_secret().as_bytes());
        Ok(Self { id, text, hash })
    }
}

impl<'a> ShownKey<'a> {
    /// Reads a key; `None` for what cannot be one.
    #[must_use]
    pub fn read(text: &'a str) -> Option<Self> {
        let (id, secret) = text.strip_prefix(PREFIX)?.split_once('_')?;
        let fits = is_hexadecimal(id, IDENTIFIER_BYTES) && is_hexadecimal(secret, SECRET_BYTES);
        fits.then_some(Self { id, text })
    }

    /// Which key it says it is.
    #[must_use]
    pub fn id(&self) -> &'a str {
        self.id
    }

    /// Whether it is the key that `hash` was kept of. Takes the same time whatever they have in common.
    #[must_use]
    pub fn matches(&self, hash: &str) -> bool {
        crypto::equal_in_constant_time(crypto::sha256_hex(self.text.as_bytes()).as_bytes(), hash.as_bytes())
    }
}

/// The identifier in what a person copied: the identifier itself, with or without the prefix, or a whole key. `None`
/// for anything else, which may be a secret and must not be repeated.
#[must_use]
pub fn identifier(text: &str) -> Option<&str> {
    let text = text.strip_prefix(PREFIX).unwrap_or(text);
    let id = text.split_once('_').map_or(text, |(id, _)| id);
    is_hexadecimal(id, IDENTIFIER_BYTES).then_some(id)
}

fn is_hexadecimal(text: &str, bytes: usize) -> bool {
    text.len() == 2 * bytes && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_recognised_by_what_is_kept_of_it() {
        let key = NewKey::make().unwrap();
        let other = NewKey::make().unwrap();
        let text = key.text.expose_secret();
        let shown = ShownKey::read(text).unwrap();
        assert_eq!(shown.id(), key.id);
        assert!(shown.matches(&key.hash));
        assert!(!shown.matches(&other.hash) && !shown.matches("") && !shown.matches(&key.hash[1..]));
        assert!(!key.hash.contains(&text[PREFIX.len()..]));
        assert_ne!(other.id, key.id);
        // The identifier of one key and the secret of another.
        let mixed = format!("{PREFIX}{}_{}", key.id, &other.text.expose_secret()[21..]);
        assert!(!ShownKey::read(&mixed).unwrap().matches(&key.hash));
    }

    #[test]
    fn the_form_is_what_scanners_look_for() {
        let key = NewKey::make().unwrap();
        let text = key.text.expose_secret();
        assert_eq!((text.len(), &text[..4], &text[20..21]), (4 + 16 + 1 + 64, "tgk_", "_"));
        for broken in [
            "",
            "tgk_",
            "tgk_0123456789abcdef",
            "tgk_0123456789abcdef_",
            &text[..84],
            &text[1..],
            &text.to_uppercase(),
            &format!("{text}0"),
            &format!(" {text}"),
            &format!("{text}\n"),
        ] {
            assert!(ShownKey::read(broken).is_none(), "{broken:?}");
        }
    }

    #[test]
    fn the_identifier_is_found_in_whatever_was_copied() {
        let id = "0123456789abcdef";
        let secret = "a".repeat(64);
        for text in [
            id.to_owned(),
            format!("tgk_{id}"),
            format!("tgk_{id}_…"),
            format!("tgk_{id}_{secret}"),
        ] {
            assert_eq!(identifier(&text), Some(id), "{text}");
        }
        for text in ["", "tgk_", "0123", "0123456789ABCDEF", &secret] {
            assert_eq!(identifier(text), None, "{text}");
        }
    }
}

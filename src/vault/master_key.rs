//! The key that all others are sealed with.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use crate::crypto::{KEY_LENGTH, RandomUnavailable, SealingKey, hex};

/// What a master key may look like in a variable or a file.
const FORM: &str = "32 random bytes in base64, or as 64 hexadecimal digits";

/// Bytes of the identifier of a key.
const ID_LENGTH: usize = 8;

/// A master key. Has no `Debug` and no `Serialize`.
pub(super) struct MasterKey {
    id: String,
    wrapping: SealingKey,
}

impl MasterKey {
    fn new(key: &SealingKey) -> Self {
        // The identifier is derived like a key of its own: it says nothing about the others.
        let id = key.derive(b"toolgate vault: identifier of the master key, version 1");
        Self {
            id: hex(&id.bytes()[..ID_LENGTH]),
            wrapping: key.derive(b"toolgate vault: sealing of data keys, version 1"),
        }
    }

    /// Reads a key as [`FORM`] says; spaces and line ends around it do not count.
    pub(super) fn parse(text: &str) -> Result<Self, MalformedKey> {
        let bytes = decoded(text.trim()).ok_or(MalformedKey)?;
        Ok(Self::new(&SealingKey::new(*bytes)))
    }

    /// A new key, and the line to keep it as.
    pub(super) fn generate() -> Result<(Self, Zeroizing<String>), RandomUnavailable> {
        let key = SealingKey::random()?;
        let line = Zeroizing::new(STANDARD.encode(key.bytes()) + "\n");
        Ok((Self::new(&key), line))
    }

    /// Tells keys apart, without saying anything about them: 16 hexadecimal digits.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// The key for sealing the keys of secrets.
    pub(super) fn wrapping(&self) -> &SealingKey {
        &self.wrapping
    }
}

/// The bytes of a key in any form of [`FORM`].
pub(super) fn decoded(text: &str) -> Option<Zeroizing<[u8; KEY_LENGTH]>> {
    let bytes = Zeroizing::new(if text.len() == KEY_LENGTH * 2 {
        let digit = |character: char| u8::try_from(character.to_digit(16)?).ok();
        let digits = Zeroizing::new(text.chars().map(digit).collect::<Option<Vec<u8>>>()?);
        digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
    } else {
        [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD]
            .iter()
            .find_map(|base64| base64.decode(text).ok())?
    });
    let mut key = Zeroizing::new([0; KEY_LENGTH]);
    if bytes.len() != KEY_LENGTH {
        return None;
    }
    key.copy_from_slice(&bytes);
    Some(key)
}

/// A text is no master key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is not a key: write {}, e.g. what `openssl rand -base64 32` prints", FORM)]
pub struct MalformedKey;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_in_every_form_that_is_stated() {
        let hexadecimal = "fb".repeat(32);
        let bytes = [0xfb; 32];
        let id = MasterKey::parse(&hexadecimal).ok().unwrap().id;
        assert_eq!(id.len(), 16);
        for text in [
            STANDARD.encode(bytes),
            STANDARD_NO_PAD.encode(bytes),
            URL_SAFE.encode(bytes),
            URL_SAFE_NO_PAD.encode(bytes),
            hexadecimal.to_uppercase(),
            format!("  {hexadecimal}\r\n"),
        ] {
            assert_eq!(MasterKey::parse(&text).ok().unwrap().id, id, "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_key() {
        for text in [
            String::new(),
            "fb".repeat(31),
            "fb".repeat(33),
            "+f".repeat(32),
            "äb".repeat(21) + "a",
            STANDARD.encode([0xfb; 31]),
            STANDARD.encode([0xfb; 33]),
            format!("{}*", &STANDARD.encode([0xfb; 32])[..43]),
        ] {
            assert_eq!(MasterKey::parse(&text).err(), Some(MalformedKey), "{text}");
        }
    }

    #[test]
    fn a_new_key_is_read_back_from_its_line() {
        let (key, line) = MasterKey::generate().unwrap();
        assert_eq!(MasterKey::parse(&line).ok().unwrap().id, key.id);
        assert_ne!(MasterKey::generate().unwrap().0.id, key.id);
    }
}

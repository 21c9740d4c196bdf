//! The one place that names ring: hashes, random identifiers, sealing, and the TLS provider.
//!
//! Must never know what it hashes or seals, or why: no connector, call or store type appears here.

mod hashing;
mod sealing;

pub use hashing::{Digest, HashAlgorithm, HashingKey, Hmac, KeyedHash};
pub use sealing::{KEY_LENGTH, NotOpened, SealError, SealingKey};

use ring::rand::{SecureRandom, SystemRandom};
use ring::{digest, hmac};

/// SHA-256 of `bytes` as 64 lowercase hexadecimal digits.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// SHA-256 of several parts. Each part's length is hashed too, so that moving a byte from one part to the next changes
/// the result.
#[must_use]
pub fn sha256_of_parts<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

/// `N` bytes from the operating system's random source.
///
/// # Errors
/// [`RandomUnavailable`] when the operating system has no randomness to give.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], RandomUnavailable> {
    let mut bytes = [0; N];
    fill_random(&mut bytes)?;
    Ok(bytes)
}

/// Fills `bytes` from the operating system's random source.
///
/// # Errors
/// [`RandomUnavailable`] when the operating system has no randomness to give.
pub fn fill_random(bytes: &mut [u8]) -> Result<(), RandomUnavailable> {
    SystemRandom::new().fill(bytes).map_err(|_| RandomUnavailable)
}

/// A random identifier of 128 bits as 32 hexadecimal digits: long enough that it cannot be guessed.
///
/// # Errors
/// [`RandomUnavailable`] when the operating system has no randomness to give.
pub fn random_id() -> Result<String, RandomUnavailable> {
    Ok(hex(&random_bytes::<16>()?))
}

/// `N` random bytes as hexadecimal digits.
///
/// # Errors
/// [`RandomUnavailable`] when the operating system has no randomness to give.
pub fn random_hex<const N: usize>() -> Result<String, RandomUnavailable> {
    Ok(hex(&random_bytes::<N>()?))
}

/// Whether two texts are equal, in a time that depends on neither's contents.
#[must_use]
pub fn equal_in_constant_time(one: &[u8], other: &[u8]) -> bool {
    // ring compares in constant time only as part of verifying, so both are turned into tags under one key.
    let key = hmac::Key::new(hmac::HMAC_SHA256, &[]);
    hmac::verify(&key, one, hmac::sign(&key, other).as_ref()).is_ok()
}

/// The operating system could not provide random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the operating system's random source is not available")]
pub struct RandomUnavailable;

/// Makes ring the process-wide TLS provider. Calling it again changes nothing.
pub fn install_tls_provider() {
    // An error means that a provider is already installed: that was an earlier call of this function.
    drop(rustls::crypto::ring::default_provider().install_default());
}

/// `bytes` as lowercase hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value & 0x0f)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_written_in_lowercase_digits() {
        // FIPS 180-2, appendix B.1.
        assert_eq!(
            sha256_hex(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn equal_means_every_byte() {
        let table = [
            ("", "", true),
            ("a", "a", true),
            ("a", "b", false),
            ("a", "aa", false),
            ("ab", "ba", false),
        ];
        for (one, other, equal) in table {
            assert_eq!(
                equal_in_constant_time(one.as_bytes(), other.as_bytes()),
                equal,
                "{one} {other}"
            );
        }
    }

    #[test]
    fn parts_cannot_be_shifted_into_each_other() {
        let hash = |parts: &[&[u8]]| sha256_of_parts(parts.iter().copied());
        assert_eq!(hash(&[b"ab", b"c"]), hash(&[b"ab", b"c"]));
        assert_ne!(hash(&[b"ab", b"c"]), hash(&[b"a", b"bc"]));
        assert_ne!(hash(&[b"abc"]), hash(&[b"abc", b""]));
    }
}

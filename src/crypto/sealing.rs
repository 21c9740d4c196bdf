//! Authenticated encryption: AES-256-GCM (NIST SP 800-38D), with a random nonce in front of what is sealed.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use zeroize::Zeroizing;

use super::{RandomUnavailable, random_bytes};

/// Length of a key in bytes.
pub const KEY_LENGTH: usize = 32;

/// A key for sealing. Wiped from memory when it is dropped; has no `Debug` and no `Serialize`.
#[derive(Clone)]
pub struct SealingKey(Zeroizing<[u8; KEY_LENGTH]>);

impl SealingKey {
    /// A key of these bytes, which must be random.
    #[must_use]
    pub fn new(bytes: [u8; KEY_LENGTH]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// A new key.
    ///
    /// # Errors
    /// [`RandomUnavailable`] when the operating system has no randomness to give.
    pub fn random() -> Result<Self, RandomUnavailable> {
        random_bytes().map(Self::new)
    }

    /// The key itself, to be sealed with another one or written to a file of its owner.
    #[must_use]
    pub fn bytes(&self) -> &[u8; KEY_LENGTH] {
        &self.0
    }

    /// The key for `purpose`, from which neither this one nor that of another purpose can be found: HKDF-Expand with
    /// SHA-256 (RFC 5869 section 2.3). Extraction is skipped, since this key is random already (section 3.3).
    #[must_use]
    pub fn derive(&self, purpose: &[u8]) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.as_slice());
        let mut context = hmac::Context::with_key(&key);
        context.update(purpose);
        context.update(&[1]);
        let mut derived = Zeroizing::new([0; KEY_LENGTH]);
        derived.copy_from_slice(context.sign().as_ref());
        Self(derived)
    }

    /// Seals `plain`. `associated` is not kept in the result: whoever opens it has to bring the same.
    ///
    /// # Errors
    /// [`SealError`] when there is no randomness, or when `plain` is longer than the algorithm allows (64 GiB).
    pub fn seal(&self, plain: &[u8], associated: &[u8]) -> Result<Vec<u8>, SealError> {
        let nonce = random_bytes::<NONCE_LEN>()?;
        // Made in the final size: growing would leave copies of `plain` behind.
        let mut sealed = Vec::with_capacity(NONCE_LEN + plain.len() + AES_256_GCM.tag_len());
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let tag = self
            .cipher()
            .and_then(|cipher| {
                let nonce = Nonce::assume_unique_for_key(nonce);
                cipher.seal_in_place_separate_tag(nonce, Aad::from(associated), &mut sealed[NONCE_LEN..])
            })
            .map_err(|_| SealError::Refused)?;
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    /// Opens what [`SealingKey::seal`] made with the same key and the same `associated`.
    ///
    /// # Errors
    /// [`NotOpened`] for anything else, down to a single flipped bit.
    pub fn open(&self, sealed: &[u8], associated: &[u8]) -> Result<Zeroizing<Vec<u8>>, NotOpened> {
        let (nonce, rest) = sealed.split_at_checked(NONCE_LEN).ok_or(NotOpened)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| NotOpened)?;
        let mut buffer = Zeroizing::new(rest.to_vec());
        let length = self
            .cipher()
            .and_then(|cipher| {
                let plain = cipher.open_in_place(nonce, Aad::from(associated), &mut buffer)?;
                Ok(plain.len())
            })
            .map_err(|_| NotOpened)?;
        buffer.truncate(length);
        Ok(buffer)
    }

    fn cipher(&self) -> Result<LessSafeKey, ring::error::Unspecified> {
        UnboundKey::new(&AES_256_GCM, self.0.as_slice()).map(LessSafeKey::new)
    }
}

/// Something cannot be sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// There is no randomness for a nonce.
    #[error(transparent)]
    Random(#[from] RandomUnavailable),
    /// It is too long.
    #[error("it is too long to be sealed")]
    Refused,
}

/// Something cannot be opened: another key, other associated data, or changed since it was sealed. Which of them, the
/// algorithm cannot tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it was changed since it was sealed, or sealed for something else")]
pub struct NotOpened;

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(digits: &str) -> Vec<u8> {
        let digit = |character: char| u8::try_from(character.to_digit(16).unwrap()).unwrap();
        let digits: Vec<u8> = digits.chars().map(digit).collect();
        digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
    }

    #[test]
    fn the_published_vector_opens() {
        // "The Galois/Counter Mode of Operation", McGrew and Viega, test case 14.
        let sealed = bytes(concat!(
            "000000000000000000000000",
            "cea7403d4d606b6e074ec5d3baf39d18",
            "d0d1c8a799996bf0265b98b5d48ab919"
        ));
        let opened = SealingKey::new([0; KEY_LENGTH]).open(&sealed, b"").unwrap();
        assert_eq!(*opened, [0; 16]);
    }

    #[test]
    fn keys_are_derived_as_published() {
        // RFC 5869 appendix A.1: its PRK and info, and the first 32 bytes of its OKM.
        let key = bytes("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
        let derived = SealingKey::new(key.try_into().unwrap()).derive(&bytes("f0f1f2f3f4f5f6f7f8f9"));
        let expected = bytes("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
        assert_eq!(derived.bytes().as_slice(), expected);
    }

    #[test]
    fn what_is_sealed_opens_with_the_same_key_and_data_only() {
        let key = SealingKey::random().unwrap();
        for plain in [b"".as_slice(), b"canary", &[7; 5000]] {
            let sealed = key.seal(plain, b"name").unwrap();
            assert_eq!(*key.open(&sealed, b"name").unwrap(), plain);
            assert_eq!(key.open(&sealed, b"other").unwrap_err(), NotOpened);
            let other = SealingKey::random().unwrap();
            assert_eq!(other.open(&sealed, b"name").unwrap_err(), NotOpened);
        }
    }

    #[test]
    fn no_bit_can_be_flipped_and_no_byte_be_cut() {
        let key = SealingKey::random().unwrap();
        let sealed = key.seal(b"canary", b"name").unwrap();
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(key.open(&changed, b"name").unwrap_err(), NotOpened, "bit {bit}");
        }
        for length in 0..sealed.len() {
            assert_eq!(key.open(&sealed[..length], b"name").unwrap_err(), NotOpened, "{length}");
        }
    }

    #[test]
    fn sealing_twice_gives_different_bytes_that_do_not_show_what_they_hold() {
        let key = SealingKey::random().unwrap();
        let [first, second] = [(); 2].map(|()| key.seal(b"canary", b"").unwrap());
        assert_ne!(first, second);
        assert!(!first.windows(6).any(|window| window == b"canary"));
    }
}

//! Hashes and message authentication codes of data that comes in pieces.

use std::io;

use ring::{digest, hmac};

use super::{KEY_LENGTH, hex};

/// A hash function that APIs ask for. SHA-1 is only for those that still sign with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashAlgorithm {
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

/// A hash that is being made.
#[derive(Clone)]
pub struct Digest(digest::Context);

impl Digest {
    /// The hash of nothing so far.
    #[must_use]
    pub fn new(algorithm: HashAlgorithm) -> Self {
        let algorithm = match algorithm {
            HashAlgorithm::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            HashAlgorithm::Sha256 => &digest::SHA256,
            HashAlgorithm::Sha384 => &digest::SHA384,
            HashAlgorithm::Sha512 => &digest::SHA512,
        };
        Self(digest::Context::new(algorithm))
    }

    /// Adds the next piece.
    pub fn update(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    /// The hash.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.0.finish().as_ref().to_vec()
    }
}

/// A message authentication code (RFC 2104) that is being made.
#[derive(Clone)]
pub struct Hmac(hmac::Context);

impl Hmac {
    /// The code of nothing so far, under `key`.
    #[must_use]
    pub fn new(algorithm: HashAlgorithm, key: &[u8]) -> Self {
        let algorithm = match algorithm {
            HashAlgorithm::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            HashAlgorithm::Sha256 => hmac::HMAC_SHA256,
            HashAlgorithm::Sha384 => hmac::HMAC_SHA384,
            HashAlgorithm::Sha512 => hmac::HMAC_SHA512,
        };
        Self(hmac::Context::with_key(&hmac::Key::new(algorithm, key)))
    }

    /// Adds the next piece.
    pub fn update(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    /// The code.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.0.sign().as_ref().to_vec()
    }
}

/// A key for hashes that nobody can repeat without it: HMAC with SHA-256 (RFC 2104). Has no `Debug` and no `Serialize`.
#[derive(Clone)]
pub struct HashingKey(hmac::Key);

impl HashingKey {
    /// A key of these bytes, which must be random.
    #[must_use]
    pub fn new(bytes: &[u8; KEY_LENGTH]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// The hash of nothing so far, under this key.
    #[must_use]
    pub fn begin(&self) -> KeyedHash {
        KeyedHash(hmac::Context::with_key(&self.0))
    }
}

/// A hash under a [`HashingKey`] that is being made. No more than a block of what is written to it is kept.
pub struct KeyedHash(hmac::Context);

impl KeyedHash {
    /// The hash as 64 lowercase hexadecimal digits.
    #[must_use]
    pub fn finish_hex(self) -> String {
        hex(self.0.sign().as_ref())
    }
}

impl io::Write for KeyedHash {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.0.update(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn hashes_are_those_of_the_standard() {
        // FIPS 180-2 and its SHA-384 and SHA-512 parts: the one-block message "abc".
        let table = [
            (HashAlgorithm::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (
                HashAlgorithm::Sha256,
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            ),
            (
                HashAlgorithm::Sha384,
                "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
            ),
            (
                HashAlgorithm::Sha512,
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            ),
        ];
        for (algorithm, expected) in table {
            let mut digest = Digest::new(algorithm);
            digest.update(b"a");
            digest.update(b"bc");
            assert_eq!(hex(&digest.finish()), expected, "{algorithm:?}");
        }
    }

    fn hash_hex(key: &HashingKey, pieces: &[&[u8]]) -> String {
        let mut hash = key.begin();
        for piece in pieces {
            hash.write_all(piece).expect("hashing takes everything");
        }
        hash.finish_hex()
    }

    #[test]
    fn a_keyed_hash_is_that_of_the_standard() {
        // RFC 4231 case 1, whose key is filled up with zeroes: HMAC does the same (RFC 2104, section 2).
        let mut key = [0; KEY_LENGTH];
        key[..20].fill(0x0b);
        assert_eq!(
            hash_hex(&HashingKey::new(&key), &[b"Hi ", b"There"]),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 2202 case 2, RFC 4231 case 2.
        let table = [
            (HashAlgorithm::Sha1, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
            (
                HashAlgorithm::Sha256,
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                HashAlgorithm::Sha384,
                "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
            ),
            (
                HashAlgorithm::Sha512,
                "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
            ),
        ];
        for (algorithm, expected) in table {
            let mut code = Hmac::new(algorithm, b"Jefe");
            code.update(b"what do ya want ");
            code.update(b"for nothing?");
            assert_eq!(hex(&code.finish()), expected, "{algorithm:?}");
        }
    }
}

//! `toolgate:action/crypto`.

use super::super::world::toolgate::action::crypto::{Algorithm, Host};
use super::Run;
use crate::crypto::{Digest, HashAlgorithm, Hmac};

/// Hashed between two turns of others: about a millisecond's work.
const PIECE: usize = 512 * 1024;

impl Host for Run {
    async fn digest(&mut self, algorithm: Algorithm, data: Vec<u8>) -> Vec<u8> {
        let mut digest = Digest::new(algorithm.into());
        for piece in data.chunks(PIECE) {
            digest.update(piece);
            between(piece).await;
        }
        digest.finish()
    }

    async fn hmac(&mut self, algorithm: Algorithm, key: Vec<u8>, data: Vec<u8>) -> Vec<u8> {
        let secret = self.outside.secret_key(&key);
        let mut code = Hmac::new(algorithm.into(), secret.as_ref().map_or(&key, |secret| &**secret));
        drop(secret);
        for piece in data.chunks(PIECE) {
            code.update(piece);
            between(piece).await;
        }
        code.finish()
    }
}

/// Lets others have their turn after a whole piece.
async fn between(piece: &[u8]) {
    if piece.len() == PIECE {
        tokio::task::yield_now().await;
    }
}

impl From<Algorithm> for HashAlgorithm {
    fn from(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Sha1 => Self::Sha1,
            Algorithm::Sha256 => Self::Sha256,
            Algorithm::Sha384 => Self::Sha384,
            Algorithm::Sha512 => Self::Sha512,
        }
    }
}

//! The one place that names ring: hashes, random identifiers, and the TLS provider.
//!
//! Must never know what it hashes or why: no connector, call or store type appears here.

use ring::digest;
use ring::rand::{SecureRandom, SystemRandom};

/// SHA-256 of `bytes` as 64 lowercase hexadecimal digits.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// `N` bytes from the operating system's random source.
///
/// # Errors
/// [`RandomUnavailable`] when the operating system has no randomness to give.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], RandomUnavailable> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| RandomUnavailable)?;
    Ok(bytes)
}

/// A random identifier of 128 bits as 32 hexadecimal digits: long enough that it cannot be guessed.
///
/// # Errors
/// [`RandomUnavailable`] when the operating system has no randomness to give.
pub fn random_id() -> Result<String, RandomUnavailable> {
    Ok(hex(&random_bytes::<16>()?))
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

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

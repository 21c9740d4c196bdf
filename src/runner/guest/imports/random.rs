//! `toolgate:action/random`.

use super::super::world::toolgate::action::random::Host;
use super::Run;
use crate::crypto;

/// As many as the Web's `getRandomValues` gives at once.
const MOST: u32 = 65_536;

impl Host for Run {
    fn bytes(&mut self, count: u32) -> wasmtime::Result<Vec<u8>> {
        if count > MOST {
            return Ok(Vec::new());
        }
        let mut bytes = vec![0; count as usize];
        crypto::fill_random(&mut bytes)?;
        Ok(bytes)
    }
}

//! Randomness: the host's for keys, a generator seeded by it for `Math.random`.

use std::cell::Cell;

use rquickjs::{Ctx, Exception, Result, TypedArray};

use crate::imports::random;

/// What the host gives at once, at most (bytes).
const MOST: u32 = 65_536;

thread_local! {
    /// The generator's state; nothing until the first use, so that a call that needs none pays none, and so that no
    /// seed is part of the snapshot.
    static STATE: Cell<Option<[u64; 2]>> = const { Cell::new(None) };
}

/// Bytes fit for keys.
pub(crate) fn bytes(ctx: Ctx<'_>, count: u32) -> Result<TypedArray<'_, u8>> {
    if count > MOST {
        return Err(Exception::throw_range(&ctx, "at most 65,536 random bytes at once"));
    }
    TypedArray::new(ctx, random::bytes(count))
}

/// A number from 0 up to, and not including, 1: xorshift128+, whose 53 upper bits are used.
#[allow(clippy::cast_precision_loss, reason = "53 bits fit exactly")]
pub(crate) fn fraction() -> f64 {
    let [mut first, second] = STATE.get().unwrap_or_else(seed);
    first ^= first << 23;
    first ^= first >> 17;
    first ^= second ^ (second >> 26);
    STATE.set(Some([second, first]));
    (first.wrapping_add(second) >> 11) as f64 / (1u64 << 53) as f64
}

fn seed() -> [u64; 2] {
    let bytes = random::bytes(16);
    let word = |from: usize| {
        bytes
            .get(from..from + 8)
            .and_then(|word| word.try_into().ok())
            .map_or(1, u64::from_le_bytes)
    };
    // The generator stays at zero for ever if it begins there.
    [word(0) | 1, word(8)]
}

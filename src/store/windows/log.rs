//! The arithmetic of one sliding window, the same for every backend.

use std::collections::VecDeque;

use super::Taken;

/// The greatest limit that is counted to the millisecond.
const EXACT: u32 = 1_000;

/// Into how many steps a window with a greater limit is divided, so that its log stays short.
const STEPS: i64 = 1_000;

/// How far, in milliseconds, the clocks of processes may be apart before it is taken for a clock that was set back.
const SKEW: i64 = 1_000;

/// When slots of one window were taken, oldest first.
///
/// A slot taken at a moment counts until the window's length after it, that moment excluded. For a limit of at most
/// 1,000 moments are kept to the millisecond. For a greater one they are rounded up to the end of a step, a thousandth
/// of the window (60 ms of a minute, 86.4 s of a day): a slot may come free that much later than it could, never
/// earlier, and the log has about a thousand entries at most.
///
/// A clock that is set back leaves moments in the future. They are moved back together, so that the newest is now:
/// slots keep their order and distance, and nobody waits longer than one window. `generation` changes then, so that
/// moments handed out before are recognised.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::store) struct Log {
    generation: u64,
    entries: VecDeque<Entry>,
    used: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    /// Milliseconds since 1970.
    at: i64,
    slots: u32,
}

impl Log {
    /// Whether a slot is free at `now`; else after how many milliseconds one will be.
    ///
    /// # Errors
    /// The milliseconds to wait, at least 1.
    pub(super) fn room(&mut self, now: i64, window_ms: i64, limit: u32) -> Result<(), i64> {
        self.settle(now, window_ms);
        if self.used < u64::from(limit) {
            return Ok(());
        }
        // A limit that was lowered may need more than one entry to pass.
        let mut left = self.used;
        let blocking = self.entries.iter().find(|entry| {
            left -= u64::from(entry.slots);
            left < u64::from(limit)
        });
        Err(blocking.map_or(window_ms, |entry| entry.at + window_ms - now).max(1))
    }

    /// Takes up to `slots` of those that are free; [`Log::room`] has said that there is one.
    pub(super) fn take(&mut self, now: i64, window_ms: i64, limit: u32, slots: u32) -> Taken {
        let free = u64::from(limit).saturating_sub(self.used);
        let slots = u32::try_from(free).unwrap_or(u32::MAX).min(slots);
        let step = if limit <= EXACT { 1 } else { longest_step(window_ms) };
        let at = (now.div_euclid(step) + 1) * step - 1;
        self.used += u64::from(slots);
        let at = match self.entries.back_mut() {
            // Also when another process is ahead by a little, or counts in longer steps.
            Some(newest) if newest.at >= at => {
                newest.slots += slots;
                newest.at
            }
            _ => {
                self.entries.push_back(Entry { at, slots });
                at
            }
        };
        Taken {
            slots,
            at,
            generation: self.generation,
        }
    }

    /// Puts back slots that were taken for the moment `at`; whether they were still counted.
    pub(super) fn put_back(&mut self, at: i64, generation: u64, slots: u32) -> bool {
        if generation != self.generation {
            return false;
        }
        let Ok(position) = self.entries.binary_search_by_key(&at, |entry| entry.at) else {
            return false;
        };
        let Some(entry) = self.entries.get_mut(position) else {
            return false;
        };
        let slots = entry.slots.min(slots);
        entry.slots -= slots;
        self.used -= u64::from(slots);
        if entry.slots == 0 {
            self.entries.remove(position);
        }
        true
    }

    /// Changes when moments were moved.
    pub(super) fn generation(&self) -> u64 {
        self.generation
    }

    /// From when on nothing counts any more, in milliseconds since 1970.
    pub(super) fn empty_at(&self, window_ms: i64) -> i64 {
        self.entries.back().map_or(0, |newest| newest.at + window_ms)
    }

    /// Drops what no longer counts.
    fn settle(&mut self, now: i64, window_ms: i64) {
        let step = longest_step(window_ms);
        if let Some(newest) = self.entries.back()
            && newest.at > now + step + SKEW
        {
            let ahead = newest.at - now - step;
            self.generation += 1;
            for entry in &mut self.entries {
                entry.at -= ahead;
            }
        }
        while let Some(oldest) = self.entries.front().copied()
            && oldest.at + window_ms <= now
        {
            self.used -= u64::from(oldest.slots);
            self.entries.pop_front();
        }
    }

    /// The log as bytes: the generation and the first moment, then for each entry the distance to the one before and
    /// its slots, as numbers of seven bits a byte (LEB128).
    pub(in crate::store) fn encode(&self) -> Vec<u8> {
        let first = self.entries.front().map_or(0, |entry| entry.at);
        let mut bytes = Vec::with_capacity(16 + 4 * self.entries.len());
        bytes.extend(self.generation.to_le_bytes());
        bytes.extend(first.to_le_bytes());
        let mut before = first;
        for entry in &self.entries {
            // Entries are in order, so no distance is negative.
            write_number(u64::try_from(entry.at - before).unwrap_or(0), &mut bytes);
            write_number(u64::from(entry.slots), &mut bytes);
            before = entry.at;
        }
        bytes
    }

    /// Reads what [`Log::encode`] wrote; `None` for anything else.
    pub(in crate::store) fn decode(bytes: &[u8]) -> Option<Self> {
        let (generation, rest) = bytes.split_first_chunk()?;
        let (first, mut rest) = rest.split_first_chunk()?;
        let mut log = Self {
            generation: u64::from_le_bytes(*generation),
            ..Self::default()
        };
        let mut at = i64::from_le_bytes(*first);
        while !rest.is_empty() {
            at = at.checked_add_unsigned(read_number(&mut rest)?)?;
            let slots = u32::try_from(read_number(&mut rest)?).ok()?;
            log.used += u64::from(slots);
            log.entries.push_back(Entry { at, slots });
        }
        Some(log)
    }
}

/// How far ahead of the clock moments may be kept.
fn longest_step(window_ms: i64) -> i64 {
    (window_ms / STEPS).max(1)
}

fn write_number(mut number: u64, bytes: &mut Vec<u8>) {
    loop {
        let low = u8::try_from(number & 0x7f).unwrap_or(0);
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return;
        }
        bytes.push(low | 0x80);
    }
}

fn read_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests;

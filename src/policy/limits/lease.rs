//! Slots that this process has taken ahead.
//!
//! Only limits that are counted in steps (see `store::windows`) have them: what is taken for a step may be used until
//! the step ends, and counts from its end on. So a slot taken ahead never lets more through; at worst it is not used,
//! and then goes back to the store with the next transaction or when the process ends. What a killed process held
//! comes free with its window.
//!
//! How many are taken ahead follows the traffic: twice as many as the time before when those lasted for less than
//! 40 ms, half as many when they lasted long, and a thousandth of the limit at most. A busy window therefore costs
//! about 25 transactions a second, and what a process holds back from the others is small.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::{Layer, Rule};
use crate::store::{Taken, Unused};

/// What is taken ahead should last so long.
const LASTS: Duration = Duration::from_millis(40);

/// The part of a limit that one process may hold.
const PART: u32 = 1_000;

/// How many windows are kept before those of no use are dropped.
const MANY: usize = 256;

/// What this process holds of each window that has such slots.
#[derive(Debug, Default)]
pub(super) struct Leases {
    held: Mutex<HashMap<String, Lease>>,
}

#[derive(Debug)]
struct Lease {
    layer: Layer,
    limit: u32,
    slots: u32,
    /// The wall clock at which they were taken, and the last one at which they may be used; milliseconds since 1970.
    since: i64,
    at: i64,
    generation: u64,
    /// When they end whatever becomes of the wall clock.
    ends: Instant,
    /// How many were taken ahead the last time, and when.
    ahead: u32,
    asked: Option<Instant>,
}

impl Lease {
    /// Whether a slot may be used. A clock that was set back voids them: the store may have moved what they count as.
    fn is_good(&self, limit: u32, now: i64, instant: Instant) -> bool {
        self.slots > 0 && self.limit == limit && (self.since..=self.at).contains(&now) && instant <= self.ends
    }

    /// Takes what is left out, if the store can still make use of it.
    fn take_unused(&mut self, name: &str, instant: Instant) -> Option<Unused> {
        let slots = std::mem::take(&mut self.slots);
        (slots > 0 && instant < self.ends + self.layer.window()).then(|| Unused {
            name: name.to_owned(),
            window_ms: self.layer.window_ms(),
            slots,
            at: self.at,
            generation: self.generation,
        })
    }
}

impl Leases {
    /// Uses a slot of each rule if there is one of all.
    pub(super) fn use_all(&self, rules: &[Rule], now: Timestamp) -> bool {
        if rules.iter().any(|rule| most_ahead(rule.limit) == 0) {
            return false;
        }
        let (now, instant) = (now.as_millisecond(), Instant::now());
        let mut held = self.held();
        let good = |held: &HashMap<String, Lease>, rule: &Rule| {
            held.get(&rule.name)
                .is_some_and(|lease| lease.is_good(rule.limit, now, instant))
        };
        if !rules.iter().all(|rule| good(&held, rule)) {
            return false;
        }
        for rule in rules {
            if let Some(lease) = held.get_mut(&rule.name) {
                lease.slots -= 1;
            }
        }
        true
    }

    /// Uses a slot of one rule if there is one.
    pub(super) fn use_one(&self, rule: &Rule, now: Timestamp) -> bool {
        self.use_all(std::slice::from_ref(rule), now)
    }

    /// Gives back a slot that was used a moment ago for a call that is not let through after all.
    pub(super) fn refund(&self, rule: &Rule) {
        if let Some(lease) = self.held().get_mut(&rule.name) {
            // The lease is the same still: only the task that refunds replaces it, and it refunds before.
            lease.slots += 1;
        }
    }

    /// How many slots to ask for beside the one that is needed.
    pub(super) fn ahead(&self, rule: &Rule, now: Timestamp, instant: Instant) -> u32 {
        let most = most_ahead(rule.limit);
        if most == 0 {
            return 0;
        }
        let mut held = self.held();
        let lease = held.entry(rule.name.clone()).or_insert_with(|| Lease {
            layer: rule.layer,
            limit: rule.limit,
            slots: 0,
            since: now.as_millisecond(),
            at: now.as_millisecond(),
            generation: 0,
            ends: instant,
            ahead: 1,
            asked: None,
        });
        match lease.asked.map(|asked| instant.duration_since(asked)) {
            // Asked for already, by another call of the same transaction.
            Some(Duration::ZERO) => return 0,
            Some(lasted) if lasted < LASTS => lease.ahead *= 2,
            Some(lasted) if lasted > LASTS * 2 => lease.ahead /= 2,
            Some(_) | None => {}
        }
        lease.ahead = lease.ahead.clamp(1, most);
        lease.asked = Some(instant);
        lease.ahead
    }

    /// Keeps what was taken ahead in a transaction that began at `now` and `instant`. Returns what is left of a step
    /// that is over.
    pub(super) fn keep(&self, rule: &Rule, taken: Taken, now: Timestamp, instant: Instant) -> Option<Unused> {
        let ahead = taken.slots.saturating_sub(1);
        let mut held = self.held();
        let lease = held.get_mut(&rule.name)?;
        if ahead == 0 {
            return None;
        }
        let now = now.as_millisecond();
        let goes_on = lease.at == taken.at && lease.generation == taken.generation && lease.limit == rule.limit;
        let unused = if goes_on {
            None
        } else {
            lease.take_unused(&rule.name, instant)
        };
        lease.slots += ahead;
        lease.limit = rule.limit;
        lease.at = taken.at;
        lease.generation = taken.generation;
        if !goes_on {
            lease.since = now;
            let left = u64::try_from(taken.at - now).unwrap_or(0);
            lease.ends = instant + Duration::from_millis(left);
        }
        unused
    }

    /// Takes out what can no longer be used, at most `most`, so that others can.
    pub(super) fn take_ended(&self, now: Timestamp, instant: Instant, most: usize) -> Vec<Unused> {
        let now = now.as_millisecond();
        let mut held = self.held();
        if held.len() > MANY {
            // What is idle has nothing to lose but what it learnt about the traffic.
            held.retain(|_, lease| lease.slots > 0 || instant < lease.ends + LASTS * 100);
        }
        held.iter_mut()
            .filter(|(_, lease)| lease.slots > 0 && !lease.is_good(lease.limit, now, instant))
            .filter_map(|(name, lease)| lease.take_unused(name, instant))
            .take(most)
            .collect()
    }

    /// Takes out everything.
    pub(super) fn take_all(&self, instant: Instant) -> Vec<Unused> {
        let held = std::mem::take(&mut *self.held());
        held.into_iter()
            .filter_map(|(name, mut lease)| lease.take_unused(&name, instant))
            .collect()
    }

    fn held(&self) -> std::sync::MutexGuard<'_, HashMap<String, Lease>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many slots one process may hold of a window with this limit; none of one that is counted to the millisecond.
fn most_ahead(limit: u32) -> u32 {
    if limit <= PART { 0 } else { limit / PART }
}

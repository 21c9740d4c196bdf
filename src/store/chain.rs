//! The chain of audit events: what a hash covers, and how a broken chain is found. Pure; the backends keep the events.

use serde::Serialize;

use crate::crypto::{hex, sha256_of_parts};

/// SHA-256.
pub(super) type Hash = [u8; 32];

/// Where a chain stands: the newest event that belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    /// Its number; the first event is 1.
    pub(super) sequence: i64,
    /// Its hash.
    pub(super) hash: Hash,
}

/// One event as it is kept, whatever became of its bytes.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) sequence: i64,
    pub(super) call_id: Vec<u8>,
    pub(super) started_at: Vec<u8>,
    pub(super) details: Vec<u8>,
    pub(super) hash: Vec<u8>,
}

impl Head {
    /// Before the first event.
    pub(super) const START: Self = Self {
        sequence: 0,
        hash: [0; 32],
    };

    /// The head after one more event. Its hash covers everything that is kept of the event, and the hash before it.
    pub(super) fn next(self, call_id: &[u8], started_at: &[u8], details: &[u8]) -> Self {
        let sequence = self.sequence + 1;
        Self {
            sequence,
            hash: link(&self.hash, sequence, call_id, started_at, details),
        }
    }
}

fn link(previous: &Hash, sequence: i64, call_id: &[u8], started_at: &[u8], details: &[u8]) -> Hash {
    sha256_of_parts([
        previous.as_slice(),
        &sequence.to_be_bytes(),
        call_id,
        started_at,
        details,
    ])
}

/// What was found about the audit log's chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditVerification {
    /// Events that were looked at: ends of calls and intents of writes.
    pub events: u64,
    /// Events that were cut off the beginning when they had become old.
    pub cut: u64,
    /// Hash of the newest event that the chain leads to, in hexadecimal. Who keeps it elsewhere can later tell that
    /// nothing up to here was exchanged.
    pub head: String,
    /// Whether the head that was asked for belongs to the chain; `None` when none was asked for.
    pub noted_head_found: Option<bool>,
    /// The first place where the chain breaks.
    pub broken: Option<BrokenLink>,
}

impl AuditVerification {
    /// Whether everything that was looked at is as it was written.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.broken.is_none() && self.noted_head_found != Some(false)
    }
}

/// A place where the chain breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BrokenLink {
    /// Number of the event.
    pub event: i64,
    /// The call that it is about; `None` when there is no event to read it from.
    pub call_id: Option<String>,
    /// What is wrong.
    pub problem: String,
}

/// Follows a chain event by event.
#[derive(Debug)]
pub(super) struct Walk {
    head: Head,
    events: u64,
    cut: u64,
    noted_head: Option<(String, bool)>,
    broken: Option<BrokenLink>,
}

impl Walk {
    /// From behind what was cut off: `cut` events, up to `anchor`.
    pub(super) fn new(anchor: Head, cut: u64, noted_head: Option<&str>) -> Self {
        let noted_head = noted_head.map(|noted| {
            let noted = noted.to_ascii_lowercase();
            let found = noted == hex(&anchor.hash);
            (noted, found)
        });
        Self {
            head: anchor,
            events: 0,
            cut,
            noted_head,
            broken: None,
        }
    }

    /// Takes the next event, in the order of their numbers. Nothing after a broken link can be vouched for.
    pub(super) fn step(&mut self, event: &Event) {
        self.events += 1;
        if self.broken.is_some() {
            return;
        }
        let expected = self.head.next(&event.call_id, &event.started_at, &event.details);
        let problem = if event.sequence != expected.sequence {
            Some(out_of_place(expected.sequence, event.sequence))
        } else if event.hash != expected.hash {
            Some("it is not as it was written, or not where it was written: its hash does not fit".to_owned())
        } else {
            None
        };
        if let Some(problem) = problem {
            self.broken = Some(BrokenLink {
                event: event.sequence,
                call_id: Some(String::from_utf8_lossy(&event.call_id).into_owned()),
                problem,
            });
            return;
        }
        self.head = expected;
        if let Some((noted, found)) = &mut self.noted_head {
            *found = *found || *noted == hex(&expected.hash);
        }
    }

    /// After the last event. `newest` is the highest number that was ever given to one.
    pub(super) fn end(mut self, newest: i64) -> AuditVerification {
        if self.broken.is_none() && self.head.sequence < newest {
            self.broken = Some(BrokenLink {
                event: newest,
                call_id: None,
                problem: format!("{} missing at the end", numbers(self.head.sequence + 1, newest)),
            });
        }
        AuditVerification {
            events: self.events,
            cut: self.cut,
            head: hex(&self.head.hash),
            noted_head_found: self.noted_head.map(|(_, found)| found),
            broken: self.broken,
        }
    }
}

fn out_of_place(expected: i64, found: i64) -> String {
    if found < expected {
        format!("its number is out of order: {expected} was expected")
    } else {
        format!("{} missing before it", numbers(expected, found - 1))
    }
}

/// The events of these numbers, as the subject of a sentence.
fn numbers(first: i64, last: i64) -> String {
    if first == last {
        format!("event {first} is")
    } else {
        format!("events {first} to {last} are")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(count: i64) -> Vec<Event> {
        let mut head = Head::START;
        let chained = (1..=count).map(|number| {
            let (call_id, details) = (format!("call {number}"), format!("{{\"number\":{number}}}"));
            head = head.next(call_id.as_bytes(), b"now", details.as_bytes());
            Event {
                sequence: head.sequence,
                call_id: call_id.into_bytes(),
                started_at: b"now".to_vec(),
                details: details.into_bytes(),
                hash: head.hash.to_vec(),
            }
        });
        chained.collect()
    }

    fn walk(events: &[Event], newest: i64) -> AuditVerification {
        let mut walk = Walk::new(Head::START, 0, None);
        for event in events {
            walk.step(event);
        }
        walk.end(newest)
    }

    #[test]
    fn an_untouched_chain_holds() {
        assert!(walk(&[], 0).holds());
        let found = walk(&events(5), 5);
        assert!(found.holds(), "{found:?}");
        assert_eq!(found.events, 5);
        assert_eq!(found.head, hex(&events(5)[4].hash));
    }

    #[test]
    fn every_change_is_found_where_it_was_made() {
        const UNFIT: &str = "it is not as it was written, or not where it was written: its hash does not fit";
        type Change = fn(&mut Vec<Event>);
        let cases: [(&str, Change, i64, Option<&str>, &str); 10] = [
            ("details", |all| all[1].details[3] ^= 1, 2, Some("call 2"), UNFIT),
            (
                "call",
                |all| all[1].call_id = b"forged".to_vec(),
                2,
                Some("forged"),
                UNFIT,
            ),
            (
                "time",
                |all| all[1].started_at = b"then".to_vec(),
                2,
                Some("call 2"),
                UNFIT,
            ),
            ("hash", |all| all[1].hash[31] ^= 1, 2, Some("call 2"), UNFIT),
            ("no hash", |all| all[4].hash.clear(), 5, Some("call 5"), UNFIT),
            (
                "a gap",
                |all| drop(all.remove(1)),
                3,
                Some("call 3"),
                "event 2 is missing before it",
            ),
            (
                "the beginning",
                |all| drop(all.drain(..3)),
                4,
                Some("call 4"),
                "events 1 to 3 are missing before it",
            ),
            (
                "the end",
                |all| all.truncate(3),
                5,
                None,
                "events 4 to 5 are missing at the end",
            ),
            (
                "two swapped",
                |all| {
                    all.swap(1, 2);
                    (all[1].sequence, all[2].sequence) = (2, 3);
                },
                2,
                Some("call 3"),
                UNFIT,
            ),
            (
                "one more in front",
                |all| {
                    let mut forged = all[0].clone();
                    forged.sequence = 0;
                    all.insert(0, forged);
                },
                0,
                Some("call 1"),
                "its number is out of order: 1 was expected",
            ),
        ];
        for (name, change, event, call_id, problem) in cases {
            let mut changed = events(5);
            change(&mut changed);
            let found = walk(&changed, 5);
            assert!(!found.holds(), "{name}");
            let expected = BrokenLink {
                event,
                call_id: call_id.map(str::to_owned),
                problem: problem.to_owned(),
            };
            assert_eq!(found.broken, Some(expected), "{name}");
            assert_eq!(found.events, changed.len() as u64, "{name}");
        }
    }

    #[test]
    fn a_change_with_a_new_hash_breaks_the_next_link() {
        let mut changed = events(3);
        let first = Head::START.next(&changed[0].call_id, &changed[0].started_at, &changed[0].details);
        changed[1].details = b"{}".to_vec();
        changed[1].hash = first
            .next(&changed[1].call_id, &changed[1].started_at, b"{}")
            .hash
            .to_vec();
        assert_eq!(walk(&changed, 3).broken.map(|broken| broken.event), Some(3));
    }

    #[test]
    fn a_noted_head_is_looked_for_in_what_holds() {
        let all = events(4);
        let noted = |position: usize| hex(&all[position].hash);
        let look = |all: &[Event], noted: &str| {
            let mut walk = Walk::new(Head::START, 0, Some(noted));
            for event in all {
                walk.step(event);
            }
            walk.end(4).noted_head_found
        };
        assert_eq!(look(&all, &noted(1)), Some(true));
        assert_eq!(look(&all, &noted(3).to_uppercase()), Some(true));
        assert_eq!(look(&all, &"0".repeat(64)), Some(true), "every chain begins with it");
        assert_eq!(look(&all, &"1".repeat(64)), Some(false));
        let mut changed = all.clone();
        changed[2].details.clear();
        assert_eq!(look(&changed, &noted(1)), Some(true));
        assert_eq!(
            look(&changed, &noted(3)),
            Some(false),
            "it may have been put there with the change"
        );
    }

    #[test]
    fn what_was_cut_off_is_taken_on_trust() {
        let all = events(4);
        let hash = all[1].hash.clone().try_into().unwrap();
        let mut walk = Walk::new(Head { sequence: 2, hash }, 2, Some(&hex(&hash)));
        for event in &all[2..] {
            walk.step(event);
        }
        let found = walk.end(4);
        assert!(found.holds(), "{found:?}");
        assert_eq!((found.events, found.cut), (2, 2));
    }
}

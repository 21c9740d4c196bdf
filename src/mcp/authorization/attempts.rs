//! Failed attempts to come in, counted for each address that they came from.
//!
//! A secret of 256 bits cannot be guessed however often one tries: the limit keeps the log and the store quiet.

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Failures from one address within [`WINDOW`] after which further ones are turned away unseen.
pub(super) const MOST: usize = 10;
/// How long a failure counts.
pub(super) const WINDOW: Duration = Duration::from_mins(1);
/// Most addresses that are remembered; the one whose last failure is the oldest gives way.
const MOST_PEERS: usize = 4_096;

/// The latest failures, at most [`MOST`] of each address.
#[derive(Debug, Default)]
pub(super) struct Attempts {
    peers: Mutex<HashMap<IpAddr, VecDeque<Instant>>>,
}

impl Attempts {
    /// How long until `peer` may fail again; `None` when it may now.
    pub(super) fn blocked(&self, peer: IpAddr, now: Instant) -> Option<Duration> {
        let peers = self.peers();
        let failures = peers.get(&network(peer))?;
        let counted = failures.iter().filter(|failure| counts(**failure, now)).count();
        let oldest = failures.iter().find(|failure| counts(**failure, now))?;
        (counted >= MOST).then(|| (*oldest + WINDOW).saturating_duration_since(now))
    }

    /// Counts a failure. One that is turned away anyway is not counted, so that waiting is always enough.
    pub(super) fn failed(&self, peer: IpAddr, now: Instant) {
        if self.blocked(peer, now).is_some() {
            return;
        }
        let mut peers = self.peers();
        let network = network(peer);
        if peers.len() >= MOST_PEERS && !peers.contains_key(&network) {
            make_room(&mut peers, now);
        }
        let failures = peers.entry(network).or_default();
        while failures.front().is_some_and(|failure| !counts(*failure, now)) {
            failures.pop_front();
        }
        failures.push_back(now);
    }

    fn peers(&self) -> MutexGuard<'_, HashMap<IpAddr, VecDeque<Instant>>> {
        self.peers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn counts(failure: Instant, now: Instant) -> bool {
    now.saturating_duration_since(failure) < WINDOW
}

fn make_room(peers: &mut HashMap<IpAddr, VecDeque<Instant>>, now: Instant) {
    peers.retain(|_, failures| failures.back().is_some_and(|last| counts(*last, now)));
    if peers.len() < MOST_PEERS {
        return;
    }
    let oldest = peers.iter().min_by_key(|(_, failures)| failures.back().copied());
    if let Some(oldest) = oldest.map(|(peer, _)| *peer) {
        peers.remove(&oldest);
    }
}

/// Who an address stands for: with IPv6 one customer has at least a whole /64 (RFC 6177).
fn network(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn the_window_slides_and_waiting_is_enough() {
        let attempts = Attempts::default();
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let one = peer("192.0.2.1");
        // Half of them early, half of them late in the window.
        for number in 0..MOST {
            assert_eq!(attempts.blocked(one, at(50)), None, "{number}");
            attempts.failed(one, at(if number < MOST / 2 { 0 } else { 50 }));
        }
        assert_eq!(attempts.blocked(one, at(50)), Some(Duration::from_secs(10)));
        // What is turned away does not make it longer.
        attempts.failed(one, at(59));
        assert_eq!(attempts.blocked(one, at(59)), Some(Duration::from_secs(1)));
        assert_eq!(attempts.blocked(one, at(60)), None);
        for _ in 0..MOST / 2 {
            attempts.failed(one, at(61));
        }
        // A window that began anew at the minute would let twice as many through.
        assert_eq!(attempts.blocked(one, at(61)), Some(Duration::from_secs(49)));
    }

    #[test]
    fn addresses_are_counted_apart() {
        let attempts = Attempts::default();
        let now = Instant::now();
        for _ in 0..MOST {
            attempts.failed(peer("192.0.2.1"), now);
            attempts.failed(peer("2001:db8:1:1::1"), now);
        }
        let table = [
            ("192.0.2.1", true),
            ("::ffff:192.0.2.1", true),
            ("192.0.2.2", false),
            ("2001:db8:1:1::2", true),
            ("2001:db8:1:2::1", false),
        ];
        for (address, blocked) in table {
            assert_eq!(attempts.blocked(peer(address), now).is_some(), blocked, "{address}");
        }
    }

    #[test]
    fn many_addresses_do_not_fill_the_memory() {
        let attempts = Attempts::default();
        let start = Instant::now();
        let address = |number: u32| IpAddr::from(number.to_be_bytes());
        for number in 0..u32::try_from(MOST_PEERS).unwrap() + 100 {
            attempts.failed(address(number), start + Duration::from_millis(number.into()));
        }
        let peers = attempts.peers();
        assert_eq!(peers.len(), MOST_PEERS);
        assert!(!peers.contains_key(&address(99)) && peers.contains_key(&address(100)));
        drop(peers);
        // Those that count no longer all go at once.
        attempts.failed(address(u32::MAX), start + WINDOW * 2);
        assert_eq!(attempts.peers().len(), 1);
    }
}

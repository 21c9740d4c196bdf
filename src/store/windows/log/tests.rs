use proptest::prelude::*;

use super::*;

const MINUTE: i64 = 60_000;
const DAY: i64 = 86_400_000;

/// An arbitrary moment that is no multiple of anything.
const START: i64 = 1_790_000_000_123;

/// One slot at `now`, or how long to wait.
fn one(log: &mut Log, now: i64, window_ms: i64, limit: u32) -> Result<(), i64> {
    log.room(now, window_ms, limit)?;
    assert_eq!(log.take(now, window_ms, limit, 1).slots, 1);
    Ok(())
}

#[test]
fn the_window_slides() {
    let mut log = Log::default();
    for second in 0..10 {
        assert_eq!(one(&mut log, START + second * 1_000, MINUTE, 10), Ok(()), "{second}");
    }
    // Contract S2-24. A window that begins anew each minute would let these through.
    for (after, wait) in [(9_000, 51_000), (59_900, 100), (59_999, 1)] {
        assert_eq!(one(&mut log, START + after, MINUTE, 10), Err(wait), "{after}");
    }
    assert_eq!(one(&mut log, START + 60_000, MINUTE, 10), Ok(()));
    assert_eq!(one(&mut log, START + 60_100, MINUTE, 10), Err(900));
    assert_eq!(one(&mut log, START + 61_000, MINUTE, 10), Ok(()));
    assert_eq!(one(&mut log, START + 61_000, MINUTE, 10), Err(1_000));
}

#[test]
fn a_refusal_changes_nothing() {
    let mut log = Log::default();
    one(&mut log, START, MINUTE, 1).unwrap();
    let before = log.clone();
    for after in (1..60_000).step_by(1_000) {
        assert_eq!(one(&mut log, START + after, MINUTE, 1), Err(MINUTE - after));
    }
    assert_eq!(log, before);
}

#[test]
fn great_limits_are_counted_in_steps_and_never_let_a_slot_free_early() {
    // A thousandth of a minute is 60 ms, of a day 86.4 s.
    for (window_ms, step) in [(MINUTE, 60), (DAY, 86_400)] {
        let mut log = Log::default();
        let limit = 1_001;
        log.room(START, window_ms, limit).unwrap();
        let taken = log.take(START, window_ms, limit, 5_000);
        assert_eq!(taken.slots, limit);
        assert!((START..START + step).contains(&taken.at), "{taken:?}");
        assert!(log.room(START + window_ms, window_ms, limit).is_err());
        let wait = log.room(START + 1, window_ms, limit).unwrap_err();
        assert!((window_ms - 1..window_ms + step).contains(&wait), "{wait}");
        assert_eq!(log.room(START + 1 + wait - 1, window_ms, limit), Err(1));
        assert_eq!(log.room(START + 1 + wait, window_ms, limit), Ok(()));
    }
}

#[test]
fn a_log_stays_short() {
    let mut log = Log::default();
    for call in 0..20_000 {
        let now = START + call * 20;
        if log.room(now, MINUTE, 2_000).is_ok() {
            log.take(now, MINUTE, 2_000, 1);
        }
    }
    assert!(log.entries.len() <= 1_002, "{}", log.entries.len());
    assert!(log.encode().len() < 8_000);
}

#[test]
fn a_limit_that_was_lowered_waits_for_all_that_are_too_many() {
    let mut log = Log::default();
    for second in 0..5 {
        one(&mut log, START + second * 1_000, MINUTE, 10).unwrap();
    }
    assert_eq!(one(&mut log, START + 5_000, MINUTE, 2), Err(58_000));
    assert_eq!(one(&mut log, START + 63_000, MINUTE, 2), Ok(()));
}

#[test]
fn a_limit_that_begins_or_ceases_to_count_in_steps_forgets_nothing() {
    for (first, then) in [(1_000, 5_000), (5_000, 1_000)] {
        let mut log = Log::default();
        log.room(START, DAY, first).unwrap();
        log.take(START, DAY, first, 900);
        assert_eq!(log.room(START + 1, DAY, then), Ok(()));
        log.take(START + 1, DAY, then, then);
        assert_eq!(log.used, u64::from(then));
        assert!(log.room(START + DAY - 1, DAY, then).is_err());
    }
}

#[test]
fn nothing_is_let_through_when_the_limit_is_zero() {
    assert_eq!(one(&mut Log::default(), START, MINUTE, 0), Err(MINUTE));
}

#[test]
fn a_clock_that_goes_back_neither_reopens_a_window_nor_closes_it_for_long() {
    for hours in [1, 24, 24 * 365] {
        let mut log = Log::default();
        for second in 0..10 {
            one(&mut log, START + second * 1_000, MINUTE, 10).unwrap();
        }
        let back = START + 9_000 - hours * 3_600_000;
        let wait = one(&mut log, back, MINUTE, 10).unwrap_err();
        // The oldest was 9 seconds old, as it still is.
        assert!((51_000..=51_060).contains(&wait), "{wait}");
        assert_eq!(one(&mut log, back + wait - 1, MINUTE, 10), Err(1));
        assert_eq!(one(&mut log, back + wait, MINUTE, 10), Ok(()));
        assert!(one(&mut log, back + wait, MINUTE, 10).is_err());
    }
}

#[test]
fn clocks_that_are_a_little_apart_move_nothing() {
    let mut log = Log::default();
    one(&mut log, START + 900, MINUTE, 2).unwrap();
    one(&mut log, START, MINUTE, 2).unwrap();
    assert_eq!((log.generation, log.entries.len()), (0, 1));
    assert_eq!(one(&mut log, START + 1, MINUTE, 2), Err(60_899));
}

#[test]
fn what_is_put_back_is_free_again() {
    let mut log = Log::default();
    log.room(START, MINUTE, 5_000).unwrap();
    let taken = log.take(START, MINUTE, 5_000, 5_000);
    assert!(log.room(START, MINUTE, 5_000).is_err());
    assert!(!log.put_back(taken.at - 1, taken.generation, 10));
    assert!(!log.put_back(taken.at, taken.generation + 1, 10));
    assert!(log.put_back(taken.at, taken.generation, 10));
    assert_eq!(log.take(START, MINUTE, 5_000, 5_000).slots, 10);
    // More than is there: nothing of another moment is freed.
    assert!(log.put_back(taken.at, taken.generation, 9_999));
    assert_eq!((log.used, log.entries.len()), (0, 0));
}

#[test]
fn moments_that_were_moved_are_not_put_back() {
    let mut log = Log::default();
    let taken = log.take(START, MINUTE, 5_000, 100);
    log.room(START - 10_000_000, MINUTE, 5_000).unwrap();
    assert!(!log.put_back(taken.at, taken.generation, 100));
    assert_eq!(log.used, 100);
}

#[test]
fn what_is_no_log_is_not_read() {
    for bytes in [&b""[..], b"123", &[0; 15], &[0xff; 30], &[0x80; 17]] {
        assert_eq!(Log::decode(bytes), None, "{bytes:?}");
    }
    assert_eq!(Log::decode(&Log::default().encode()), Some(Log::default()));
}

proptest! {
    /// Whatever happens, no stretch of the window's length ever holds more than the limit, and a wait is as long as said.
    #[test]
    fn no_window_ever_holds_more_than_its_limit(
        limit in prop_oneof![1..20_u32, 1_000..1_030_u32],
        pauses in proptest::collection::vec((0..9_000_i64, 1..400_u32), 1..200),
    ) {
        let mut log = Log::default();
        let mut now = START;
        let mut admitted: Vec<(i64, u32)> = Vec::new();
        for (pause, slots) in pauses {
            now += pause;
            match log.room(now, MINUTE, limit) {
                Ok(()) => admitted.push((now, log.take(now, MINUTE, limit, slots).slots)),
                Err(wait) => prop_assert!(log.clone().room(now + wait, MINUTE, limit).is_ok()),
            }
            let within: u32 = admitted.iter().filter(|(at, _)| at + MINUTE > now).map(|(_, slots)| slots).sum();
            prop_assert!(within <= limit, "{within} of {limit}");
            prop_assert_eq!(Log::decode(&log.encode()), Some(log.clone()));
        }
    }
}

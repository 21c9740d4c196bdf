//! What every backend must do with sliding windows.

use std::sync::Arc;

use jiff::Timestamp;

use crate::clock::Clock;
use crate::store::{Full, SlotAnswer, Store, Taken, Unused, Wanted};

macro_rules! cases {
    ($open:path) => {
        $crate::store::conformance::each!(
            $open, windows:
            slots_come_free_one_by_one,
            a_call_gets_slots_of_all_windows_or_of_none,
            every_full_window_is_told,
            calls_of_one_transaction_see_each_other,
            slots_that_are_put_back_are_free,
            a_clock_that_is_set_back_locks_nobody_out,
            empty_windows_are_forgotten,
            names_of_any_kind_are_data,
        );
    };
}
pub(crate) use cases;

pub(crate) const MINUTE: i64 = 60_000;

pub(crate) fn moment(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(1_790_000_000_000 + milliseconds).unwrap()
}

/// A clock that stands still.
fn clock(milliseconds: i64) -> Clock {
    Arc::new(move || moment(milliseconds))
}

pub(crate) fn wanted(name: &str, limit: u32) -> Wanted {
    Wanted {
        name: name.into(),
        window_ms: MINUTE,
        limit,
        slots: 1,
    }
}

/// One call at a moment.
pub(crate) async fn take(store: &dyn Store, now: i64, call: &[Wanted]) -> SlotAnswer {
    let answers = store.take_slots(&[call.to_vec()], &[], &clock(now)).await.unwrap();
    assert_eq!(answers.len(), 1);
    answers.into_iter().next().unwrap()
}

fn full(position: usize, wait_ms: i64) -> Full {
    Full { position, wait_ms }
}

pub(crate) async fn slots_come_free_one_by_one(store: &dyn Store) {
    let two = [wanted("a", 2)];
    let taken = take(store, 0, &two).await.unwrap();
    let at = moment(0).as_millisecond();
    assert!(
        matches!(taken[..], [Taken { slots: 1, at: first, .. }] if first == at),
        "{taken:?}"
    );
    assert!(take(store, 30_000, &two).await.is_ok());
    assert_eq!(take(store, 59_999, &two).await, Err(vec![full(0, 1)]));
    assert!(take(store, 60_000, &two).await.is_ok());
    assert_eq!(take(store, 60_000, &two).await, Err(vec![full(0, 30_000)]));
}

pub(crate) async fn a_call_gets_slots_of_all_windows_or_of_none(store: &dyn Store) {
    let (roomy, tight) = (wanted("roomy", 3), wanted("tight", 1));
    assert!(take(store, 0, &[roomy.clone(), tight.clone()]).await.is_ok());
    for _ in 0..5 {
        let answer = take(store, 1, &[roomy.clone(), tight.clone()]).await;
        assert_eq!(answer, Err(vec![full(1, 59_999)]));
    }
    for _ in 0..2 {
        assert!(take(store, 2, std::slice::from_ref(&roomy)).await.is_ok());
    }
    assert!(take(store, 2, &[roomy]).await.is_err());
}

pub(crate) async fn every_full_window_is_told(store: &dyn Store) {
    assert!(take(store, 0, &[wanted("a", 1)]).await.is_ok());
    assert!(take(store, 1_000, &[wanted("c", 1)]).await.is_ok());
    let answer = take(store, 2_000, &[wanted("a", 1), wanted("b", 1), wanted("c", 1)]).await;
    assert_eq!(answer, Err(vec![full(0, 58_000), full(2, 59_000)]));
}

pub(crate) async fn calls_of_one_transaction_see_each_other(store: &dyn Store) {
    let ahead = Wanted {
        slots: 10,
        ..wanted("a", 4)
    };
    let calls = [
        vec![wanted("a", 4)],
        vec![ahead],
        vec![wanted("a", 4)],
        vec![wanted("b", 4)],
    ];
    let answers = store.take_slots(&calls, &[], &clock(0)).await.unwrap();
    let slots: Vec<_> = answers
        .iter()
        .map(|answer| answer.as_ref().map(|taken| taken[0].slots).ok())
        .collect();
    assert_eq!(slots, [Some(1), Some(3), None, Some(1)]);
}

pub(crate) async fn slots_that_are_put_back_are_free(store: &dyn Store) {
    let all = Wanted {
        slots: 2,
        ..wanted("a", 2)
    };
    let taken = take(store, 0, &[all]).await.unwrap()[0];
    let unused = Unused {
        name: "a".into(),
        window_ms: MINUTE,
        slots: 1,
        at: taken.at,
        generation: taken.generation,
    };
    let of_nothing = Unused {
        name: "unknown".into(),
        ..unused.clone()
    };
    let call = [vec![wanted("a", 2)], vec![wanted("a", 2)]];
    let answers = store.take_slots(&call, &[of_nothing, unused], &clock(1)).await.unwrap();
    assert_eq!(answers.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false]);
    // What was put back has not made the window end any earlier.
    assert_eq!(store.forget_windows(moment(59_999)).await.unwrap(), 0);
}

pub(crate) async fn a_clock_that_is_set_back_locks_nobody_out(store: &dyn Store) {
    let one = [wanted("a", 1)];
    assert!(take(store, 0, &one).await.is_ok());
    let hour = 3_600_000;
    let wait = take(store, -hour, &one).await.unwrap_err()[0].wait_ms;
    assert!((60_000..=60_060).contains(&wait), "{wait}");
    // A refusal has moved the window to the new time for good.
    assert_eq!(take(store, wait - 1 - hour, &one).await, Err(vec![full(0, 1)]));
    assert!(take(store, wait - hour, &one).await.is_ok());
}

pub(crate) async fn empty_windows_are_forgotten(store: &dyn Store) {
    for (name, now) in [("a", 0), ("b", 1), ("b", 500), ("c", 2)] {
        assert!(take(store, now, &[wanted(name, 5)]).await.is_ok());
    }
    assert_eq!(store.forget_windows(moment(59_999)).await.unwrap(), 0);
    assert_eq!(store.forget_windows(moment(60_002)).await.unwrap(), 2);
    assert_eq!(store.forget_windows(moment(60_002)).await.unwrap(), 0);
    assert_eq!(take(store, 60_002, &[wanted("b", 1)]).await, Err(vec![full(0, 498)]));
    assert!(take(store, 60_002, &[wanted("a", 1)]).await.is_ok());
}

pub(crate) async fn names_of_any_kind_are_data(store: &dyn Store) {
    let names = [
        "'; DROP TABLE rate_windows; --",
        "\u{202e}é\n\"\\",
        "",
        "%_?1",
        "a\u{0}b",
        "a",
        "[1]",
        "1",
    ];
    for name in names {
        assert!(take(store, 0, &[wanted(name, 1)]).await.is_ok(), "{name:?}");
    }
    for name in names {
        assert!(take(store, 0, &[wanted(name, 1)]).await.is_err(), "{name:?}");
    }
}

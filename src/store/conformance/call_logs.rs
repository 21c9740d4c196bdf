//! What every backend must do with the logs of calls.

use super::at;
use crate::store::Store;

macro_rules! cases {
    ($open:path) => {
        $crate::store::conformance::each!(
            $open, call_logs:
            a_log_comes_back_as_it_was_kept,
            many_logs_are_kept_and_the_last_of_a_call_counts,
            old_logs_are_dropped_and_newer_ones_stay,
        );
    };
}
pub(crate) use cases;

pub(crate) async fn a_log_comes_back_as_it_was_kept(store: &dyn Store) {
    assert_eq!(store.read_call_log("one").await.unwrap(), None);
    store.write_call_log("one", &at(0), "[\"é\"]").await.unwrap();
    store.write_call_log("two", &at(0), "[]").await.unwrap();
    assert_eq!(store.read_call_log("one").await.unwrap().as_deref(), Some("[\"é\"]"));
    store.write_call_log("one", &at(1), "[2]").await.unwrap();
    assert_eq!(store.read_call_log("one").await.unwrap().as_deref(), Some("[2]"));
    store.write_call_log("two", &at(1), "a\tb\nc").await.unwrap();
    assert_eq!(store.read_call_log("two").await.unwrap().as_deref(), Some("a\tb\nc"));
}

pub(crate) async fn many_logs_are_kept_and_the_last_of_a_call_counts(store: &dyn Store) {
    const CALLS: usize = 600;
    for text in ["first", "last"] {
        for call in 0..CALLS {
            store
                .write_call_log(&format!("call-{call}"), &at(0), text)
                .await
                .unwrap();
        }
    }
    for call in [0, 499, 500, CALLS - 1] {
        let log = store.read_call_log(&format!("call-{call}")).await.unwrap();
        assert_eq!(log.as_deref(), Some("last"), "{call}");
    }
}

pub(crate) async fn old_logs_are_dropped_and_newer_ones_stay(store: &dyn Store) {
    for (call, second) in [("old", 0), ("edge", 10), ("new", 20)] {
        store.write_call_log(call, &at(second), call).await.unwrap();
    }
    assert_eq!(store.prune_call_logs(&at(10)).await.unwrap(), 1);
    for (call, left) in [("old", false), ("edge", true), ("new", true)] {
        assert_eq!(store.read_call_log(call).await.unwrap().is_some(), left, "{call}");
    }
}

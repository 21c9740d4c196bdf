//! The task that has rows which were written at once chained to the others, a moment later and many at a time.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::store::Store;

/// How long rows gather. Nobody waits for it: reading settles the store first.
const GATHER: Duration = Duration::from_secs(1);

/// How long to leave a store alone that failed.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Settles `store` until `stop`, and once after that; or until nobody else holds on to it.
pub(super) async fn run(store: Arc<dyn Store>, unsettled: Arc<Notify>, stop: CancellationToken) {
    let store = {
        let weak: Weak<dyn Store> = Arc::downgrade(&store);
        drop(store);
        weak
    };
    loop {
        tokio::select! {
            () = stop.cancelled() => {}
            () = unsettled.notified() => {}
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(GATHER) => {}
        }
        let is_last = stop.is_cancelled();
        let Some(store) = store.upgrade() else {
            return;
        };
        if let Err(error) = store.settle_audit().await {
            tracing::warn!(%error, "audit rows wait in their journal; this is tried again");
            unsettled.notify_one();
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(AFTER_FAILURE) => {}
            }
        }
        if is_last {
            return;
        }
    }
}

//! Telling clients that the lists of tools, prompts and resources changed: sessions of the older era by a plain
//! notification, subscriptions of 2026-07-28 on their own stream.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use rmcp::RoleServer;
use rmcp::service::{Peer, ServiceError, SubscriptionContext, SubscriptionSendError};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::visible::Visible;

/// Most sessions that are told of changes; the oldest is forgotten first.
const MAX_SESSIONS: usize = 10_000;
/// Sessions that are told at the same time.
const AT_ONCE: usize = 64;
/// How long one client may take to accept a notification.
const NOTIFY_TIMEOUT: Duration = Duration::from_secs(5);

/// The sessions of the older era that are open.
#[derive(Default)]
pub(super) struct Sessions {
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    told: Vec<Told>,
    /// Whether the task that tells them of changes was started.
    watched: bool,
}

/// A session, and what was there for its caller when it was last told.
struct Told {
    peer: Peer<RoleServer>,
    visible: Visible,
}

impl Sessions {
    /// Remembers a session that finished its handshake. The first one starts the task that tells all of them.
    pub(super) fn add(self: &Arc<Self>, peer: Peer<RoleServer>, visible: Visible) {
        let changes = visible.changes();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        // Closed sessions leave no trace elsewhere, so whoever comes next clears them away.
        known.told.retain(|told| !told.peer.is_transport_closed());
        if known.told.len() >= MAX_SESSIONS {
            known.told.remove(0);
        }
        known.told.push(Told { peer, visible });
        if !std::mem::replace(&mut known.watched, true) {
            tokio::spawn(tell_of_changes(Arc::downgrade(self), changes));
        }
    }

    /// The open sessions for whose callers something changed; forgets the closed ones.
    fn to_tell(&self) -> Vec<Peer<RoleServer>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.told.retain(|told| !told.peer.is_transport_closed());
        let changed = known.told.iter_mut().filter_map(|told| {
            // A change that a caller cannot see must not show.
            told.visible.refresh().then(|| told.peer.clone())
        });
        changed.collect()
    }
}

/// Runs until the server or the catalog is gone.
async fn tell_of_changes(sessions: Weak<Sessions>, mut changes: watch::Receiver<u64>) {
    while changes.changed().await.is_ok() {
        let Some(sessions) = sessions.upgrade() else {
            return;
        };
        stream::iter(sessions.to_tell())
            .for_each_concurrent(AT_ONCE, |peer| async move {
                // A client that cannot be told finds out when it lists the tools again.
                match tokio::time::timeout(NOTIFY_TIMEOUT, tell(&peer)).await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => tracing::debug!(%error, "a session could not be told of changed tools"),
                    Err(_) => tracing::debug!("a session does not read its notifications"),
                }
            })
            .await;
    }
}

/// One change of the catalog changes all three lists.
async fn tell(peer: &Peer<RoleServer>) -> Result<(), ServiceError> {
    peer.notify_tool_list_changed().await?;
    peer.notify_prompt_list_changed().await?;
    peer.notify_resource_list_changed().await
}

/// Serves one subscription until the client ends it or the server stops.
pub(super) async fn listen(subscription: &SubscriptionContext, mut visible: Visible, shutdown: &CancellationToken) {
    let mut changes = visible.changes();
    loop {
        tokio::select! {
            () = subscription.cancelled() => return,
            () = shutdown.cancelled() => return,
            next = changes.changed() => if next.is_err() { return },
        }
        // A change that the caller cannot see must not show.
        if !visible.refresh() {
            continue;
        }
        match tokio::time::timeout(NOTIFY_TIMEOUT, tell_subscriber(subscription)).await {
            Ok(Ok(())) => {}
            // The stream is of no use to a client that does not take what it subscribed to.
            Ok(Err(_)) | Err(_) => return,
        }
    }
}

/// Tells of the lists that were subscribed to.
async fn tell_subscriber(subscription: &SubscriptionContext) -> Result<(), SubscriptionSendError> {
    let (accepted, sink) = (subscription.accepted(), subscription.sink());
    if accepted.tools_list_changed == Some(true) {
        sink.notify_tool_list_changed().await?;
    }
    if accepted.prompts_list_changed == Some(true) {
        sink.notify_prompt_list_changed().await?;
    }
    if accepted.resources_list_changed == Some(true) {
        sink.notify_resource_list_changed().await?;
    }
    Ok(())
}

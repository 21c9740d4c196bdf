//! Telling clients that the lists of tools, prompts and resources changed: sessions of the older era by a plain notification, subscriptions of
//! 2026-07-28 on their own stream.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use rmcp::RoleServer;
use rmcp::service::{Peer, ServiceError, SubscriptionContext, SubscriptionSendError};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

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
    peers: Vec<Peer<RoleServer>>,
    /// Whether the task that tells them of changes was started.
    watched: bool,
}

impl Sessions {
    /// Remembers a session that finished its handshake. The first one starts the task that tells all of them.
    pub(super) fn add(self: &Arc<Self>, peer: Peer<RoleServer>, mut changes: watch::Receiver<u64>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        // Closed sessions leave no trace elsewhere, so whoever comes next clears them away.
        known.peers.retain(|peer| !peer.is_transport_closed());
        if known.peers.len() >= MAX_SESSIONS {
            known.peers.remove(0);
        }
        known.peers.push(peer);
        if !std::mem::replace(&mut known.watched, true) {
            changes.mark_unchanged();
            tokio::spawn(tell_of_changes(Arc::downgrade(self), changes));
        }
    }

    /// The open sessions; forgets the closed ones.
    fn open(&self) -> Vec<Peer<RoleServer>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.peers.retain(|peer| !peer.is_transport_closed());
        known.peers.clone()
    }
}

/// Runs until the server or the catalog is gone.
async fn tell_of_changes(sessions: Weak<Sessions>, mut changes: watch::Receiver<u64>) {
    while changes.changed().await.is_ok() {
        let Some(sessions) = sessions.upgrade() else {
            return;
        };
        stream::iter(sessions.open())
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
pub(super) async fn listen(
    subscription: &SubscriptionContext,
    mut changes: watch::Receiver<u64>,
    shutdown: &CancellationToken,
) {
    changes.mark_unchanged();
    loop {
        tokio::select! {
            () = subscription.cancelled() => return,
            () = shutdown.cancelled() => return,
            next = changes.changed() => if next.is_err() { return },
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

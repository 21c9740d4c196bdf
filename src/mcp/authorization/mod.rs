//! Who is calling over HTTP: the one place where a request becomes a `Caller` (contract D-11).
//!
//! Callers show a key as RFC 6750 and the MCP specification (basic/authorization) have it. Another way to prove who one
//! is, such as tokens of an authorization server, is another variant of [`Authentication`] beside the keys.
//!
//! Must never know MCP messages: it sees headers and addresses only. What a caller showed goes no further than this.

mod attempts;
mod bearer;
mod caller;
mod refusal;
mod ring;

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use http::header::AUTHORIZATION;
use http::request::Parts;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::attempts::Attempts;
use self::bearer::Shown;
use self::ring::{KeyRing, Verdict};
use crate::clock::{self, Clock};
use crate::policy::Role;
use crate::store::Store;

pub(super) use caller::Caller;
pub(super) use refusal::Refusal;

/// How callers prove who they are.
#[derive(Clone)]
pub enum Authentication {
    /// They do not: everyone who can connect is the local user (ruling C-27).
    None,
    /// By a key, as soon as one has been made; until then everyone who can connect is the local user. That it was
    /// revoked or has expired since changes nothing: a door does not open by itself.
    OnceThereIsAKey(Arc<dyn Store>),
    /// By a key.
    Keys(Arc<dyn Store>),
}

impl Authentication {
    /// Whether a stranger who reaches the port is turned away, whatever happens.
    #[must_use]
    pub fn protects(&self) -> bool {
        match self {
            Self::None | Self::OnceThereIsAKey(_) => false,
            Self::Keys(_) => true,
        }
    }
}

impl fmt::Debug for Authentication {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::None => "None",
            Self::OnceThereIsAKey(_) => "OnceThereIsAKey",
            Self::Keys(_) => "Keys",
        })
    }
}

/// The two ends of the connection that a request came on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ends {
    /// Who connected; behind a proxy, the proxy.
    pub(super) peer: IpAddr,
    /// What was connected to.
    pub(super) own: IpAddr,
}

/// Finds out who sent a request, for one server.
pub(super) struct Authenticator {
    /// Who comes without a key; nobody when keys are required.
    local: Option<Caller>,
    ring: Option<Arc<KeyRing>>,
    attempts: Attempts,
}

impl Authenticator {
    /// Whoever it lets in is cut off when `cut_streams` is cancelled.
    pub(super) fn start(authentication: &Authentication, cut_streams: &CancellationToken) -> Self {
        Self::with_clock(authentication, cut_streams, clock::wall())
    }

    fn with_clock(authentication: &Authentication, cut_streams: &CancellationToken, clock: Clock) -> Self {
        let local = || Caller::local(cut_streams.child_token());
        let ring = |store: &Arc<dyn Store>, local| KeyRing::start(Arc::clone(store), local, cut_streams, clock);
        let (local, ring) = match authentication {
            Authentication::None => (Some(local()), None),
            Authentication::OnceThereIsAKey(store) => {
                let local = local();
                (Some(local.clone()), Some(ring(store, Some(local))))
            }
            Authentication::Keys(store) => (None, Some(ring(store, None))),
        };
        Self {
            local,
            ring,
            attempts: Attempts::default(),
        }
    }

    /// Puts the [`Caller`] among the extensions of a request and takes away what it showed.
    ///
    /// # Errors
    /// Says why the request does not prove who sent it, or that this one may not come in.
    pub(super) async fn authenticate(&self, request: &mut Parts) -> Result<(), Refusal> {
        let caller = self.identify(request).await?;
        // Nothing behind this needs it: what is not there cannot be logged or passed on.
        request.headers.remove(AUTHORIZATION);
        request.extensions.insert(caller);
        Ok(())
    }

    async fn identify(&self, request: &Parts) -> Result<Caller, Refusal> {
        let caller = self.find(request).await?;
        // Everything that is served here is about tools. Nothing here takes another role.
        if caller.principal().may(Role::Call) {
            Ok(caller)
        } else {
            Err(Refusal::Insufficient(Role::Call))
        }
    }

    async fn find(&self, request: &Parts) -> Result<Caller, Refusal> {
        let Some(ring) = &self.ring else {
            return self.local.clone().ok_or(Refusal::Missing);
        };
        let shown = bearer::read(request);
        if let Ok(Shown::Key(key)) = &shown {
            match ring.known(key) {
                Verdict::Valid(caller) => return Ok(caller),
                Verdict::Wrong => return Err(self.refuse(request, Some(key.id()))),
                // It may have been made a moment ago. Whoever guesses does not get to ask the store each time.
                Verdict::Unknown => {
                    if let Some(wait) = self.attempts.blocked(peer(request), Instant::now()) {
                        return Err(Refusal::TooMany(wait));
                    }
                }
            }
            ring.read_anew(Instant::now()).await.map_err(|_| Refusal::Unavailable)?;
            match ring.known(key) {
                Verdict::Valid(caller) => return Ok(caller),
                Verdict::Wrong | Verdict::Unknown if ring.is_in_use() || self.local.is_none() => {
                    return Err(self.refuse(request, Some(key.id())));
                }
                Verdict::Wrong | Verdict::Unknown => {}
            }
        } else if self.local.is_some() {
            ring.keep_fresh(Instant::now())
                .await
                .map_err(|_| Refusal::Unavailable)?;
        }
        if let Some(local) = &self.local
            && !ring.is_in_use()
        {
            return Ok(local.clone());
        }
        match shown {
            Ok(Shown::Nothing) => Err(Refusal::Missing),
            Ok(Shown::Key(_) | Shown::NoKey) => Err(self.refuse(request, None)),
            Err(malformed) => {
                self.attempts.failed(peer(request), Instant::now());
                Err(malformed)
            }
        }
    }

    /// Counts a failed attempt. The identifier is no secret, and tells an operator which key somebody still uses.
    fn refuse(&self, request: &Parts, id: Option<&str>) -> Refusal {
        let peer = peer(request);
        let now = Instant::now();
        if let Some(wait) = self.attempts.blocked(peer, now) {
            return Refusal::TooMany(wait);
        }
        self.attempts.failed(peer, now);
        tracing::warn!(%peer, key = id, "refused a request: its key is wrong, revoked or has expired");
        Refusal::Invalid
    }
}

fn peer(request: &Parts) -> IpAddr {
    let unknown = IpAddr::from([0; 4]);
    request.extensions.get::<Ends>().map_or(unknown, |ends| ends.peer)
}

#[cfg(test)]
mod tests;

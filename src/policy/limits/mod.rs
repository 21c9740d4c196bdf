//! How many calls are let through: sliding windows for each action and each API of an organisation (ruling C-01).
//!
//! The windows are in the store, so that all processes over one store share them and a restart forgets nothing. A call
//! takes a slot of every window that it falls into, or of none; one task does so for all calls that came meanwhile in
//! one transaction. Where a limit is great enough, a process takes slots ahead (see `lease`) and pays for a
//! transaction only now and then.
//!
//! Must never know what a call does or how it ends: a call counts when it is let through.

mod lease;
mod queue;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::clock::{self, Clock};
use crate::config::LimitsConfig;
use crate::connector::Allowance;
use crate::connector::model::{Action, Connector};
use crate::store::{Store, StoreError};
use lease::Leases;
use queue::{Entry, Queue};

/// Calls that may wait for their slots. When so many wait, callers wait too.
const QUEUE_LENGTH: usize = 1_024;

const MINUTE: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);

/// Lets calls through as long as there is room in their windows. Cheap to clone.
#[derive(Clone)]
pub struct Limits {
    defaults: LimitsConfig,
    leases: Arc<Leases>,
    clock: Clock,
    entries: mpsc::Sender<Entry>,
    is_lifted: bool,
    stop: CancellationToken,
    task: Arc<Mutex<Option<JoinHandle<()>>>>,
}

/// Which limit it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layer {
    /// Calls of one action in any minute.
    Action,
    /// Calls of one connector in any minute.
    ApiPerMinute,
    /// Calls of one connector in any 24 hours.
    ApiPerDay,
}

/// One limit, as it applies to a call.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    layer: Layer,
    /// Name of its window in the store.
    name: String,
    limit: u32,
}

/// A call is not let through.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LimitError {
    /// A limit is reached.
    #[error(transparent)]
    Reached(#[from] Reached),
    /// The store failed, so nobody knows how many calls there were.
    #[error("calls cannot be counted: {0}")]
    Store(Arc<StoreError>),
    /// The process is ending.
    #[error("calls are no longer counted because the server is stopping")]
    Closed,
}

/// Limits that are reached.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.describe())]
pub struct Reached {
    /// Each with its number of calls, narrowest first.
    pub limits: Vec<(Layer, u32)>,
    /// After how many seconds all of them will have room, if nobody else calls: a call made then passes.
    pub wait_seconds: u64,
}

impl Reached {
    fn describe(&self) -> String {
        let limits = self.limits.iter().map(|(layer, limit)| {
            let calls = if *limit == 1 { "call" } else { "calls" };
            format!("the {layer} ({limit} {calls} in any {})", layer.window_name())
        });
        let verb = if self.limits.len() == 1 { "is" } else { "are" };
        format!("{} {verb} reached", limits.collect::<Vec<_>>().join(" and "))
    }
}

impl Layer {
    /// How long a call counts.
    #[must_use]
    pub fn window(self) -> Duration {
        match self {
            Self::Action | Self::ApiPerMinute => MINUTE,
            Self::ApiPerDay => DAY,
        }
    }

    fn window_name(self) -> &'static str {
        match self {
            Self::Action | Self::ApiPerMinute => "60 seconds",
            Self::ApiPerDay => "24 hours",
        }
    }

    fn window_ms(self) -> i64 {
        i64::try_from(self.window().as_millis()).unwrap_or(i64::MAX)
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Action => "action limit",
            Self::ApiPerMinute => "API limit per minute",
            Self::ApiPerDay => "API limit per day",
        })
    }
}

impl Limits {
    /// Limits over the windows in `store`; `defaults` apply where a connector says nothing. Starts the task that
    /// counts, which ends with [`Limits::close`] or once every clone is gone.
    #[must_use]
    pub fn start(store: Arc<dyn Store>, defaults: LimitsConfig) -> Self {
        Self::start_with_clock(store, defaults, clock::wall())
    }

    /// The same by another clock.
    #[must_use]
    pub fn start_with_clock(store: Arc<dyn Store>, defaults: LimitsConfig, clock: Clock) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE_LENGTH);
        let leases = Arc::new(Leases::default());
        let stop = CancellationToken::new();
        let queue = Queue {
            store,
            leases: Arc::clone(&leases),
            clock: Arc::clone(&clock),
        };
        let task = tokio::spawn(queue.run(receiver, stop.clone()));
        Self {
            defaults,
            leases,
            clock,
            entries: sender,
            is_lifted: false,
            stop,
            task: Arc::new(Mutex::new(Some(task))),
        }
    }

    /// The same that let every call through and count none: for whoever tries what they write.
    #[must_use]
    pub fn lifted(self) -> Self {
        Self {
            is_lifted: true,
            ..self
        }
    }

    /// Counts one call, if there is room for it in all its windows.
    ///
    /// # Errors
    /// [`LimitError`]; the call is not counted then.
    pub async fn admit(&self, organisation: &str, connector: &Connector, action: &Action) -> Result<(), LimitError> {
        if self.is_lifted {
            return Ok(());
        }
        let rules = self.rules(organisation, connector, action);
        if rules.is_empty() || self.leases.use_all(&rules, (self.clock)()) {
            return Ok(());
        }
        let (done, answer) = oneshot::channel();
        let entry = Entry { rules, done };
        self.entries.send(entry).await.map_err(|_| LimitError::Closed)?;
        answer.await.map_err(|_| LimitError::Closed)?
    }

    /// Gives slots that were taken ahead back to the store, and stops counting.
    pub async fn close(&self) {
        self.stop.cancel();
        let mut task = self.task.lock().await;
        if let Some(running) = task.as_mut() {
            if let Err(error) = running.await {
                tracing::error!(%error, "counting calls did not end properly");
            }
            *task = None;
        }
    }

    /// The limits of a call, narrowest first: the action's own, else the connector's, else the server's.
    fn rules(&self, organisation: &str, connector: &Connector, action: &Action) -> Vec<Rule> {
        let written = &connector.security.rate_limit;
        let of_action = action.requests_per_minute.or(written.requests_per_minute_per_action);
        let slug = connector.slug.as_str();
        let allowances = [
            (
                Layer::Action,
                of_action.unwrap_or(self.defaults.requests_per_minute_per_action),
            ),
            (
                Layer::ApiPerMinute,
                written.requests_per_minute.unwrap_or(self.defaults.requests_per_minute),
            ),
            (
                Layer::ApiPerDay,
                written.requests_per_day.unwrap_or(self.defaults.requests_per_day),
            ),
        ];
        let limited = allowances
            .into_iter()
            .filter_map(|(layer, allowance): (Layer, Allowance)| Some((layer, allowance.calls()?)));
        limited
            .map(|(layer, limit)| Rule {
                layer,
                // Neither a slug nor a name of an action holds a colon; an organisation may.
                name: match layer {
                    Layer::Action => ["action:", slug, ":", &action.name, ":", organisation].concat(),
                    Layer::ApiPerMinute => ["minute:", slug, ":", organisation].concat(),
                    Layer::ApiPerDay => ["day:", slug, ":", organisation].concat(),
                },
                limit,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;

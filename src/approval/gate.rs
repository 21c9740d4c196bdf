//! The gate of a write: finds, asks for and uses up the record that allows it.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};
use tokio::time::{Instant, interval, sleep_until, timeout};

use super::front::{Answer, ApprovalPrompt, Asking, Front};
use super::lookout::Lookout;
use super::open::OpenQuestions;
use super::prompt::{self, Facts};
use super::settings::Settings;
use crate::clock::{self, Clock};
use crate::connector::model::Effect;
use crate::crypto::{RandomUnavailable, random_id};
use crate::store::{ApprovalKey, ApprovalRecord, ApprovalState, Decision, Store, StoreError, Via, time};

/// How often a waiting call says that it still waits.
const SAY_EVERY: Duration = Duration::from_secs(5);

/// Longest path and query of a request that asks, in bytes. They are kept with the record, and most servers take no more
/// (RFC 9110, section 4.1, names 8,000).
pub(super) const LONGEST_PATH: usize = 8_192;

/// The gate. Cheap to clone.
#[derive(Clone)]
pub struct Approvals {
    store: Arc<dyn Store>,
    settings: Settings,
    clock: Clock,
    open: OpenQuestions,
    lookout: Lookout,
}

/// What a call asks leave for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The call that asks.
    pub call_id: &'a str,
    /// What the record is bound to.
    pub key: &'a ApprovalKey,
    /// The connector's plain name.
    pub connector: &'a str,
    /// The action's title.
    pub action: &'a str,
    /// What the action does.
    pub effect: Effect,
    /// HTTP method, or [`prompt::CODE`].
    pub method: &'a str,
    /// URL path and query without host; the name of the code.
    pub path: &'a str,
    /// Arguments, secret ones replaced.
    pub arguments: &'a Map<String, Value>,
}

/// What the gate says.
#[derive(Debug)]
pub enum Verdict {
    /// The write may leave, once, now.
    Allowed(Granted),
    /// The front must end the call with this question.
    AskFirst(ApprovalPrompt),
    /// The write must not leave.
    Refused {
        /// The record, when there is one.
        approval_id: Option<String>,
        /// Who refused, when someone did.
        by: Option<String>,
        /// The run of the same call that asked, when this one brought the answer.
        continues: Option<Continued>,
        /// Why.
        refusal: Refusal,
    },
}

impl Verdict {
    fn continuing(mut self, earlier: Option<Continued>) -> Self {
        match &mut self {
            Self::Allowed(Granted { continues, .. }) | Self::Refused { continues, .. } => *continues = earlier,
            Self::AskFirst(_) => {}
        }
        self
    }
}

/// The decision that let a write through.
#[derive(Debug, Clone)]
pub struct Granted {
    /// The record.
    pub approval_id: String,
    /// The run of the same call that asked, when this one brought the answer.
    pub continues: Option<Continued>,
    /// Who decided, and through which front end, e.g. `ana via cli`.
    pub by: String,
}

/// An earlier run of the same call, which ended with the question.
#[derive(Debug, Clone)]
pub struct Continued {
    /// Its identifier.
    pub call_id: String,
    /// When it asked.
    pub asked_at: String,
}

/// Why a write must not leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// A person said no.
    Declined,
    /// Nobody answered the question in time.
    Unanswered,
    /// Nobody has decided yet.
    Undecided,
    /// The question was closed without an answer, and nobody has decided yet.
    Closed,
    /// The record belongs to another call, is used up, or has expired.
    NotValid,
    /// The record was used by an identical call a moment ago.
    UsedElsewhere,
}

/// The gate itself failed; nothing may leave.
#[derive(Debug, thiserror::Error)]
pub enum GateError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No identifier could be made.
    #[error(transparent)]
    Random(#[from] RandomUnavailable),
    /// The call is too long to be kept until somebody decides.
    #[error(transparent)]
    TooLong(#[from] TooLong),
}

/// What of a call is too long to be kept until somebody decides, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooLong {
    /// Its arguments.
    #[error("the arguments have {length} bytes as JSON, and those of a call that waits for a decision may have {most}")]
    Arguments {
        /// How long they are.
        length: usize,
        /// How long they may be.
        most: usize,
    },
    /// Its request's path and query.
    #[error(
        "the path of the request has {length} bytes, and that of a call that waits for a decision may have {LONGEST_PATH}"
    )]
    Path {
        /// How long it is.
        length: usize,
    },
}

impl Approvals {
    /// A gate over the records in `store`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, settings: Settings) -> Self {
        Self {
            store,
            settings,
            clock: clock::wall(),
            open: OpenQuestions::default(),
            lookout: Lookout::default(),
        }
    }

    /// The same gate by another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// How long [`Approvals::request`] may wait for people: one who is asked and cannot answer after all, and then those
    /// who decide elsewhere.
    #[must_use]
    pub fn longest_wait(&self) -> Duration {
        self.settings.expires.saturating_add(self.settings.wait)
    }

    /// Asks for leave the first time a call comes.
    ///
    /// # Errors
    /// [`GateError`]; nothing may leave then.
    pub async fn request(&self, asked: Asked<'_>, front: &dyn Front, user: &str) -> Result<Verdict, GateError> {
        if let Some(record) = self.store.find_approval(asked.key, &self.now()).await? {
            match record.state {
                ApprovalState::Approved => return self.use_up(&record, asked.key).await,
                // A front's own person may be asked again; what an operator refused stays refused until it expires,
                // or an agent could wear people down by repeating itself.
                ApprovalState::Denied if record.decided_via == Some(Via::Cli) => {
                    return Ok(refused(&record, Refusal::Declined));
                }
                ApprovalState::Denied | ApprovalState::Pending | ApprovalState::Used => {}
            }
        }
        let arguments = self.kept_arguments(&asked)?;
        let record = self
            .store
            .find_or_create_approval(&self.record(&asked)?, &arguments, &self.now())
            .await?;
        drop(arguments);
        if record.state == ApprovalState::Approved {
            return self.use_up(&record, asked.key).await;
        }
        // Not before somebody reads it: a call that waits for a decision made elsewhere holds no more than it must.
        let prompt = || prompt_for(&record, &asked, self.seconds_left(&record));
        match front.asking() {
            Asking::Deferred => {
                self.open.put(asked.call_id, &self.now(), &record.expires_at);
                Ok(Verdict::AskFirst(prompt()))
            }
            Asking::Inline => {
                let prompt = prompt();
                let left = Duration::from_secs(prompt.expires_in_seconds);
                let answer = timeout(left, front.ask(&prompt)).await.unwrap_or(Answer::Late);
                drop(prompt);
                match answer {
                    Answer::Unavailable => self.wait(record, asked.key, front).await,
                    answer => self.settle(&record, asked.key, answer, user, front.via()).await,
                }
            }
            Asking::Unavailable => self.wait(record, asked.key, front).await,
        }
    }

    /// Whether a person has allowed the call of this key, and it has not gone through yet.
    ///
    /// # Errors
    /// [`GateError`] when the store fails.
    pub async fn is_allowed(&self, key: &ApprovalKey) -> Result<bool, GateError> {
        let record = self.store.find_approval(key, &self.now()).await?;
        Ok(record.is_some_and(|record| record.state == ApprovalState::Approved))
    }

    /// Lets a call through that was [allowed before](Self::is_allowed), once. Never asks: of calls that come at the
    /// same time the others are refused.
    ///
    /// # Errors
    /// [`GateError`]; nothing may leave then.
    pub async fn use_allowed(&self, key: &ApprovalKey) -> Result<Verdict, GateError> {
        match self.store.find_approval(key, &self.now()).await? {
            Some(record) if record.state == ApprovalState::Approved => self.use_up(&record, key).await,
            Some(record) if record.state == ApprovalState::Used => Ok(refused(&record, Refusal::UsedElsewhere)),
            Some(record) => Ok(refused(&record, Refusal::NotValid)),
            None => Ok(Verdict::Refused {
                approval_id: None,
                by: None,
                continues: None,
                refusal: Refusal::NotValid,
            }),
        }
    }

    /// Goes on with a call that comes again with the answer to [`Verdict::AskFirst`], which `call_id` ended with.
    ///
    /// # Errors
    /// [`GateError`]; nothing may leave then.
    pub async fn resume(
        &self,
        approval_id: &str,
        call_id: &str,
        answer: Answer,
        key: &ApprovalKey,
        user: &str,
    ) -> Result<Verdict, GateError> {
        match self.store.get_approval(approval_id).await? {
            Some(record) if record.key() == *key => {
                let verdict = self.settle(&record, key, answer, user, Via::Mrtr).await?;
                // Equal calls share a record; each answer ends the one that asked for it.
                Ok(verdict.continuing(self.open.take(call_id)))
            }
            _ => Ok(Verdict::Refused {
                approval_id: Some(approval_id.to_owned()),
                by: None,
                continues: None,
                refusal: Refusal::NotValid,
            }),
        }
    }

    async fn settle(
        &self,
        record: &ApprovalRecord,
        key: &ApprovalKey,
        answer: Answer,
        user: &str,
        via: Via,
    ) -> Result<Verdict, GateError> {
        let approved = match answer {
            Answer::Accepted => true,
            Answer::Declined => false,
            // Nothing was decided: whoever closed it may be asked again, and an operator may still decide.
            Answer::Cancelled | Answer::Unavailable => return Ok(refused(record, Refusal::Closed)),
            Answer::Late => return self.unanswered(record, key).await,
        };
        let decision = Decision {
            approved,
            at: self.now(),
            by: user.to_owned(),
            via,
        };
        let decided = self.store.decide_approval(&record.id, &decision).await?;
        if !approved {
            // An operator may have allowed it meanwhile. Who was asked says no, and that holds for the next call, too.
            if !decided {
                self.store.revoke_approval(&record.id, &decision).await?;
            }
            return Ok(Verdict::Refused {
                approval_id: Some(record.id.clone()),
                by: Some(format!("{user} via {}", via.as_str())),
                continues: None,
                refusal: Refusal::Declined,
            });
        }
        // An operator may have been quicker: whatever the record says now is what counts.
        let Some(current) = self.store.get_approval(&record.id).await? else {
            return Ok(refused(record, Refusal::NotValid));
        };
        match current.state {
            ApprovalState::Approved => self.use_up(&current, key).await,
            ApprovalState::Denied => Ok(refused(&current, Refusal::Declined)),
            ApprovalState::Used => Ok(refused(&current, Refusal::UsedElsewhere)),
            ApprovalState::Pending => {
                debug_assert!(!decided, "a decided record cannot be pending");
                Ok(refused(&current, Refusal::NotValid))
            }
        }
    }

    /// Whoever was asked decided nothing; an operator may have.
    async fn unanswered(&self, record: &ApprovalRecord, key: &ApprovalKey) -> Result<Verdict, GateError> {
        match self.store.get_approval(&record.id).await? {
            Some(current) if current.state == ApprovalState::Approved => self.use_up(&current, key).await,
            Some(current) if current.state == ApprovalState::Denied => Ok(refused(&current, Refusal::Declined)),
            _ => Ok(refused(record, Refusal::Unanswered)),
        }
    }

    async fn wait(&self, record: ApprovalRecord, key: &ApprovalKey, front: &dyn Front) -> Result<Verdict, GateError> {
        let started = Instant::now();
        let end = started + self.settings.wait;
        let mut place = self.lookout.watch(&record, &self.store, &self.clock);
        let mut say = interval(SAY_EVERY);
        while Instant::now() < end {
            tokio::select! {
                biased;
                () = place.over() => match self.settled(&record, key).await? {
                    Some(verdict) => return Ok(verdict),
                    // The store failed for a moment.
                    None => place = self.lookout.watch(&record, &self.store, &self.clock),
                },
                _ = say.tick() => front.waiting(&record.id, started.elapsed().as_secs()).await,
                () = sleep_until(end) => {}
            }
        }
        Ok(refused(&record, Refusal::Undecided))
    }

    /// What became of a record that was waited for; `None` while nothing has.
    async fn settled(&self, record: &ApprovalRecord, key: &ApprovalKey) -> Result<Option<Verdict>, GateError> {
        let Some(current) = self.store.get_approval(&record.id).await? else {
            return Ok(Some(refused(record, Refusal::NotValid)));
        };
        Ok(Some(match current.state {
            ApprovalState::Pending if current.expires_at > self.now() => return Ok(None),
            ApprovalState::Pending => refused(&current, Refusal::Unanswered),
            ApprovalState::Approved => self.use_up(&current, key).await?,
            ApprovalState::Denied => refused(&current, Refusal::Declined),
            ApprovalState::Used => refused(&current, Refusal::UsedElsewhere),
        }))
    }

    async fn use_up(&self, record: &ApprovalRecord, key: &ApprovalKey) -> Result<Verdict, GateError> {
        if !self.store.use_approval(&record.id, key, &self.now()).await? {
            let refusal = match self.store.get_approval(&record.id).await? {
                Some(current) if current.state == ApprovalState::Used => Refusal::UsedElsewhere,
                _ => Refusal::NotValid,
            };
            return Ok(refused(record, refusal));
        }
        Ok(Verdict::Allowed(Granted {
            approval_id: record.id.clone(),
            continues: None,
            by: decided_by(record).unwrap_or_default(),
        }))
    }

    fn now(&self) -> String {
        time::rfc3339((self.clock)())
    }

    fn seconds_left(&self, record: &ApprovalRecord) -> u64 {
        let expires: Timestamp = record.expires_at.parse().unwrap_or(Timestamp::MIN);
        u64::try_from(expires.duration_since((self.clock)()).as_secs()).unwrap_or(0)
    }

    /// The arguments as they are kept.
    fn kept_arguments(&self, asked: &Asked<'_>) -> Result<String, TooLong> {
        let length = asked.path.len();
        if length > LONGEST_PATH {
            return Err(TooLong::Path { length });
        }
        let arguments = Value::Object(asked.arguments.clone()).to_string();
        let (length, most) = (arguments.len(), self.settings.most_argument_bytes);
        if length > most {
            return Err(TooLong::Arguments { length, most });
        }
        Ok(arguments)
    }

    fn record(&self, asked: &Asked<'_>) -> Result<ApprovalRecord, GateError> {
        let ApprovalKey {
            user,
            organisation,
            connector,
            action,
            arguments_hash,
            revision,
        } = asked.key.clone();
        let now = (self.clock)();
        let expires = SignedDuration::try_from(self.settings.expires).unwrap_or(SignedDuration::MAX);
        Ok(ApprovalRecord {
            id: random_id()?,
            call_id: asked.call_id.to_owned(),
            user,
            organisation,
            connector,
            action,
            effect: asked.effect.into(),
            method: asked.method.to_owned(),
            path: asked.path.to_owned(),
            arguments_hash,
            revision,
            state: ApprovalState::Pending,
            created_at: time::rfc3339(now),
            expires_at: time::rfc3339(now.saturating_add(expires).unwrap_or(Timestamp::MAX)),
            decided_at: None,
            decided_by: None,
            decided_via: None,
            ended_at: None,
        })
    }
}

fn prompt_for(record: &ApprovalRecord, asked: &Asked<'_>, expires_in_seconds: u64) -> ApprovalPrompt {
    let effect = asked.effect.as_str();
    let facts = Facts {
        connector: asked.connector,
        action: asked.action,
        effect,
        method: asked.method,
        path: asked.path,
    };
    ApprovalPrompt {
        approval_id: record.id.clone(),
        call_id: asked.call_id.to_owned(),
        connector: asked.connector.to_owned(),
        action: asked.action.to_owned(),
        effect,
        method: asked.method.to_owned(),
        path: asked.path.to_owned(),
        arguments: asked.arguments.clone(),
        expires_in_seconds,
        text: prompt::text(&facts, asked.arguments),
    }
}

fn refused(record: &ApprovalRecord, refusal: Refusal) -> Verdict {
    Verdict::Refused {
        approval_id: Some(record.id.clone()),
        // Whoever allowed the record refused no call that came too late for it.
        by: decided_by(record).filter(|_| refusal == Refusal::Declined),
        continues: None,
        refusal,
    }
}

/// Who decided, and through which front end, e.g. `ana via cli`.
pub(crate) fn decided_by(record: &ApprovalRecord) -> Option<String> {
    let by = record.decided_by.as_deref()?;
    Some(match record.decided_via {
        Some(via) => format!("{by} via {}", via.as_str()),
        None => by.to_owned(),
    })
}

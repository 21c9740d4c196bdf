//! Secrets that were opened a moment ago, so that a call does not wait for the store.

use std::time::Duration;

use moka::sync::Cache;
use secrecy::SecretString;
use tokio::time::Instant;

use super::Holder;
use crate::connector::model::SecretName;

/// For how long an opened secret is used without looking at the store again. A secret that was changed or removed, also
/// by another process, is in use no longer than this.
pub(super) const FRESH: Duration = Duration::from_secs(2);

/// More than this many secrets in use at once are opened again now and then.
const CAPACITY: u64 = 1_024;

/// Opened secrets by what was asked for, not by what was found: a user who gets a secret of their own is no longer
/// given the shared one.
pub(super) struct OpenedSecrets {
    secrets: Cache<Question, Opened>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Question {
    organisation: String,
    user: String,
    sees_everybodys: bool,
    name: SecretName,
}

#[derive(Clone)]
struct Opened {
    value: SecretString,
    at: Instant,
}

impl OpenedSecrets {
    pub(super) fn new() -> Self {
        Self {
            secrets: Cache::builder().max_capacity(CAPACITY).time_to_live(FRESH).build(),
        }
    }

    /// What `name` was for `holder`, if that was found out at most [`FRESH`] ago.
    pub(super) fn fresh(&self, name: &SecretName, holder: Holder<'_>) -> Option<SecretString> {
        let question = Question::of(name, holder);
        let opened = self.secrets.get(&question)?;
        if opened.at.elapsed() < FRESH {
            return Some(opened.value);
        }
        self.secrets.invalidate(&question);
        None
    }

    /// Keeps what `name` is for `holder`. `at` is the moment before the store was read: what it said may have changed
    /// from then on.
    pub(super) fn keep(&self, name: &SecretName, holder: Holder<'_>, value: SecretString, at: Instant) {
        self.secrets.insert(Question::of(name, holder), Opened { value, at });
    }

    /// Forgets everything, at once.
    pub(super) fn clear(&self) {
        self.secrets.invalidate_all();
        self.secrets.run_pending_tasks();
    }
}

impl Question {
    fn of(name: &SecretName, holder: Holder<'_>) -> Self {
        Self {
            organisation: holder.organisation.to_owned(),
            user: holder.user.to_owned(),
            sees_everybodys: holder.sees_everybodys,
            name: name.clone(),
        }
    }
}

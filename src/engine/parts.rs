//! What an engine is made of.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::CodeRunner;
use crate::approval::Approvals;
use crate::audit::Audit;
use crate::auth::ScrubberCache;
use crate::config::Config;
use crate::crypto::HashingKey;
use crate::egress::{Egress, EgressError};
use crate::policy::{Admission, Limits};
use crate::store::Store;
use crate::vault::SecretSource;

/// What an engine is made of.
pub struct Parts {
    /// The way out.
    pub egress: Egress,
    /// The gate of writes.
    pub approvals: Approvals,
    /// What hashes of arguments are made with.
    pub arguments_key: HashingKey,
    /// The audit log.
    pub audit: Audit,
    /// Where secrets are kept.
    pub secrets: Arc<dyn SecretSource>,
    /// Searches for secrets that were prepared before.
    pub scrubbers: ScrubberCache,
    /// Runs actions with code.
    pub code: CodeRunner,
    /// How many calls may run and wait.
    pub admission: Admission,
    /// How many calls are let through in some time.
    pub limits: Limits,
    /// Longest time from a call's coming to its answer, the wait for its turn included; waiting for a person does not
    /// count. Its audit row may take as long again.
    pub call_timeout: Duration,
}

impl Parts {
    /// The parts as `config` has them, over one store. What is compiled of code is kept in the folder `compiled`.
    ///
    /// # Errors
    /// [`EgressError`] when no request could be made with these settings.
    pub fn of(
        config: &Config,
        store: &Arc<dyn Store>,
        compiled: PathBuf,
        arguments_key: HashingKey,
        secrets: Arc<dyn SecretSource>,
    ) -> Result<Self, EgressError> {
        Ok(Self {
            egress: Egress::new(&config.egress)?,
            approvals: Approvals::new(Arc::clone(store), (&config.approvals).into()),
            arguments_key,
            audit: Audit::start(Arc::clone(store)),
            secrets,
            scrubbers: ScrubberCache::new(),
            code: CodeRunner::new(config.sandbox.clone(), compiled, Arc::clone(store)),
            admission: Admission::new(config.into()),
            limits: Limits::start(Arc::clone(store), config.limits.clone()),
            call_timeout: Duration::from_millis(config.server.call_timeout_ms),
        })
    }
}

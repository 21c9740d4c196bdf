//! Secrets that were opened a moment ago, so that a call does not wait for the store.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use moka::sync::Cache;
use secrecy::SecretString;
use tokio::sync::watch;
use tokio::time::Instant;

use super::{Holder, SecretError};
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
    /// What is being found out, by whoever asked first; the others wait for the same answer.
    under_way: Mutex<HashMap<Question, Answers>>,
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
    /// The moment before the store was read: what it said may have changed from then on.
    at: Instant,
}

type Answer = Result<Opened, SecretError>;

/// `None` until there is one.
type Answers = watch::Receiver<Option<Answer>>;

/// Finds out something that others may wait for as well. They go on without it when it is dropped before.
struct Search<'a> {
    opened: &'a OpenedSecrets,
    question: Question,
    answer: watch::Sender<Option<Answer>>,
}

/// What somebody who asks has to do.
enum Turn<'a> {
    Search(Search<'a>),
    Wait(Answers),
}

impl Opened {
    fn is_fresh(&self) -> bool {
        self.at.elapsed() < FRESH
    }
}

impl OpenedSecrets {
    pub(super) fn new() -> Self {
        Self {
            secrets: Cache::builder().max_capacity(CAPACITY).time_to_live(FRESH).build(),
            under_way: Mutex::default(),
        }
    }

    /// What `name` is for `holder`: what was found out at most [`FRESH`] ago, else what `find` finds out. Of those who ask
    /// the same at once one finds it out for all; a failure is theirs together, and whoever asks later tries again.
    ///
    /// # Errors
    /// Those of `find`.
    pub(super) async fn get<F>(
        &self,
        name: &SecretName,
        holder: Holder<'_>,
        find: impl Fn() -> F,
    ) -> Result<SecretString, SecretError>
    where
        F: Future<Output = Result<SecretString, SecretError>>,
    {
        let question = Question::of(name, holder);
        loop {
            if let Some(opened) = self.secrets.get(&question).filter(Opened::is_fresh) {
                return Ok(opened.value);
            }
            let mut answers = match self.turn(&question) {
                Turn::Search(search) => return search.run(&find).await,
                Turn::Wait(answers) => answers,
            };
            // Fails when whoever looked has given up: then one of those who waited does.
            let Ok(answer) = answers.wait_for(Option::is_some).await else {
                continue;
            };
            match answer.clone() {
                // It took so long that it may be outdated.
                Some(Ok(opened)) if !opened.is_fresh() => {}
                Some(answer) => return answer.map(|opened| opened.value),
                None => {}
            }
        }
    }

    fn turn(&self, question: &Question) -> Turn<'_> {
        let mut under_way = self.under_way();
        if let Some(answers) = under_way.get(question) {
            return Turn::Wait(answers.clone());
        }
        let (answer, answers) = watch::channel(None);
        under_way.insert(question.clone(), answers);
        Turn::Search(Search {
            opened: self,
            question: question.clone(),
            answer,
        })
    }

    /// Forgets everything, at once, with what is being found out: it may have been read before.
    pub(super) fn clear(&self) {
        self.under_way().clear();
        self.secrets.invalidate_all();
        self.secrets.run_pending_tasks();
    }

    fn under_way(&self) -> MutexGuard<'_, HashMap<Question, Answers>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Search<'_> {
    async fn run<F>(self, find: impl Fn() -> F) -> Result<SecretString, SecretError>
    where
        F: Future<Output = Result<SecretString, SecretError>>,
    {
        let at = Instant::now();
        let answer = find().await.map(|value| Opened { value, at });
        {
            let under_way = self.opened.under_way();
            // Unless everything was forgotten meanwhile.
            if let Ok(opened) = &answer
                && self.is_wanted(&under_way)
            {
                self.opened.secrets.insert(self.question.clone(), opened.clone());
            }
        }
        self.answer.send_replace(Some(answer.clone()));
        answer.map(|opened| opened.value)
    }

    fn is_wanted(&self, under_way: &HashMap<Question, Answers>) -> bool {
        let answers = under_way.get(&self.question);
        answers.is_some_and(|answers| answers.same_channel(&self.answer.subscribe()))
    }
}

impl Drop for Search<'_> {
    fn drop(&mut self) {
        let mut under_way = self.opened.under_way();
        if self.is_wanted(&under_way) {
            under_way.remove(&self.question);
        }
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

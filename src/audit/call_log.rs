//! What the code of one call does: its log lines and its requests.
//!
//! Nothing is cleaned here: whoever notes something has taken the secrets out.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

/// Most events of one call. The sandbox bounds lines and requests each; this bounds both, whatever its settings.
const MOST: usize = 2_000;

/// One thing that the code of a call did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallEvent {
    /// Milliseconds since the code began.
    pub at_ms: u64,
    /// What it was.
    #[serde(flatten)]
    pub what: CallEventKind,
}

/// What the code of a call did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum CallEventKind {
    /// It wrote a line.
    Log {
        /// `debug`, `info`, `warn` or `error`.
        level: String,
        /// The line.
        message: String,
    },
    /// It made a request.
    Request {
        /// Its method.
        method: String,
        /// Host and path; the query may hold anything.
        url: String,
        /// Status of the answer.
        #[serde(skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
        /// Why there was no answer.
        #[serde(skip_serializing_if = "Option::is_none")]
        failure: Option<String>,
        /// Bytes of the answer.
        bytes: u64,
        /// Milliseconds until the whole answer was there.
        duration_ms: u64,
    },
}

/// The events of one call. Clones are one log.
#[derive(Debug, Clone, Default)]
pub struct CallLog(Arc<Mutex<Vec<CallEvent>>>);

impl CallLog {
    /// Notes an event, unless there are too many.
    pub fn note(&self, at_ms: u64, what: CallEventKind) {
        let mut events = self.lock();
        if events.len() < MOST {
            events.push(CallEvent { at_ms, what });
        }
    }

    /// All events so far.
    #[must_use]
    pub fn events(&self) -> Vec<CallEvent> {
        self.lock().clone()
    }

    /// The events as the store keeps them; `None` when there are none.
    #[must_use]
    pub fn to_text(&self) -> Option<String> {
        let events = self.lock();
        if events.is_empty() {
            return None;
        }
        serde_json::to_string(&*events).ok()
    }

    /// The events that a store has kept. What cannot be read is none.
    #[must_use]
    pub fn of_text(text: &str) -> Vec<CallEvent> {
        serde_json::from_str(text).unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<CallEvent>> {
        // Pushing cannot fail half way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_back_and_are_bounded() {
        let log = CallLog::default();
        assert_eq!(log.to_text(), None);
        log.note(
            1,
            CallEventKind::Log {
                level: "info".to_owned(),
                message: "a \"line\"".to_owned(),
            },
        );
        log.note(
            2,
            CallEventKind::Request {
                method: "GET".to_owned(),
                url: "a.example/v1".to_owned(),
                status: Some(200),
                failure: None,
                bytes: 3,
                duration_ms: 4,
            },
        );
        assert_eq!(CallLog::of_text(&log.to_text().unwrap()), log.events());
        for at in 0..5_000 {
            log.note(at, log.events()[0].what.clone());
        }
        assert_eq!(log.events().len(), MOST);
        assert!(CallLog::of_text("no JSON").is_empty());
    }
}

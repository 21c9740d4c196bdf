//! Calls that ended with a question, until another run of them brings the answer.
//!
//! Kept in memory: what a client carries from a question to its answer is worth nothing in another process either.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::Continued;

/// Most calls that are remembered. An answer to one that is not is recorded as a call of its own.
const MOST: usize = 10_000;

/// The calls whose rows are still open. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct OpenQuestions {
    calls: Arc<Mutex<HashMap<String, Asked>>>,
}

#[derive(Debug)]
struct Asked {
    at: String,
    expires_at: String,
}

impl OpenQuestions {
    /// Remembers that `call_id` asked at `at`; from `expires_at` on no answer can come.
    pub(super) fn put(&self, call_id: &str, at: &str, expires_at: &str) {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        if calls.len() >= MOST {
            calls.retain(|_, asked| asked.expires_at.as_str() > at);
        }
        if calls.len() < MOST {
            let asked = Asked {
                at: at.to_owned(),
                expires_at: expires_at.to_owned(),
            };
            calls.insert(call_id.to_owned(), asked);
        }
    }

    /// The call `call_id`, for whoever brings its answer first: a row ends once.
    pub(super) fn take(&self, call_id: &str) -> Option<Continued> {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let (call_id, asked) = calls.remove_entry(call_id)?;
        Some(Continued {
            call_id,
            asked_at: asked.at,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_continued_once() {
        let open = OpenQuestions::default();
        open.put("1", "2026-01-01", "2026-01-02");
        assert!(open.take("2").is_none());
        let taken = open.take("1").unwrap();
        assert_eq!((taken.call_id.as_str(), taken.asked_at.as_str()), ("1", "2026-01-01"));
        assert!(open.take("1").is_none());
    }

    #[test]
    fn questions_that_nobody_answers_make_room() {
        let open = OpenQuestions::default();
        for number in 0..MOST {
            open.put(&number.to_string(), "2026-01-01", "2026-01-02");
        }
        open.put("late", "2026-01-01", "2026-01-02");
        assert!(open.take("late").is_none(), "there was room for one more");
        open.put("later", "2026-01-02", "2026-01-03");
        assert!(open.take("later").is_some());
        assert!(open.calls.lock().unwrap().is_empty());
    }
}

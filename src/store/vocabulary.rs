//! The words that records are written with. They stand in stores for as long as rows are kept, and in the texts that
//! hashes cover: a word may come, but none may be spelled otherwise.

use std::iter;

use crate::connector::model::Effect;
use crate::error_code::ErrorCode;

/// Words of one kind.
pub trait Vocabulary: Copy + Eq + 'static {
    /// Every word that this version writes.
    fn all() -> impl Iterator<Item = Self>;
    /// The word as it is written.
    fn as_str(self) -> &'static str;
}

/// How a call came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// MCP over standard input and output.
    Stdio,
    /// MCP over Streamable HTTP.
    Http,
    /// MCP over HTTP with server-sent events, as of 2024-11-05.
    Sse,
    /// A command.
    Cli,
    /// The MCP session inside the demo's own process.
    Demo,
}

impl Vocabulary for Channel {
    fn all() -> impl Iterator<Item = Self> {
        [Self::Stdio, Self::Http, Self::Sse, Self::Cli, Self::Demo].into_iter()
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Stdio => "stdio",
            Self::Http => "http",
            Self::Sse => "sse",
            Self::Cli => "cli",
            Self::Demo => "demo",
        }
    }
}

/// Whether a call was let through, and by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditDecision {
    /// Nobody had to be asked.
    Allowed,
    /// A person allowed it.
    Approved,
    /// A person refused it, or did not answer in time.
    Denied,
    /// It came to no decision about it: something else was wrong before.
    Refused,
    /// A person has been asked.
    Pending,
}

impl Vocabulary for AuditDecision {
    fn all() -> impl Iterator<Item = Self> {
        [
            Self::Allowed,
            Self::Approved,
            Self::Denied,
            Self::Refused,
            Self::Pending,
        ]
        .into_iter()
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Approved => "approved",
            Self::Denied => "denied",
            Self::Refused => "refused",
            Self::Pending => "pending",
        }
    }
}

/// What became of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditOutcome {
    /// It was answered.
    Succeeded,
    /// It failed, or has not ended: a write's intent row says that the outcome is unknown, and the row of a question
    /// that approval is required.
    Failed(ErrorCode),
}

impl Vocabulary for AuditOutcome {
    fn all() -> impl Iterator<Item = Self> {
        iter::once(Self::Succeeded).chain(ErrorCode::ALL.into_iter().map(Self::Failed))
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "ok",
            Self::Failed(code) => code.as_str(),
        }
    }
}

impl Vocabulary for Effect {
    fn all() -> impl Iterator<Item = Self> {
        [Self::Read, Self::Write].into_iter()
    }

    fn as_str(self) -> &'static str {
        Self::as_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Recorded;

    fn words<Word: Vocabulary>() -> Vec<&'static str> {
        Word::all().map(Vocabulary::as_str).collect()
    }

    /// Hashes of rows that were written before cover these very texts.
    #[test]
    fn words_are_spelled_as_ever() {
        assert_eq!(words::<Channel>(), ["stdio", "http", "sse", "cli", "demo"]);
        assert_eq!(
            words::<AuditDecision>(),
            ["allowed", "approved", "denied", "refused", "pending"]
        );
        assert_eq!(words::<Effect>(), ["read", "write"]);
        let outcomes = words::<AuditOutcome>();
        assert_eq!(outcomes[..2], ["ok", "AUTHENTICATION_FAILED"]);
        assert_eq!(outcomes.len(), 1 + ErrorCode::ALL.len());
    }

    #[test]
    fn what_is_written_is_read_again() {
        fn check<Word: Vocabulary + std::fmt::Debug>() {
            for word in Word::all() {
                let read = Recorded::<Word>::from(word.as_str());
                assert_eq!(read, word);
                assert_eq!(read.as_str(), word.as_str());
            }
        }
        check::<Channel>();
        check::<AuditDecision>();
        check::<AuditOutcome>();
        check::<Effect>();
    }

    #[test]
    fn a_word_of_another_version_stays_as_it_was() {
        for text in ["QUOTA_EXCEEDED", "OK", ""] {
            let read = Recorded::<AuditOutcome>::from(text);
            assert_eq!((read.known(), read.as_str()), (None, text));
            assert_eq!(serde_json::to_value(&read).unwrap(), text);
        }
    }
}

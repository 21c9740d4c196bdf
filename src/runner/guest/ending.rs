//! What a run ends with.

use std::fmt;
use std::time::Duration;

/// A run that came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// JSON, or an empty text for nothing.
    pub result: String,
    /// What the run used.
    pub used: Used,
}

/// What a run used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Used {
    /// Computing, in steps of 10 ms.
    pub cpu: Duration,
    /// Requests that were let through.
    pub requests: u64,
    /// Bytes of its requests.
    pub sent_bytes: u64,
    /// Bytes of the answers.
    pub received_bytes: u64,
}

/// Why a run has no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GuestError {
    /// The code failed by itself: an exception that nobody caught, or an error that a component gave.
    #[error("{message}")]
    Failed {
        /// What the code said.
        message: String,
        /// Where, in the author's code, when the language knows it.
        stack: Option<String>,
    },
    /// A limit was reached.
    #[error("{0}")]
    Limit(LimitReached),
    /// The component broke: it did what no correct program does, e.g. read outside its memory.
    #[error("the component crashed: {0}")]
    Crashed(String),
    /// Too many runs wait already.
    #[error(
        "{running} runs of action code are going on and {waiting} wait (settings sandbox.max_concurrent_runs, sandbox.max_queued_runs)"
    )]
    Busy {
        /// How many run.
        running: usize,
        /// How many wait.
        waiting: usize,
    },
}

/// Which limit was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitReached {
    /// Which.
    pub limit: Limit,
    /// Its value, in the setting's own unit.
    pub value: u64,
}

/// A limit of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Limit {
    /// Time of the whole run.
    Time,
    /// Time of computing.
    Cpu,
    /// Memory.
    Memory,
    /// Memory of all runs together.
    TotalMemory,
    /// Elements of tables.
    Table,
    /// How deep calls nest.
    Stack,
    /// Number of requests.
    Requests,
    /// Bytes sent.
    SentBytes,
    /// Bytes received.
    ReceivedBytes,
    /// Waits and requests under way.
    Handles,
    /// Length of the result.
    Result,
}

impl Limit {
    /// The setting that changes it.
    #[must_use]
    pub fn setting(self) -> &'static str {
        match self {
            Self::Time => "sandbox.timeout_ms",
            Self::Cpu => "sandbox.cpu_ms",
            Self::Memory => "sandbox.max_memory_bytes",
            Self::TotalMemory => "sandbox.max_total_memory_bytes",
            Self::Table => "sandbox.max_table_elements",
            Self::Stack => "sandbox.max_stack_bytes",
            Self::Requests => "sandbox.max_requests",
            Self::SentBytes => "sandbox.max_sent_bytes",
            Self::ReceivedBytes => "sandbox.max_received_bytes",
            Self::Handles => "sandbox.max_handles",
            Self::Result => "sandbox.max_result_bytes",
        }
    }
}

impl fmt::Display for LimitReached {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.value;
        match self.limit {
            Limit::Time => write!(text, "the code did not finish within {value} ms"),
            Limit::Cpu => write!(text, "the code computed for more than {value} ms"),
            Limit::Memory => write!(text, "the code needed more than {value} bytes of memory"),
            Limit::TotalMemory => {
                write!(
                    text,
                    "all code that runs now would need more than {value} bytes of memory together"
                )
            }
            Limit::Table => write!(text, "the code needed tables of more than {value} elements"),
            Limit::Stack => write!(text, "the code's calls nested deeper than a stack of {value} bytes"),
            Limit::Requests => write!(text, "the code made more than {value} requests"),
            Limit::SentBytes => write!(text, "the code's requests had more than {value} bytes together"),
            Limit::ReceivedBytes => write!(text, "the answers to the code had more than {value} bytes together"),
            Limit::Handles => write!(text, "the code had more than {value} waits and requests under way"),
            Limit::Result => write!(text, "the code's result is longer than {value} bytes"),
        }?;
        write!(text, " (setting {})", self.limit.setting())
    }
}

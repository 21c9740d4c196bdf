//! How a run of code fails, in the public taxonomy.

use serde_json::Value;

use super::host::Host;
use super::tally::{Counted, Tally};
use crate::audit::CallEventKind;
use crate::auth::GuestAuthError;
use crate::connector::model::{Code, Language};
use crate::engine::{CallError, ErrorCode, failures};
use crate::runner::ReturnedError;
use crate::runner::guest::{GuestError, Limit, LoadError};

/// What code was told when a request of it failed, and what that means when the code does nothing about it.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Told {
    pub(super) text: String,
    pub(super) meaning: CallError,
}

/// Longest message of what code throws, in characters; an agent reads it.
const LONGEST_MESSAGE: usize = 8_000;

/// Most characters of its stack that are kept in the log of the call.
const LONGEST_STACK: usize = 8_000;

const LOG_SAYS_WHY: &str = "tell the operator of this server; its log says why";

pub(super) fn no_sandbox(problem: &str) -> CallError {
    tracing::error!(problem, "action code cannot be run");
    CallError::new(
        ErrorCode::InternalError,
        "this server cannot run action code; nothing was sent",
        LOG_SAYS_WHY,
    )
}

/// A tool of another catalog than its program's.
pub(super) fn no_code() -> CallError {
    CallError::new(
        ErrorCode::InternalError,
        "the code of this action is not there; nothing was sent",
        "list the tools again; the connector was changed",
    )
}

/// The code gave a result while one of its requests that may change something was under way.
pub(super) fn cut_off() -> CallError {
    CallError::new(
        ErrorCode::OutcomeUnknown,
        "the action ended while a request of it that may change something was under way, which was cut off",
        failures::LOOK_BEFORE_REPEATING,
    )
}

pub(super) fn of_load(error: &LoadError, code: &Code) -> CallError {
    let name = &code.name;
    let cause = match error {
        LoadError::Syntax { message, line, column } => {
            let place = format!("{name}:{line}:{column}");
            format!("{}: {message}", code.with_places(&place))
        }
        other => other.to_string(),
    };
    tracing::error!(cause, "action code cannot be run");
    CallError {
        source: Some("local"),
        ..CallError::new(
            ErrorCode::ActionFailed,
            format!("the action's code cannot be run: {cause}; nothing was sent"),
            "tell the operator of this server: `toolgate check` shows what is wrong with the code",
        )
    }
}

pub(super) fn no_auth(error: GuestAuthError) -> CallError {
    match error {
        GuestAuthError::Secret(error) => failures::secret(&error),
        GuestAuthError::Random(error) => {
            tracing::error!(%error, "no handle can be made");
            CallError::new(
                ErrorCode::InternalError,
                "there is no randomness for handles; nothing was sent",
                LOG_SAYS_WHY,
            )
        }
    }
}

/// A run without a result.
pub(super) fn of_run(error: &GuestError, host: &Host, tally: &Tally) -> CallError {
    match error {
        GuestError::Failed { message, stack } => thrown(message, stack.as_deref(), host, tally),
        GuestError::Limit(_) | GuestError::Crashed(_) if tally.write_is_open() => CallError::new(
            ErrorCode::OutcomeUnknown,
            format!("{error}; a request that may change something was under way"),
            failures::LOOK_BEFORE_REPEATING,
        ),
        GuestError::Limit(reached) if reached.limit == Limit::TotalMemory => CallError {
            retryable: !tally.wrote(),
            source: Some("local"),
            ..CallError::new(
                ErrorCode::SandboxLimit,
                format!("{error}{}", done(tally)),
                "call again when fewer calls are under way, or ask for less; the operator can raise the setting",
            )
        },
        GuestError::Limit(_) => CallError {
            source: Some("local"),
            ..CallError::new(
                ErrorCode::SandboxLimit,
                format!("{error}{}", done(tally)),
                "ask for less; the operator can raise the setting, or make the code need less",
            )
        },
        GuestError::Crashed(_) => CallError {
            source: Some("local"),
            ..CallError::new(
                ErrorCode::ActionFailed,
                format!("{error}{}", done(tally)),
                "tell the operator of this server: the action's code has a mistake",
            )
        },
        GuestError::Busy { .. } => CallError {
            retryable: true,
            retry_after_seconds: Some(1),
            source: Some("local"),
            ..CallError::new(
                ErrorCode::RateLimited,
                format!("server limit: {error}; nothing was sent"),
                "wait a second, then call again",
            )
        },
    }
}

/// What the code threw, in its own words. When that is what it was told about a request, the meaning of that counts.
fn thrown(message: &str, stack: Option<&str>, host: &Host, tally: &Tally) -> CallError {
    let message = shortened(host, message, LONGEST_MESSAGE);
    let stack = stack.map(|stack| host.with_places(shortened(host, stack, LONGEST_STACK)));
    let place = stack
        .as_deref()
        .and_then(first_place)
        .map_or_else(String::new, |place| format!(" (at {place})"));
    if let Some(stack) = stack {
        host.note(CallEventKind::Log {
            level: "error".to_owned(),
            message: format!("{message}\n{stack}"),
        });
    }
    let counted = tally.counted();
    let told = counted.failures.iter().rev().find(|told| message.contains(&told.text));
    let error = match told {
        Some(told) => CallError {
            cause: format!("{message}{place}{}", done(tally)),
            ..told.meaning.clone()
        },
        None => CallError::new(
            ErrorCode::ActionFailed,
            format!("the action failed: {message}{place}{}", done(tally)),
            "correct the arguments if the message is about them; else tell the operator, `toolgate logs --call` shows \
             the action's own log",
        ),
    };
    after_writes(error, &counted)
}

/// What `error` means after requests that may have changed something: whoever repeats the call repeats those, too.
fn after_writes(error: CallError, counted: &Counted) -> CallError {
    if counted.writes == 0 {
        return error;
    }
    CallError {
        code: if counted.open_writes > 0 {
            ErrorCode::OutcomeUnknown
        } else {
            error.code
        },
        retryable: false,
        retry_after_seconds: None,
        resolution: failures::LOOK_BEFORE_REPEATING.to_owned(),
        ..error
    }
}

/// `text` as people may see it, or as many of its first characters.
fn shortened(host: &Host, text: &str, characters: usize) -> String {
    let mut shown = host.clean_start(text, characters * char::MAX_LEN_UTF8);
    if let Some((end, _)) = shown.char_indices().nth(characters) {
        shown.truncate(end);
        shown.push('…');
    }
    shown
}

/// The innermost place of a stack in the author's code, as `actions/a.js:3:7`. A place within what the code itself was
/// given to read, e.g. the JSON of `JSON.parse`, has a name in angle brackets.
fn first_place(stack: &str) -> Option<&str> {
    stack.lines().map(str::trim).find_map(|line| {
        let inside = line.rsplit_once('(').map_or_else(
            || line.strip_prefix("at ").unwrap_or(line),
            |(_, inside)| inside.trim_end_matches(')'),
        );
        let (rest, column) = inside.rsplit_once(':')?;
        let (name, line) = rest.rsplit_once(':')?;
        let numbers = [line, column].iter().all(|part| part.parse::<u32>().is_ok());
        (numbers && !name.is_empty() && !name.starts_with('<')).then_some(inside)
    })
}

/// A result that says that the action failed (ruling C-19).
pub(super) fn returned(said: &str, content: Value, tally: &Tally) -> CallError {
    let error = CallError {
        returned: Some(content),
        ..CallError::new(
            ErrorCode::ActionFailed,
            format!("the action failed: {said}{}", done(tally)),
            "correct the arguments if the message is about them; else tell the operator, `toolgate logs --call` shows \
             the action's own log",
        )
    };
    after_writes(error, &tally.counted())
}

/// A result that is none.
pub(super) fn of_result(error: ReturnedError, code: &Code, tally: &Tally) -> CallError {
    let told = match error {
        ReturnedError::Nothing if returns(code) => NOTHING_RETURNED.to_owned(),
        ref error => error.to_string(),
    };
    let cause = format!("{told}{}", done(tally));
    match error {
        ReturnedError::SchemaMismatch { violations } => CallError {
            violations: failures::list(&violations),
            ..CallError::new(
                ErrorCode::SchemaMismatch,
                cause,
                "tell the operator to correct the action's code or its `response_schema`",
            )
        },
        ReturnedError::Nothing | ReturnedError::NotJson(_) | ReturnedError::TooDeep | ReturnedError::File { .. } => {
            CallError::new(
                ErrorCode::ActionFailed,
                cause,
                "tell the operator: the action's code has a mistake",
            )
        }
    }
}

/// What is said of code that has a `return` and gives nothing. To read what `ld.request` gives before it is there is the
/// usual reason.
const NOTHING_RETURNED: &str = "the code returned nothing: either it reached no `return`, or what that gives is undefined, \
    as every member is of what `ld.request` gives without `await`";

/// Whether `code` is a script that says `return`.
fn returns(code: &Code) -> bool {
    if code.language != Language::JavaScript {
        return false;
    }
    let source = String::from_utf8_lossy(&code.bytes);
    let mut words = source.split(|character: char| !character.is_alphanumeric() && !matches!(character, '_' | '$'));
    words.any(|word| word == "return")
}

/// What may have been changed before.
fn done(tally: &Tally) -> String {
    match tally.counted().writes {
        0 => String::new(),
        1 => "; before that it made 1 request that may have changed something".to_owned(),
        writes => format!("; before that it made {writes} requests that may have changed something"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_one_of_the_authors() {
        let table = [
            (
                "    at parse (<input>:1:2)\n    at f (actions/a.js:4:22)",
                Some("actions/a.js:4:22"),
            ),
            (
                "    at actions/a.js:4:22\n    at actions/a.js:9:1",
                Some("actions/a.js:4:22"),
            ),
            ("    at <input>:1:2", None),
            ("", None),
        ];
        for (stack, expected) in table {
            assert_eq!(first_place(stack), expected, "{stack}");
        }
    }
}

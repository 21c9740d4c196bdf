//! How an action fails.

use std::error::Error;
use std::fmt::Write as _;
use std::panic::Location;

use crate::bindings;

/// How an action fails: what the agent reads, and the place in the action's source that the author reads.
///
/// Every error becomes one with `?`, which notes its own place.
#[derive(Debug)]
pub struct Failure {
    message: String,
    place: &'static Location<'static>,
}

impl Failure {
    /// A failure at the place of this call.
    #[track_caller]
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            place: Location::caller(),
        }
    }

    /// What the agent reads.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn into_bindings(self) -> bindings::Failure {
        bindings::Failure {
            message: self.message,
            stack: Some(format!("    at {}", self.place)),
        }
    }
}

impl<E: Error> From<E> for Failure {
    #[track_caller]
    fn from(error: E) -> Self {
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            let text = error.to_string();
            // Many errors repeat their cause already.
            if !message.contains(&text) {
                _ = write!(message, ": {text}");
            }
            cause = error.source();
        }
        Self {
            message,
            place: Location::caller(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Outer(std::num::ParseIntError);

    impl std::fmt::Display for Outer {
        fn fmt(&self, text: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            text.write_str("the number cannot be read")
        }
    }

    impl Error for Outer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }

    /// The line of the question mark.
    const LINE: u32 = line!() + 3;

    fn fails() -> Result<(), Failure> {
        "x".parse::<u8>().map_err(Outer)?;
        Ok(())
    }

    #[test]
    fn the_question_mark_keeps_the_cause_and_the_place() {
        let failure = fails().unwrap_err().into_bindings();
        assert_eq!(
            failure.message,
            "the number cannot be read: invalid digit found in string"
        );
        let stack = failure.stack.unwrap();
        assert!(
            stack.starts_with("    at ") && stack.contains(&format!("src/failure.rs:{LINE}:")),
            "{stack}"
        );
    }
}

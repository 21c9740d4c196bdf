//! How much of secrets one request may hold. A handle is short and a secret may be long: a body of handles that a guest has
//! memory for could need more of it than the machine has.

use std::cell::Cell;

/// Bytes of secrets in one request: hundreds of the longest keys there are.
const MOST: usize = 1024 * 1024;

/// What is left of it for one request.
#[derive(Debug)]
pub struct SecretBudget {
    left: Cell<usize>,
    is_exceeded: Cell<bool>,
}

impl SecretBudget {
    /// For one request.
    #[must_use]
    pub fn of_one_request() -> Self {
        Self {
            left: Cell::new(MOST),
            is_exceeded: Cell::new(false),
        }
    }

    /// The most that a request may hold, in bytes.
    #[must_use]
    pub fn most() -> usize {
        MOST
    }

    /// Whether a handle was left in its place because there was no room for its secret.
    #[must_use]
    pub fn is_exceeded(&self) -> bool {
        self.is_exceeded.get()
    }

    /// Takes so many bytes, if there are as many left.
    pub(super) fn takes(&self, bytes: usize) -> bool {
        match self.left.get().checked_sub(bytes) {
            Some(left) if !self.is_exceeded.get() => {
                self.left.set(left);
                true
            }
            _ => {
                self.is_exceeded.set(true);
                false
            }
        }
    }
}

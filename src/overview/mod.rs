//! What an operator sees of APIs and calls, in the words of the printed screens (contract S1-69 to S1-74, ruling C-13).
//!
//! Pure: turns records and counts into values and words, for every surface alike. Must never read a store, print, or
//! know where it is shown.

mod age;
mod api;
mod status;
mod summary;
mod window;

pub use age::ago;
pub use api::{Api, Badge, Connection, Metadata};
pub use status::{latency, status, time_of_day};
pub use summary::{FailureKind, Summary};
pub use window::{Window, WindowError};

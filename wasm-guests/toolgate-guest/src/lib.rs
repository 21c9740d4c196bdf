//! An action for Toolgate in a few lines of Rust.
//!
//! An action is an async function that takes a [`Call`] and gives a result that `serde` can write. [`action!`] makes it
//! the one that Toolgate runs:
//!
//! ```no_run
//! use serde::{Deserialize, Serialize};
//! use toolgate_guest::{Call, Failure, Request};
//!
//! #[derive(Deserialize)]
//! struct Input {
//!     ticket_id: String,
//! }
//!
//! #[derive(Deserialize, Serialize)]
//! struct Ticket {
//!     title: String,
//! }
//!
//! toolgate_guest::action!(get_ticket);
//!
//! async fn get_ticket(call: Call<Input>) -> Result<Ticket, Failure> {
//!     let path = toolgate_guest::encode(&call.input.ticket_id);
//!     let response = Request::get(format!("/tickets/{path}")).send().await?;
//!     Ok(response.successful()?.json()?)
//! }
//! # fn main() {}
//! ```
//!
//! What begins with `/` stands below the connection's base URL, and the host adds the connection's credential to a
//! request for it. An action that needs another address names it in full.
//!
//! Build it with `crate-type = ["cdylib"]` for `wasm32-unknown-unknown`, and make a component of the module with
//! `wasm-tools component new`. It then imports what `wasm-guests/wit/action.wit` describes, and nothing else: no files,
//! no environment, no sockets, no WASI.
//!
//! - `call`: what an action is given, and what it gives
//! - `request`, `response`: the only way out
//! - `failure`: how an action fails, with the place in its source
//! - `heap`: where its memory is (feature `heap`; switch it off to bring an allocator of your own)
//! - `host`: log, clock, randomness, progress, message authentication codes
//! - `together`: several requests under way at once

mod call;
mod failure;
#[cfg(all(feature = "heap", target_arch = "wasm32"))]
mod heap;
mod host;
mod request;
mod response;
mod together;

#[doc(hidden)]
#[allow(missing_docs, clippy::pedantic, reason = "generated; action.wit documents it")]
pub mod bindings {
    wit_bindgen::generate!({
        path: "../wit/action.wit",
        world: "action",
        pub_export_macro: true,
        default_bindings_module: "toolgate_guest::bindings",
    });
}

pub use call::{Auth, Call, MissingField, User};
#[doc(hidden)]
pub use call::{answer, log_panics};
pub use failure::Failure;
pub use host::{Algorithm, Level, debug, digest, error, hmac, info, log, now, progress, random, sleep, warn};
pub use request::{Request, SendError, encode};
pub use response::{Response, StatusError};
pub use together::{all, both};

/// Makes an async function the action of this component. It takes a [`Call`] and gives a `Result` of anything that
/// `serde` can write and a [`Failure`].
#[macro_export]
macro_rules! action {
    ($run:path) => {
        #[doc(hidden)]
        struct ToolgateAction;

        impl $crate::bindings::Guest for ToolgateAction {
            async fn run(
                data: ::std::string::String,
            ) -> ::std::result::Result<::std::string::String, $crate::bindings::Failure> {
                $crate::log_panics();
                $crate::answer(&data, $run).await
            }
        }

        $crate::bindings::export!(ToolgateAction with_types_in $crate::bindings);
    };
}

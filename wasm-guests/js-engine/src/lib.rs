//! The JavaScript engine: one WebAssembly component that runs every JavaScript action (world `javascript` of
//! `wasm-guests/wit/action.wit`).
//!
//! `QuickJS`-ng lives in it with its own event loop. It has no WASI: no files, environment, sockets or clock, only what
//! the world imports. The builder runs [`machine::prepare`] once and keeps the memory that it leaves behind, so a call
//! starts with all globals in place. A call is `compile` once per script, then `run` in a fresh instance each time.
//!
//! - `machine`: the runtime and its context, made before the snapshot is taken
//! - `source`: source to bytecode and back
//! - `syntax`: what is said of a source that cannot be parsed
//! - `turn`: the event loop
//! - `json`: JSON, written and read
//! - `handle`: what may not be computed of a secret's handle
//! - `host`: the world's imports as JavaScript functions, for the prelude only
//! - `../prelude`: the globals that scripts see, in JavaScript
//!
//! It must never know: a secret (it sees handles), a file, another call.

mod encoding;
mod failure;
mod handle;
mod heap;
mod host;
mod json;
mod machine;
mod source;
mod syntax;
mod text;
mod timers;
mod turn;

#[allow(
    missing_docs,
    unreachable_pub,
    clippy::pedantic,
    reason = "generated; action.wit documents it"
)]
mod world {
    wit_bindgen::generate!({ path: "../wit/action.wit", world: "javascript" });

    use super::Engine;
    export!(Engine with_types_in self);
}

use world::{Failure, Guest, toolgate::action as imports};

struct Engine;

impl Guest for Engine {
    fn compile(name: String, source: String) -> Result<Vec<u8>, Failure> {
        source::compile(machine::get(), &name, &source)
    }

    async fn run(bytecode: Vec<u8>, data: String, aliases: bool) -> Result<String, Failure> {
        turn::run(machine::get(), bytecode, data, aliases).await
    }
}

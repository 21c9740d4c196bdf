//! The MCP server: catalog tools and engine calls as rmcp sees them, over stdio, Streamable HTTP and legacy SSE.
//!
//! Both protocol eras are served on every transport: 2026-07-28, where each request stands alone and a question ends
//! the call, and 2025-11-25 and older, where a session begins with `initialize` and a question is asked while the call
//! waits. The difference stays inside `front` and `questions`.
//!
//! Must never know how a call runs, which URL it goes to or which credential it uses: it sees tools, arguments and
//! endings. The transports take any [`rmcp::ServerHandler`], so that the conformance fixtures run on them unchanged.

pub mod authorization;
mod backlog;
mod caller;
mod connections;
mod cursor;
mod direct;
mod files;
pub mod finding;
mod front;
mod gate;
mod guard;
mod guide;
pub mod handler;
pub mod health;
pub mod http;
mod instructions;
mod legacy_sse;
pub mod lifetime;
mod lines;
mod listing;
mod outbox;
mod outline;
mod questions;
mod reading;
mod results;
mod sessions;
pub mod stdio;
mod subscriptions;
#[cfg(test)]
mod testing;
mod tools;
mod turned_away;
mod unreadable;
mod visible;
mod writing;

pub use authorization::Authentication;
pub use handler::Handler;
pub use lifetime::Lifetime;
pub use listing::Presentation;
pub use questions::KeyError;

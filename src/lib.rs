//! Toolgate turns the HTTP APIs you own into tools that AI agents call over MCP.
//!
//! This page is the manual of the code: an overview, the pipeline, what must always hold, and where things are.
//!
//! # Overview
//!
//! A *connector* describes one API in a file; each of its *actions* becomes one MCP tool. An agent calls a tool with
//! named arguments. It never sees the key, the base URL or the headers; a *write* waits for a person; every call
//! leaves one row in the audit log, and while that cannot be written no call is made.
//!
//! ```text
//!  agent ── MCP ──> mcp ──> engine::call ──> egress ── HTTPS ──> API
//!                             │   │   │
//!                       catalog  approval  audit ──> store (SQLite)
//! ```
//!
//! # One pipeline
//!
//! Every call, from MCP or the command line, goes through [`engine::Engine::call`]. The order is written once, in
//! `engine/call.rs`, with the reason for each position beside it:
//!
//! 1. *find* the action in the snapshot;
//! 2. *allow*: the caller may call it, and the connector can be reached as it is configured;
//! 3. *admit*: there is room for one more call, and none of its limits is reached;
//! 4. *validate* the arguments, and build the request;
//! 5. *approve*: a write waits for a person;
//! 6. *run*: wait for a turn, resolve the credential, record the intent, then make the request (for a list, one for
//!    each page) or run the code that makes its own;
//! 7. *check*: decode, scrub, validate and map the answer;
//! 8. *audit*: exactly one row, refusals included.
//!
//! # What always holds
//!
//! - Only [`egress`] opens outgoing connections, only [`crypto`] names ring, only [`config`] reads the environment,
//!   only [`store`] speaks SQL, only [`runner`] runs WebAssembly. The one exception is `toolgate health`, which connects to
//!   the operator's own server and sends nothing that comes from an agent or an API.
//! - [`connector`], [`document`], [`openapi`], [`schema`], [`template`], [`mapping`] and [`pagination`] do no
//!   input or output and never hold a secret.
//! - What holds a secret has no `Serialize` and no revealing `Debug`.
//! - Nothing an agent sends is ever a template, a mapping program or SQL.
//! - Every queue is bounded, every wait for the outside has a deadline, every loop over remote data has a cap.
//! - Nothing a model can call widens a grant: there is no tool that approves.
//! - Code of actions runs in a fresh WebAssembly instance, and each request that it makes passes the same checks.
//! - No process of Toolgate leaves a core dump: [`process`].
//! - stdout belongs to the protocol; logs go to stderr, and never show headers or bodies.
//!
//! `tests/it/direction.rs` enforces the first two, by the names of what does such things, and the order of the rooms, as
//! the modules at the top level are called here: no room imports another one of its own paragraph in the list below, or of
//! a later one.
//!
//! # Where things are
//!
//! Each room starts with a comment that says what it does and what it must never know. To add an authentication scheme
//! see `connector::authentication`; a way of telling the next page, [`pagination`]; a command-line verb, [`cli`]; a store,
//! [`store`].

pub mod clock;
pub mod crypto;
pub mod diagnostics;
pub mod error_code;
pub mod process;

pub mod telemetry;

pub mod document;
pub mod schema;

pub mod mapping;
pub mod template;

pub mod pagination;

pub mod connector;

pub mod openapi;

pub mod config;

pub mod store;

pub mod audit;
pub mod catalog;
pub mod vault;

pub mod auth;

pub mod egress;

pub mod runner;

pub mod approval;
pub mod overview;
pub mod policy;

pub mod engine;

pub mod mcp;
pub mod sample;

pub mod cli;

//! Behaviour seen from outside, one module for each room. One binary, because linking is most of what a test costs.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on should panic"
)]

mod actions;
mod cli;
mod committed;
mod connectors;
mod direction;
mod documentation;
mod egress;
mod finding;
mod harness;
#[cfg(target_os = "linux")]
mod image;
mod javascript;
mod keys;
mod languages;
mod load;
mod openapi;
mod packaging;
mod pipeline;
mod reference;
mod sandbox;

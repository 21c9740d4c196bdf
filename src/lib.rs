//! Toolgate turns the HTTP APIs you own into tools that AI agents call over MCP.

pub mod crypto;
pub mod diagnostics;
pub mod document;
pub mod telemetry;

pub mod mapping;
pub mod schema;
pub mod template;

pub mod connector;

pub mod config;

pub mod store;

pub mod audit;
pub mod auth;
pub mod catalog;
pub mod vault;

pub mod egress;

pub mod runner;

pub mod approval;
pub mod policy;

pub mod engine;

pub mod mcp;

pub mod sample;

pub mod cli;

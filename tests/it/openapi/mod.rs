//! Importing OpenAPI descriptions: what becomes of real ones, the requests that their actions make, and the command.

mod command;
mod documents;
mod requests;
mod fetched;

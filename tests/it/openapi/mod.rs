//! Importing OpenAPI descriptions: what becomes of real ones, the requests that their actions make, and the command.

mod bodies;
mod command;
mod documents;
mod fetched;
mod names;
mod newer;
mod pages;
mod requests;
mod servers;
mod shaping;
mod update;

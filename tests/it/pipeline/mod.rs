//! Calls from one end of the pipeline to the other: what runs, what does not, and what is written down.

mod approvals;
mod audit;
mod crash;
mod deadline;
mod errors;
mod gates;
mod gateway;
mod guard;
mod limits;
mod logging;
mod pages;
mod recording;
mod secrets;
mod taken_for;
mod vault;

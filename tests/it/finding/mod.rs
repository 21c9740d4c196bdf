//! Finding actions: how well, by labelled sentences; and as an agent does it, over stdio.

mod labels;
mod session;

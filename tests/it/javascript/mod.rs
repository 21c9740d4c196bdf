//! JavaScript actions: the engine that runs them.

mod artefact;
mod cases;

//! The one place where compiled code is believed to be what it says.

use wasmtime::Engine;
use wasmtime::component::Component;

use super::cache::Verified;

/// A component of what [`Component::serialize`] gave before.
///
/// # Errors
/// When it was made by another version of the engine, or for another processor.
#[expect(
    unsafe_code,
    reason = "compiling takes a second, reading what was compiled a millisecond; the library cannot check it"
)]
pub(super) fn component(engine: &Engine, compiled: &Verified) -> wasmtime::Result<Component> {
    // SAFETY: the bytes must be exactly what `Component::serialize` gave, since they become native code that runs with
    // the rights of this process. A `Verified` is only made by `Cache::get`, which has checked that the bytes carry a
    // code under a key that only this server's user can read, made over the name they were kept under; and the only
    // bytes that are kept under the names of components come from `Component::serialize`. They are checked and used in
    // this process's own memory, so that a change of the file in between has no effect. The engine itself refuses
    // those of another version or configuration.
    unsafe { Component::deserialize(engine, compiled.bytes()) }
}

//! The contract with guests as Rust, made from `wasm-guests/wit`.

#![allow(
    clippy::pedantic,
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "generated: the world's own documentation is in the WIT files"
)]

wasmtime::component::bindgen!({
    path: "wasm-guests/wit",
    world: "toolgate:action/action",
    imports: {
        // A digest of much data takes longer than a tick: these give others their turn in between.
        "toolgate:action/crypto": async,
        // A guest must not go on with something that can be guessed.
        "toolgate:action/random": trappable,
    },
});

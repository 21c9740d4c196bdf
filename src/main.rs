//! The `toolgate` binary: installs the TLS provider, then hands over to the command line.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A call makes many small things on one thread and drops them on another, which costs the system's allocator much more.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    toolgate::crypto::install_tls_provider();
    toolgate::cli::main()
}

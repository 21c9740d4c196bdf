//! The `toolgate` binary: installs the TLS provider, then hands over to the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    toolgate::crypto::install_tls_provider();
    toolgate::cli::main()
}

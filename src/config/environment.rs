//! The environment of the process.

use std::path::PathBuf;

/// The value of an environment variable; `None` when it is not set, empty or not Unicode.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the environment"
)]
pub fn environment_variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The path that an environment variable holds; `None` when it is not set or empty.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the environment"
)]
pub(super) fn environment_path(name: &str) -> Option<PathBuf> {
    std::env::var_os(name)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}

/// The person who runs this process, as the operating system names them; `local` when it does not.
#[must_use]
pub fn operator() -> String {
    ["USER", "LOGNAME", "USERNAME"]
        .into_iter()
        .find_map(environment_variable)
        .unwrap_or_else(|| "local".to_owned())
}

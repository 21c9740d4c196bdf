//! What this process asks of the operating system for its own sake.
//!
//! Must never know what the process does.

/// Keeps the memory of this process, in which there are credentials, out of core dumps. Programs that it starts inherit
/// that.
///
/// # Errors
/// The operating system's reason not to allow it.
pub fn forbid_core_dumps() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

        // A single byte is less than any core has. On Linux it is also the one limit that is heeded when cores are
        // handed to a program, as systemd-coredump and apport have it: 0 is not (Linux, fs/coredump.c).
        const SHORTEST: u64 = 1;
        let highest = getrlimit(Resource::Core)
            .maximum
            .map_or(SHORTEST, |allowed| allowed.min(SHORTEST));
        let limit = Rlimit {
            current: Some(highest),
            maximum: Some(highest),
        };
        setrlimit(Resource::Core, limit)?;
    }
    Ok(())
}

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

/// Lets this process have `wanted` files and connections open at once, or as many as the system allows it, and returns
/// how many. The limit that it is started with may be 1,024 for the sake of old programs (systemd, `LimitNOFILE`).
#[must_use]
pub fn allow_open_files(wanted: u64) -> u64 {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

        let limit = getrlimit(Resource::Nofile);
        let allowed = limit.current.unwrap_or(u64::MAX);
        let reachable = limit.maximum.map_or(wanted, |most| most.min(wanted));
        if allowed >= reachable {
            return allowed;
        }
        let raised = Rlimit {
            current: Some(reachable),
            maximum: limit.maximum,
        };
        setrlimit(Resource::Nofile, raised).map_or(allowed, |()| reachable)
    }
    #[cfg(not(unix))]
    wanted
}

//! What tests of the real binary share: a workspace of their own, an API on loopback, and a client that speaks MCP.

mod session;
mod shipped;
mod upstream;
mod workspace;

use std::process::Command;
use std::time::Duration;

use tokio::process::Child;

pub(crate) use session::Session;
pub(crate) use shipped::shipped;
pub(crate) use upstream::{Seen, Upstream, json_answer};
pub(crate) use workspace::{Finished, READ_AND_WRITE, Workspace, connector, share_compiled_code};

/// No test waits longer than this for anything: far more than any of them needs on a busy machine.
pub(crate) const DEADLINE: Duration = Duration::from_mins(1);

/// The output of `future`, which must come before [`DEADLINE`].
pub(crate) async fn within<F: Future>(what: &str, future: F) -> F::Output {
    let output = tokio::time::timeout(DEADLINE, future).await;
    output.unwrap_or_else(|_| panic!("{what}: nothing within {DEADLINE:?}"))
}

/// Looks again and again until `found` finds something.
pub(crate) async fn eventually<T>(what: &str, mut found: impl AsyncFnMut() -> Option<T>) -> T {
    let mut look = tokio::time::interval(Duration::from_millis(20));
    within(what, async {
        loop {
            look.tick().await;
            if let Some(found) = found().await {
                return found;
            }
        }
    })
    .await
}

/// Sends a signal to a process that a test started. By the shell's own `kill`: a small system has no program of that name.
pub(crate) fn signal(name: &str, process: u32) {
    let kill = format!("kill -{name} {process}");
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
}

/// Presses Ctrl-C; how the process ends.
pub(crate) async fn interrupt(child: &mut Child) -> Option<i32> {
    signal("INT", child.id().unwrap());
    within("the end of an interrupted process", child.wait())
        .await
        .unwrap()
        .code()
}

//! `toolgate test --watch`: the same run again whenever what it reads has changed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::Context as _;

use super::Test;
use crate::catalog::watch::FolderWatch;
use crate::catalog::{Loader, folder, naming};
use crate::cli::{Failure, Global, apis, assemble, output, serve, with_causes};

/// Runs the action now and after every change, until interrupted.
///
/// What goes wrong in a run is told and ends nothing: somebody is about to mend it.
pub(super) async fn run(test: &Test, global: &Global) -> Result<(), Failure> {
    let cancel = serve::shutdown_signal();
    let input = test.input.as_deref();
    let file = input.and_then(assemble::input_file);
    // Standard input is read once; a file, for every run.
    let given = match file {
        Some(_) => None,
        None => Some(assemble::arguments(input)?),
    };
    let connectors = assemble::locations(global)?.connectors;
    let mut watched = Watched::start(connectors, &test.name, file)?;
    let mut is_first = true;
    loop {
        let before = watched.state();
        let arguments = given.clone().map_or_else(|| assemble::arguments(input), Ok);
        let ended = match arguments {
            Ok(arguments) => test.once(global, arguments, cancel.clone()).await,
            Err(failure) => Err(failure),
        };
        if cancel.is_cancelled() {
            return Ok(());
        }
        match ended {
            Ok(()) | Err(Failure::Told) => {}
            // No change of these files makes Toolgate start.
            Err(Failure::Setup(error)) if is_first => return Err(Failure::Setup(error)),
            Err(Failure::Usage(error) | Failure::Setup(error) | Failure::Other(error) | Failure::Waiting(error)) => {
                output::complain(&format!("error: {}", with_causes(&error)));
            }
        }
        if is_first {
            output::complain(&format!("waiting for changes of {}; Ctrl-C ends", watched.shown()));
        }
        is_first = false;
        let changed = tokio::select! {
            changed = watched.next_change(&before) => changed,
            () = cancel.cancelled() => return Ok(()),
        };
        let line = separator(&changed);
        if test.json {
            // Between the objects on stdout nothing else may stand.
            output::complain(&line);
        } else {
            output::say(&line)?;
        }
    }
}

/// The line between two runs: what has changed.
fn separator(changed: &[PathBuf]) -> String {
    let first = changed
        .first()
        .map(|path| path.display().to_string())
        .unwrap_or_default();
    match changed.len() {
        0 | 1 => format!("--- {first} changed ---"),
        count => format!("--- {first} and {} more changed ---", count - 1),
    }
}

/// When each file was written, and how long it is.
type State = BTreeMap<PathBuf, (SystemTime, u64)>;

/// What a run reads.
struct Watched {
    connectors: PathBuf,
    /// The tool whose connector matters.
    tool: String,
    input: Option<PathBuf>,
    changes: FolderWatch,
    input_changes: Option<FolderWatch>,
}

impl Watched {
    /// Watches the folder `connectors`, and the file `input`.
    fn start(connectors: PathBuf, tool: &str, input: Option<&str>) -> Result<Self, Failure> {
        let watch = |path: &Path| FolderWatch::start(path).with_context(|| format!("cannot watch {}", path.display()));
        let input = input.map(PathBuf::from);
        Ok(Self {
            changes: watch(&connectors)?,
            input_changes: input.as_deref().map(watch).transpose()?,
            connectors,
            tool: tool.to_owned(),
            input,
        })
    }

    /// What is watched, as its author knows it.
    fn shown(&self) -> String {
        let place = self.place();
        match &self.input {
            Some(input) => format!("{} and {}", place.display(), input.display()),
            None => place.display().to_string(),
        }
    }

    /// The file or folder of the tool's connector; the folder of all of them while it is not known.
    fn place(&self) -> PathBuf {
        let report = Loader::default().load(&self.connectors);
        let (connector, _) = naming::split_tool_name(&self.tool);
        apis::place_of(&report, connector).unwrap_or_else(|_| self.connectors.clone())
    }

    /// The state of every file that a run reads. What an editor keeps beside them is not among them.
    fn state(&self) -> State {
        let sources = folder::read(&self.place());
        let definitions = sources.connectors.iter().flat_map(|source| {
            let code = source.code.iter().map(|file| &file.shown);
            source.files.iter().map(|file| &file.shown).chain(code)
        });
        let unreadable = sources.problems.iter().map(|problem| &problem.path);
        definitions
            .chain(unreadable)
            .chain(&self.input)
            .filter_map(|path| {
                let metadata = fs::metadata(path).ok()?;
                Some((path.clone(), (metadata.modified().ok()?, metadata.len())))
            })
            .collect()
    }

    /// Waits until files differ from what they were `before`: which.
    async fn next_change(&mut self, before: &State) -> Vec<PathBuf> {
        loop {
            tokio::select! {
                () = self.changes.changed() => {}
                () = next(&mut self.input_changes) => {}
            }
            let changed = differences(before, &self.state());
            if !changed.is_empty() {
                return changed;
            }
        }
    }
}

async fn next(watch: &mut Option<FolderWatch>) {
    match watch {
        Some(watch) => watch.changed().await,
        None => std::future::pending().await,
    }
}

/// Files that were written, added or removed.
fn differences(before: &State, after: &State) -> Vec<PathBuf> {
    let written = after.iter().filter(|(path, state)| before.get(*path) != Some(state));
    let removed = before.iter().filter(|(path, _)| !after.contains_key(*path));
    written.chain(removed).map(|(path, _)| path.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_added_or_removed_has_changed() {
        let state = |files: &[(&str, u64)]| -> State {
            let file = |(name, length): &(&str, u64)| (PathBuf::from(name), (SystemTime::UNIX_EPOCH, *length));
            files.iter().map(file).collect()
        };
        let before = state(&[("a", 1), ("b", 1), ("c", 1)]);
        assert_eq!(differences(&before, &before), Vec::<PathBuf>::new());
        let changed = differences(&before, &state(&[("a", 1), ("b", 2), ("d", 1)]));
        assert_eq!(changed, [PathBuf::from("b"), "d".into(), "c".into()]);
        assert_eq!(separator(&changed), "--- b and 2 more changed ---");
        assert_eq!(separator(&changed[..1]), "--- b changed ---");
    }
}

//! Links in a connector's folder that lead out of it: nothing is written through them, because a folder from elsewhere
//! must not make anything else on this machine change. Must never write.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::cli::Failure;

/// Refuses `places`, paths within `folder`, when the way to one of them leads out of it. The folder may be a link itself.
pub(super) fn check<'a>(folder: &Path, places: impl IntoIterator<Item = &'a Path>) -> Result<(), Failure> {
    let home = folder
        .canonicalize()
        .with_context(|| format!("cannot look at {}", folder.display()))?;
    for place in places {
        if let Some((link, target)) = leading_out(folder, &home, place) {
            return Err(Failure::Usage(anyhow::anyhow!(
                "{} is a link to {}, which is not in the connector's folder: nothing is written through it; put what it \
                 leads to into the folder in its place",
                link.display(),
                target.display()
            )));
        }
    }
    Ok(())
}

/// The first link on the way to `place` that leads out of `home`, or to nothing, and where it leads.
fn leading_out(folder: &Path, home: &Path, place: &Path) -> Option<(PathBuf, PathBuf)> {
    let mut path = folder.to_owned();
    for part in place {
        path.push(part);
        // What is not there is no link, and neither is anything below it.
        let found = path.symlink_metadata().ok()?;
        if !found.is_symlink() {
            continue;
        }
        let Ok(target) = path.canonicalize() else {
            let written = path.read_link().unwrap_or_default();
            return Some((path, written));
        };
        if !target.starts_with(home) {
            return Some((path, target));
        }
    }
    None
}

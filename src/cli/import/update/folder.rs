//! Replacing a folder as a whole: the new one is built beside it, and takes its place by being renamed.
//!
//! Names of folders beside a connector begin with a dot here: no loader looks into those.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::super::source::Content;
use crate::cli::disk;

/// Puts `files` into `folder`, each a path relative to it and what it holds, or nothing when that file is taken out. All other
/// files stay as they are. Either everything is done, or nothing.
///
/// With a `backup`, the folder as it was is kept under that name.
pub(super) fn replace(
    folder: &Path,
    files: &BTreeMap<String, Option<Content<'_>>>,
    backup: Option<&Path>,
) -> anyhow::Result<()> {
    let folder = fs::canonicalize(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let staged = beside(&folder, "update");
    let before = backup.map_or_else(|| beside(&folder, "before"), Path::to_owned);
    clear(&staged)?;
    if backup.is_none() {
        clear(&before)?;
    }
    let built = build(&folder, &staged, files);
    if built.is_err() {
        // The first failure is what counts.
        drop(fs::remove_dir_all(&staged));
    }
    built?;
    fs::rename(&folder, &before).with_context(|| format!("cannot rename {}", folder.display()))?;
    if let Err(error) = fs::rename(&staged, &folder) {
        fs::rename(&before, &folder)
            .with_context(|| format!("the connector is in {} now, rename it", before.display()))?;
        return Err(error).with_context(|| format!("cannot replace {}", folder.display()));
    }
    if backup.is_none() {
        fs::remove_dir_all(&before).with_context(|| format!("cannot remove {}", before.display()))?;
    }
    Ok(())
}

/// `.crm.update` beside `crm`.
pub(super) fn beside(folder: &Path, what: &str) -> PathBuf {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    folder.with_file_name(format!(".{name}.{what}"))
}

/// Takes away what an update that was killed left behind.
fn clear(path: &Path) -> anyhow::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

fn build(folder: &Path, staged: &Path, files: &BTreeMap<String, Option<Content<'_>>>) -> anyhow::Result<()> {
    disk::copy(folder, staged)?;
    for (path, content) in files {
        let target = staged.join(path);
        if let Some(content) = content {
            if let Some(parent) = target.parent() {
                fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
            }
            // What is there may be a link, and must not be written through.
            remove(&target)?;
            content.write(&target)?;
        } else {
            remove(&target)?;
        }
    }
    Ok(())
}

fn remove(file: &Path) -> anyhow::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", file.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_folder_is_replaced_with_what_else_is_in_it() {
        let around = tempfile::tempdir().unwrap();
        let folder = around.path().join("crm");
        for (path, text) in [
            ("connector.toml", "old"),
            ("services/gone.toml", "old"),
            ("actions/own.js", "own"),
        ] {
            fs::create_dir_all(folder.join(path).parent().unwrap()).unwrap();
            fs::write(folder.join(path), text).unwrap();
        }
        // Left behind by one that was killed.
        fs::create_dir(around.path().join(".crm.update")).unwrap();
        let files = BTreeMap::from([
            ("connector.toml".to_owned(), Some(Content::Text("new"))),
            ("services/gone.toml".to_owned(), None),
            ("openapi/report.json".to_owned(), Some(Content::Text("{}"))),
        ]);
        replace(&folder, &files, None).unwrap();
        let read = |path: &str| fs::read_to_string(folder.join(path)).ok();
        assert_eq!(read("connector.toml").as_deref(), Some("new"));
        assert_eq!(read("services/gone.toml"), None);
        assert_eq!(read("actions/own.js").as_deref(), Some("own"));
        assert_eq!(read("openapi/report.json").as_deref(), Some("{}"));
        assert_eq!(names(around.path()), ["crm"]);

        let backup = around.path().join(".crm.kept");
        replace(
            &folder,
            &BTreeMap::from([("connector.toml".to_owned(), Some(Content::Text("newer")))]),
            Some(&backup),
        )
        .unwrap();
        assert_eq!(fs::read_to_string(backup.join("connector.toml")).unwrap(), "new");
        assert_eq!(names(around.path()), [".crm.kept", "crm"]);
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_done_when_something_cannot_be() {
        let around = tempfile::tempdir().unwrap();
        let folder = around.path().join("crm");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("connector.toml"), "old").unwrap();
        // A folder stands where a file should go.
        fs::create_dir(folder.join("openapi")).unwrap();
        let files = BTreeMap::from([
            ("connector.toml".to_owned(), Some(Content::Text("new"))),
            ("openapi".to_owned(), Some(Content::Text("x"))),
        ]);
        assert!(replace(&folder, &files, None).is_err());
        assert_eq!(fs::read_to_string(folder.join("connector.toml")).unwrap(), "old");
        assert_eq!(names(around.path()), ["crm"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_stay_links_and_are_not_written_through() {
        let around = tempfile::tempdir().unwrap();
        let folder = around.path().join("crm");
        fs::create_dir(&folder).unwrap();
        let elsewhere = around.path().join("elsewhere");
        fs::write(&elsewhere, "untouched").unwrap();
        for name in ["kept", "written"] {
            std::os::unix::fs::symlink(&elsewhere, folder.join(name)).unwrap();
        }
        replace(
            &folder,
            &BTreeMap::from([("written".to_owned(), Some(Content::Text("new")))]),
            None,
        )
        .unwrap();
        assert_eq!(fs::read_link(folder.join("kept")).unwrap(), elsewhere);
        assert_eq!(fs::read_to_string(folder.join("written")).unwrap(), "new");
        assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "untouched");
    }
}

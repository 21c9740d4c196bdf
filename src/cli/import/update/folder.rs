//! Replacing a folder as a whole: the new one is built beside it, and changes places with it.
//!
//! Must never remove what may be the only copy of something that a person edited, also when it is killed. Names of folders beside a connector begin with a dot here: no loader looks into those.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::super::source::Content;
use crate::cli::disk;

/// What a connector is called, behind its name, while a new one takes its place in two steps.
const BEFORE: &str = "before";

/// How two folders change places at once.
type Exchange = fn(&Path, &Path) -> io::Result<()>;

/// Puts `files` into `folder`, each a path relative to it and what it holds, or nothing when that file is taken out. All other
/// files stay as they are. Either everything is done, or nothing.
///
/// With a `backup`, the folder as it was is kept under that name, else it is taken away. Why only that failed is returned:
/// what was to be done is done.
pub(super) fn replace(
    folder: &Path,
    files: &BTreeMap<String, Option<Content<'_>>>,
    backup: Option<&Path>,
) -> anyhow::Result<Option<anyhow::Error>> {
    replace_by(disk::exchange, folder, files, backup)
}

fn replace_by(
    exchange: Exchange,
    folder: &Path,
    files: &BTreeMap<String, Option<Content<'_>>>,
    backup: Option<&Path>,
) -> anyhow::Result<Option<anyhow::Error>> {
    let folder = fs::canonicalize(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let staged = beside(&folder, "update");
    // One that was killed left it behind. What was edited is in the folder itself.
    clear(&staged)?;
    let put = build(&folder, &staged, files).and_then(|()| put(exchange, &folder, &staged, backup));
    if put.is_err() {
        // The first failure is what counts.
        drop(fs::remove_dir_all(&staged));
    }
    let not_moved = put?;
    Ok(match backup {
        Some(_) => not_moved,
        None => not_moved.or_else(|| clear(&staged).err()),
    })
}

/// Gives `staged` the place of `folder`, which is the `backup` afterwards, else `staged`. Why it is not is returned where
/// only that failed.
fn put(
    exchange: Exchange,
    folder: &Path,
    staged: &Path,
    backup: Option<&Path>,
) -> anyhow::Result<Option<anyhow::Error>> {
    // Under the name of the backup already: what was edited never is where the next update clears.
    let given = backup.unwrap_or(staged);
    rename(staged, given)?;
    if exchange(given, folder).is_ok() {
        return Ok(None);
    }
    // Here it takes two steps, between which there is no connector: `restore` knows the name that it has then.
    rename(given, staged)?;
    let before = beside(folder, BEFORE);
    if before.symlink_metadata().is_ok() {
        bail!(
            "{} is there, which an update that did not end has left: it may hold what you edited; look into it, and \
             rename or remove it",
            before.display()
        );
    }
    rename(folder, &before)?;
    if let Err(error) = rename(staged, folder) {
        rename(&before, folder).with_context(|| format!("the connector is in {} now, rename it", before.display()))?;
        return Err(error);
    }
    let moved = rename(&before, given);
    Ok(moved
        .with_context(|| format!("the connector as it was is in {} now", before.display()))
        .err())
}

/// Brings the connector at `folder` back when an update that was killed has put it aside; returns where it was then.
pub(super) fn restore(folder: &Path) -> anyhow::Result<Option<PathBuf>> {
    let before = beside(folder, BEFORE);
    if folder.symlink_metadata().is_ok() || !before.is_dir() {
        return Ok(None);
    }
    rename(&before, folder)?;
    Ok(Some(before))
}

fn rename(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::rename(from, to).with_context(|| format!("cannot rename {} to {}", from.display(), to.display()))
}

/// `.crm.update` beside `crm`.
pub(super) fn beside(folder: &Path, what: &str) -> PathBuf {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    folder.with_file_name(format!(".{name}.{what}"))
}

/// Takes away a folder, if it is there.
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

    /// What a system without exchanging says.
    fn cannot(_: &Path, _: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    #[test]
    fn what_an_update_that_was_killed_put_aside_is_never_removed() {
        for exchange in [disk::exchange, cannot] {
            let around = tempfile::tempdir().unwrap();
            let (folder, before) = (around.path().join("crm"), around.path().join(".crm.before"));
            for (path, text) in [(&folder, "imported anew"), (&before, "edited")] {
                fs::create_dir(path).unwrap();
                fs::write(path.join("connector.toml"), text).unwrap();
            }
            let files = BTreeMap::from([("connector.toml".to_owned(), Some(Content::Text("new")))]);
            let replaced = replace_by(exchange, &folder, &files, None);
            assert_eq!(fs::read_to_string(before.join("connector.toml")).unwrap(), "edited");
            let now = fs::read_to_string(folder.join("connector.toml")).unwrap();
            match replaced {
                Ok(left) => assert_eq!((now.as_str(), left.is_none()), ("new", true)),
                Err(error) => {
                    assert!(error.to_string().contains("look into it"), "{error}");
                    assert_eq!(now, "imported anew");
                }
            }
            assert_eq!(names(around.path()), [".crm.before", "crm"]);

            // Killed between the two steps.
            fs::remove_dir_all(&folder).unwrap();
            assert_eq!(restore(&folder).unwrap(), Some(before));
            assert_eq!(fs::read_to_string(folder.join("connector.toml")).unwrap(), "edited");
            assert_eq!(restore(&folder).unwrap(), None);
        }
    }

    #[test]
    fn without_exchanging_it_comes_to_the_same() {
        let around = tempfile::tempdir().unwrap();
        let (folder, backup) = (around.path().join("crm"), around.path().join(".crm.kept"));
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("connector.toml"), "1").unwrap();
        for (text, backup) in [("2", None), ("3", Some(backup.as_path()))] {
            let files = BTreeMap::from([("connector.toml".to_owned(), Some(Content::Text(text)))]);
            replace_by(cannot, &folder, &files, backup).unwrap();
            assert_eq!(fs::read_to_string(folder.join("connector.toml")).unwrap(), text);
        }
        assert_eq!(fs::read_to_string(backup.join("connector.toml")).unwrap(), "2");
        assert_eq!(names(around.path()), [".crm.kept", "crm"]);
    }

    /// Exchanges folders and puts a file where the one is then that has to go, which is no folder to remove.
    fn in_the_way(one: &Path, other: &Path) -> io::Result<()> {
        let aside = other.with_extension("aside");
        fs::rename(other, &aside)?;
        fs::rename(one, other)?;
        fs::write(one, "in the way")
    }

    #[test]
    fn what_cannot_be_taken_away_undoes_nothing() {
        let around = tempfile::tempdir().unwrap();
        let folder = around.path().join("crm");
        fs::create_dir(&folder).unwrap();
        let files = BTreeMap::from([("connector.toml".to_owned(), Some(Content::Text("new")))]);
        let left = replace_by(in_the_way, &folder, &files, None).unwrap();
        let left = left.expect("it is still there").to_string();
        assert!(left.contains("cannot remove") && left.contains(".crm.update"), "{left}");
        assert_eq!(fs::read_to_string(folder.join("connector.toml")).unwrap(), "new");
    }

    /// Whoever looks at any moment finds a connector.
    #[cfg(target_os = "linux")]
    #[test]
    fn there_is_a_connector_at_every_moment() {
        use std::sync::atomic::{AtomicBool, Ordering};

        let around = tempfile::tempdir().unwrap();
        let [folder, other] = ["crm", "other"].map(|name| around.path().join(name));
        for folder in [&folder, &other] {
            fs::create_dir(folder).unwrap();
        }
        fs::write(folder.join("connector.toml"), "0").unwrap();
        if disk::exchange(&folder, &other)
            .and_then(|()| disk::exchange(&folder, &other))
            .is_err()
        {
            eprintln!("not run: the file system of temporary files exchanges nothing");
            return;
        }
        let is_done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let looking = scope.spawn(|| {
                let mut missed = 0_u32;
                while !is_done.load(Ordering::Relaxed) {
                    missed += u32::from(folder.symlink_metadata().is_err());
                }
                missed
            });
            for text in ["1", "2"].repeat(100) {
                let files = BTreeMap::from([("connector.toml".to_owned(), Some(Content::Text(text)))]);
                replace(&folder, &files, None).unwrap();
            }
            is_done.store(true, Ordering::Relaxed);
            assert_eq!(looking.join().unwrap(), 0);
        });
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

//! Files that are written together: all of them or, with an error, none. Must never know what the texts mean, and never
//! lose what another program wrote meanwhile.

use std::fs::{self, File};
use std::io::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::cli::disk::{Mode, Scratch};

/// What is to be written.
#[derive(Default)]
pub(super) struct Changes {
    /// Files that are not there yet, and their texts.
    pub(super) files: Vec<(PathBuf, String)>,
    /// Folders that have to be there.
    pub(super) folders: Vec<PathBuf>,
    /// Texts for files that are there.
    pub(super) edits: Vec<Edit>,
}

/// A text for a file that is there.
pub(super) struct Edit {
    /// The file.
    pub(super) path: PathBuf,
    /// What it held when it was read.
    pub(super) before: String,
    /// The bytes whose place it takes: none of them where it is only added.
    pub(super) range: Range<usize>,
    /// The text.
    pub(super) text: String,
}

/// What was done, and can be undone.
enum Done {
    Folder(PathBuf),
    File(PathBuf),
    /// A file that had the first text has the second one.
    Edit(PathBuf, String, String),
}

impl Changes {
    /// Writes everything.
    ///
    /// # Errors
    /// Which file cannot be written. Everything is as it was then.
    pub(super) fn write(&self) -> anyhow::Result<()> {
        self.check()?;
        let mut done = Vec::new();
        let written = self.write_noting(&mut done);
        if written.is_err() {
            for step in done.into_iter().rev() {
                step.undo();
            }
        }
        written
    }

    /// Looks for what would fail, before anything is touched.
    fn check(&self) -> anyhow::Result<()> {
        for edit in &self.edits {
            let found = fs::metadata(&edit.path).with_context(|| format!("cannot look at {}", edit.path.display()))?;
            // Whoever may do everything could write to it all the same, against what its owner has said.
            if found.permissions().readonly() {
                bail!(
                    "{} can only be read, so nothing was written; make it writable, and try again",
                    edit.path.display()
                );
            }
        }
        Ok(())
    }

    fn write_noting(&self, done: &mut Vec<Done>) -> anyhow::Result<()> {
        for folder in &self.folders {
            create_folder(folder, done)?;
        }
        for (path, text) in &self.files {
            if let Some(parent) = path.parent() {
                create_folder(parent, done)?;
            }
            create_file(path, text, done)
                .with_context(|| format!("cannot write {}, so nothing was written", path.display()))?;
        }
        for edit in &self.edits {
            edit.write(done)
                .with_context(|| format!("cannot write to {}, so nothing was written", edit.path.display()))?;
        }
        Ok(())
    }
}

/// Creates the folder at `path`, and those above it, where they are missing.
fn create_folder(path: &Path, done: &mut Vec<Done>) -> anyhow::Result<()> {
    let missing: Vec<&Path> = path.ancestors().take_while(|folder| !folder.is_dir()).collect();
    for folder in missing.into_iter().rev() {
        fs::create_dir(folder)
            .with_context(|| format!("cannot create {}, so nothing was written", folder.display()))?;
        done.push(Done::Folder(folder.to_owned()));
    }
    Ok(())
}

fn create_file(path: &Path, text: &str, done: &mut Vec<Done>) -> std::io::Result<()> {
    let mut file = File::create_new(path)?;
    done.push(Done::File(path.to_owned()));
    file.write_all(text.as_bytes())
}

impl Edit {
    /// The same with the line ends of `whole`, the file's text.
    pub(super) fn with_line_ends_of(mut self, whole: &str) -> Self {
        if whole.contains("\r\n") {
            self.text = self.text.replace('\n', "\r\n");
        }
        self
    }

    fn write(&self, done: &mut Vec<Done>) -> anyhow::Result<()> {
        let mut after = self.before.clone();
        after.replace_range(self.range.clone(), &self.text);
        replace(&self.path, &self.before, &after)?;
        done.push(Done::Edit(self.path.clone(), self.before.clone(), after));
        Ok(())
    }
}

/// Gives the file at `path` the text `after` at once, when it still has the text `before`.
fn replace(path: &Path, before: &str, after: &str) -> anyhow::Result<()> {
    // To the file itself: a link to it stays one.
    let target = fs::canonicalize(path)?;
    let scratch = Scratch::create(&target, Mode::Of(fs::metadata(&target)?.permissions()))?;
    scratch.fill(&[after])?;
    if fs::read(&target)? != before.as_bytes() {
        bail!("another program changed it at the same moment; run this again");
    }
    scratch.move_to(&target)
}

impl Done {
    /// Undoes it as far as that can be: the error that has led here is what is told.
    fn undo(self) {
        match self {
            Self::Folder(path) => drop(fs::remove_dir(path)),
            Self::File(path) => drop(fs::remove_file(path)),
            // What others have written since is theirs.
            Self::Edit(path, before, after) => drop(replace(&path, &after, &before)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(path: &Path, range: Range<usize>, text: &str) -> Edit {
        Edit {
            path: path.to_owned(),
            before: fs::read_to_string(path).unwrap_or_default(),
            range,
            text: text.to_owned(),
        }
    }

    #[test]
    fn texts_are_added_and_take_the_place_of_others() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("a");
        for (range, text, whole) in [
            (5..5, "!", "first!"),
            (0..0, "the ", "the first"),
            (1..4, "ea", "feat"),
            (0..5, "", ""),
        ] {
            fs::write(&file, "first").unwrap();
            let changes = Changes {
                edits: vec![edit(&file, range, text)],
                ..Changes::default()
            };
            // Fewer bytes than before leave none of those behind.
            changes.write().unwrap();
            assert_eq!(fs::read_to_string(&file).unwrap(), whole);
        }
    }

    #[test]
    fn a_text_gets_the_line_ends_of_its_file() {
        for (whole, written) in [("# A\r\n", "\r\n- b\r\n"), ("# A\n", "\n- b\n"), ("", "\n- b\n")] {
            let edit = edit(Path::new("a"), 0..0, "\n- b\n").with_line_ends_of(whole);
            assert_eq!(edit.text, written, "{whole:?}");
        }
    }

    #[test]
    fn what_another_program_wrote_meanwhile_is_not_lost() {
        let root = tempfile::tempdir().unwrap();
        let (one, other) = (root.path().join("a"), root.path().join("b"));
        for file in [&one, &other] {
            fs::write(file, "first\n").unwrap();
        }
        let changes = Changes {
            edits: vec![edit(&one, 6..6, "second\n"), edit(&other, 6..6, "second\n")],
            ..Changes::default()
        };
        fs::write(&other, "theirs, and longer\n").unwrap();
        let error = format!("{:#}", changes.write().unwrap_err());
        assert!(error.contains("another program changed it"), "{error}");
        assert_eq!(fs::read_to_string(&one).unwrap(), "first\n");
        assert_eq!(fs::read_to_string(&other).unwrap(), "theirs, and longer\n");
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 2);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_is_replaced_at_once_with_its_permissions_and_a_link_stays() {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

        let root = tempfile::tempdir().unwrap();
        let (file, link) = (root.path().join("a"), root.path().join("link"));
        fs::write(&file, "first\n").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("a", &link).unwrap();
        let before = fs::metadata(&file).unwrap();
        let changes = Changes {
            edits: vec![edit(&link, 6..6, "second\n")],
            ..Changes::default()
        };
        changes.write().unwrap();
        let after = fs::metadata(&file).unwrap();
        assert!(link.is_symlink());
        assert_eq!(after.permissions(), before.permissions());
        assert_ne!(after.ino(), before.ino(), "whoever reads the old file reads all of it");
        assert_eq!(fs::read_to_string(&file).unwrap(), "first\nsecond\n");
    }

    #[test]
    fn what_fails_at_the_end_leaves_nothing_behind() {
        let root = tempfile::tempdir().unwrap();
        let (file, folder) = (root.path().join("a"), root.path().join("b"));
        fs::write(&file, "first\n").unwrap();
        fs::create_dir(&folder).unwrap();
        let changes = Changes {
            files: vec![(root.path().join("new/deep/c"), "c".to_owned())],
            folders: vec![root.path().join("other")],
            edits: vec![edit(&file, 6..6, "second\n"), edit(&folder, 0..0, "third\n")],
        };
        let error = changes.write().unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("cannot write to {}, so nothing was written", folder.display())
        );
        assert_eq!(fs::read_to_string(&file).unwrap(), "first\n");
        let mut left: Vec<_> = fs::read_dir(root.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        left.sort();
        assert_eq!(left, ["a", "b"]);
    }

    #[test]
    fn a_file_that_is_there_is_not_written_over() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("a");
        fs::write(&file, "first").unwrap();
        let changes = Changes {
            files: vec![(root.path().join("b"), String::new()), (file.clone(), String::new())],
            ..Changes::default()
        };
        assert!(changes.write().is_err());
        assert_eq!(fs::read_to_string(&file).unwrap(), "first");
        assert!(!root.path().join("b").exists());
    }
}

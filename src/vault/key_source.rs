//! Where the master key comes from: the environment, a file of the operator, or a file of its own in the state folder.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::command::argument;
use super::master_key::{MalformedKey, MasterKey};
use crate::config::{VaultConfig, environment_variable};
use crate::crypto::{RandomUnavailable, random_id};

/// The variable that wins over every file.
pub const VARIABLE: &str = "TOOLGATE_MASTER_KEY";

/// Name of the file in the state folder.
const FILE_NAME: &str = "master.key";

/// What the name of a key's file is followed by in the name of its successor's.
const NEXT: &str = ".next";

/// What the name of a key's file is followed by in the name of the file that keeps others from making it.
const LOCK: &str = ".lock";

/// What a draft's name ends with is that long.
const DRAFT_DIGITS: usize = 32;

/// More than any form of a key takes.
const LONGEST_FILE: u64 = 4096;

/// Where the master key comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// [`VARIABLE`].
    Environment,
    /// A file that the settings name. It is read and never written.
    Named(PathBuf),
    /// A file in the state folder, made at the first use.
    Own(PathBuf),
}

/// The master keys that are to be had.
pub(super) struct Keys {
    pub(super) current: MasterKey,
    /// The one that takes its place, while that happens or after it was interrupted.
    pub(super) next: Option<MasterKey>,
}

impl KeySource {
    /// The source that the settings and the environment ask for.
    #[must_use]
    pub fn of(config: &VaultConfig, state: &Path) -> Self {
        if environment_variable(VARIABLE).is_some() {
            return Self::Environment;
        }
        match &config.master_key_file {
            Some(file) => Self::Named(file.clone()),
            None => Self::Own(state.join(FILE_NAME)),
        }
    }

    /// The source as a person knows it.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Environment => format!("the variable {VARIABLE}"),
            Self::Named(file) | Self::Own(file) => file.display().to_string(),
        }
    }

    /// The file that holds the next key while it takes the place of the current one.
    #[must_use]
    pub fn next_file(&self) -> Option<PathBuf> {
        match self {
            Self::Environment => None,
            Self::Named(file) | Self::Own(file) => {
                let mut name = file.clone().into_os_string();
                name.push(NEXT);
                Some(name.into())
            }
        }
    }

    /// Reads the keys; makes none.
    pub(super) fn load(&self) -> Result<Keys, KeyError> {
        let current = match self {
            Self::Environment => {
                let text = environment_variable(VARIABLE).map(Zeroizing::new);
                let text = text.ok_or_else(|| KeyError::Missing(self.shown()))?;
                MasterKey::parse(&text).map_err(|reason| KeyError::Malformed {
                    place: self.shown(),
                    reason,
                })?
            }
            Self::Named(file) | Self::Own(file) => read(file)?,
        };
        let next = match self.next_file().map(|file| read(&file)) {
            None | Some(Err(KeyError::Missing(_))) => None,
            Some(next) => Some(next?),
        };
        Ok(Keys { current, next })
    }

    /// Why the keys cannot be used now, if so.
    #[must_use]
    pub fn problem(&self) -> Option<KeyError> {
        self.load().err()
    }

    /// Makes the key in the state folder, unless another process has just made it.
    pub(super) fn create(&self) -> Result<(), KeyError> {
        match self {
            Self::Own(file) => {
                let (_, line) = MasterKey::generate()?;
                write(file, &line)
            }
            Self::Environment | Self::Named(_) => Err(KeyError::Missing(self.shown())),
        }
    }
}

impl Keys {
    /// The key of this identifier.
    pub(super) fn of(&self, id: &str) -> Option<&MasterKey> {
        let mut all = std::iter::once(&self.current).chain(&self.next);
        all.find(|key| key.id() == id)
    }
}

/// Reads a key from a file that nobody else may read.
pub(super) fn read(file: &Path) -> Result<MasterKey, KeyError> {
    let text = text(file)?;
    MasterKey::parse(text.expose_secret()).map_err(|reason| KeyError::Malformed {
        place: file.display().to_string(),
        reason,
    })
}

/// The text of a key's file, which nobody else may read.
///
/// # Errors
/// [`KeyError`] when there is no such file, when it is a folder or cannot be read, or when others can read it.
pub fn text(file: &Path) -> Result<SecretString, KeyError> {
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => KeyError::Missing(file.display().to_string()),
        _ => KeyError::File {
            file: file.display().to_string(),
            doing: "read",
            error: error.to_string(),
        },
    };
    let opened = File::open(file).map_err(unreadable)?;
    if opened.metadata().map_err(unreadable)?.is_dir() {
        return Err(KeyError::Folder(file.display().to_string()));
    }
    check_mode(file, &opened).map_err(unreadable)??;
    let mut text = Zeroizing::new(String::new());
    opened
        .take(LONGEST_FILE)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    Ok(SecretString::from(text.as_str()))
}

/// Permission bits of everybody but the owner.
#[cfg(unix)]
const OTHERS: u32 = 0o077;

/// Refuses a key that others than its owner can read.
#[cfg(unix)]
fn check_mode(file: &Path, opened: &File) -> io::Result<Result<(), KeyError>> {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = opened.metadata()?.permissions().mode() & 0o777;
    if mode & OTHERS == 0 {
        return Ok(Ok(()));
    }
    Ok(Err(KeyError::Exposed {
        file: file.display().to_string(),
        mode,
    }))
}

/// The folders of Windows' users are closed to each other.
#[cfg(not(unix))]
fn check_mode(_file: &Path, _opened: &File) -> io::Result<Result<(), KeyError>> {
    Ok(Ok(()))
}

/// Writes a new file with a key, all at once and durably; leaves the one that is there, if there is one. Of processes
/// that do so at the same moment one succeeds, and all find the same key.
pub(super) fn write(file: &Path, line: &str) -> Result<(), KeyError> {
    write_with(file, line, |draft, file| std::fs::hard_link(draft, file))
}

/// The same, where `attach` gives a file a second name.
fn write_with(file: &Path, line: &str, attach: impl Fn(&Path, &Path) -> io::Result<()>) -> Result<(), KeyError> {
    let failed = |error: io::Error| KeyError::File {
        file: file.display().to_string(),
        doing: "written",
        error: error.to_string(),
    };
    let mut draft = file.as_os_str().to_owned();
    draft.push(format!(".{}", random_id()?));
    let draft = PathBuf::from(draft);
    let written = fill(&draft, line).and_then(|()| match attach(&draft, file) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => name_alone(&draft, file),
        Ok(()) | Err(_) => Ok(()),
    });
    // Without its draft the file is complete; a draft that cannot be removed is in nobody's way.
    drop(std::fs::remove_file(&draft));
    written.and_then(|()| sync_folder(file)).map_err(failed)
}

/// Gives a draft the name of its file, unless there is one: for file systems without hard links, where nothing else does
/// both at once. All processes come here then, and all but one wait.
fn name_alone(draft: &Path, file: &Path) -> io::Result<()> {
    let mut lock = file.as_os_str().to_owned();
    lock.push(LOCK);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // Given up by the operating system when the file is closed, however the process ends.
    let lock = options.open(lock)?;
    lock.lock()?;
    if std::fs::symlink_metadata(file).is_ok() {
        return Ok(());
    }
    std::fs::rename(draft, file)
}

/// Removes the drafts of `file` that [`write`] left because its process ended: each is a copy of a key. Nobody else may be
/// writing the file.
pub(super) fn remove_drafts(file: &Path) -> Result<(), KeyError> {
    let failed = |error: io::Error| KeyError::File {
        file: file.display().to_string(),
        doing: "cleared of its drafts",
        error: error.to_string(),
    };
    let (Some(folder), Some(name)) = (file.parent(), file.file_name().and_then(OsStr::to_str)) else {
        return Ok(());
    };
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let found = entry.file_name();
        let draft = found
            .to_str()
            .and_then(|found| found.strip_prefix(name)?.strip_prefix('.'));
        if draft.is_some_and(|id| id.len() == DRAFT_DIGITS && id.bytes().all(|byte| byte.is_ascii_hexdigit())) {
            std::fs::remove_file(entry.path()).map_err(failed)?;
        }
    }
    Ok(())
}

fn fill(file: &Path, line: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut opened = options.open(file)?;
    opened.write_all(line.as_bytes())?;
    opened.sync_all()
}

/// Puts the key in `next` in the place of the one in `file`.
pub(super) fn replace(file: &Path, next: &Path) -> Result<(), KeyError> {
    let replaced = std::fs::rename(next, file).and_then(|()| sync_folder(file));
    replaced.map_err(|error| KeyError::File {
        file: file.display().to_string(),
        doing: "replaced",
        error: error.to_string(),
    })
}

/// A name is on the disk when its folder is.
fn sync_folder(file: &Path) -> io::Result<()> {
    match file.parent() {
        #[cfg(unix)]
        Some(folder) => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

/// There is no master key to use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// There is none.
    #[error("there is no master key in {0}: bring back the one that the secrets were stored with")]
    Missing(String),
    /// There is none in a file of the operator, and no secret that was stored with one.
    #[error(
        "there is no master key in {0}, and no secret is stored yet: make one with `(umask 077; openssl rand -base64 32 > \
         {file})`, which writes 32 random bytes in base64 that nobody else can read, and back it up",
        file = argument(.0)
    )]
    NotMade(String),
    /// It was looked for in a folder.
    #[error("the master key is read from a file, and {0} is a folder: name a file in it")]
    Folder(String),
    /// Others can read it.
    #[error(
        "the master key in {file} can be read by others (mode {mode:03o}): run `chmod 600 {quoted}`, and replace the key \
         with `toolgate vault rotate-key` if somebody may have seen it",
        quoted = argument(.file)
    )]
    Exposed {
        /// The file.
        file: String,
        /// Its permission bits.
        mode: u32,
    },
    /// It is cut short, or something else.
    #[error("the master key in {place} cannot be used: {reason}")]
    Malformed {
        /// Where it was read.
        place: String,
        /// What is wrong with it.
        reason: MalformedKey,
    },
    /// Its file does not work.
    #[error("the master key {file} cannot be {doing}: {error}")]
    File {
        /// The file.
        file: String,
        /// What was tried.
        doing: &'static str,
        /// What the operating system says.
        error: String,
    },
    /// The process is ending.
    #[error("the master key was not read: Toolgate is ending")]
    Interrupted,
    /// There is no randomness to make one of.
    #[error("a master key cannot be made: the operating system's random source is not available")]
    Random,
}

impl KeyError {
    /// The same, said for a vault that holds nothing yet if it does not: there is no key to bring back then.
    #[must_use]
    pub fn if_unused(self, is_unused: bool) -> Self {
        match self {
            Self::Missing(place) if is_unused => Self::NotMade(place),
            error => error,
        }
    }
}

impl From<RandomUnavailable> for KeyError {
    fn from(_: RandomUnavailable) -> Self {
        Self::Random
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn id(source: &KeySource) -> String {
        source.load().ok().unwrap().current.id().to_owned()
    }

    fn problem(source: &KeySource) -> String {
        source.load().err().unwrap().to_string()
    }

    #[test]
    fn of_several_that_make_the_key_at_once_all_find_the_same() {
        let folder = TempDir::new().unwrap();
        let source = KeySource::Own(folder.path().join(FILE_NAME));
        let start = std::sync::Barrier::new(8);
        let ids: Vec<String> = std::thread::scope(|scope| {
            let making: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| {
                        start.wait();
                        source.create().unwrap();
                        id(&source)
                    })
                })
                .collect();
            making.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(ids.iter().all(|other| *other == ids[0]), "{ids:?}");
        let left: Vec<_> = folder.path().read_dir().unwrap().collect();
        assert_eq!(left.len(), 1, "{left:?}");
    }

    #[test]
    fn commands_take_the_name_of_a_file_as_it_is() {
        let file = "/srv/My Keys/k".to_owned();
        let told = KeyError::NotMade(file.clone()).to_string();
        assert!(told.contains("> '/srv/My Keys/k')"), "{told}");
        let told = KeyError::Exposed { file, mode: 0o644 }.to_string();
        assert!(told.contains("`chmod 600 '/srv/My Keys/k'`"), "{told}");
    }

    #[test]
    fn a_file_system_without_hard_links_holds_a_key_as_well() {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join(FILE_NAME);
        let start = std::sync::Barrier::new(8);
        let found: Vec<String> = std::thread::scope(|scope| {
            let (file, start) = (&file, &start);
            let making: Vec<_> = (0..8)
                .map(|number| {
                    scope.spawn(move || {
                        start.wait();
                        write_with(file, &format!("{number}\n"), |_, _| {
                            Err(io::ErrorKind::Unsupported.into())
                        })
                        .unwrap();
                        text(file).unwrap().expose_secret().to_owned()
                    })
                })
                .collect();
            making.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(found.iter().all(|other| *other == found[0]), "{found:?}");
        let mut left: Vec<_> = folder
            .path()
            .read_dir()
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        left.sort();
        assert_eq!(left, [FILE_NAME, "master.key.lock"], "no draft is left");
    }

    #[cfg(unix)]
    #[test]
    fn a_key_is_readable_for_its_owner_only_and_refused_otherwise() {
        use std::os::unix::fs::PermissionsExt;

        let folder = TempDir::new().unwrap();
        let file = folder.path().join(FILE_NAME);
        let source = KeySource::Own(file.clone());
        source.create().unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        for mode in [0o640, 0o604, 0o644, 0o620, 0o601] {
            std::fs::set_permissions(&file, PermissionsExt::from_mode(mode)).unwrap();
            let told = problem(&source);
            assert!(
                told.contains(&format!("chmod 600 {}", file.display())),
                "{mode:o}: {told}"
            );
            assert!(told.contains(&format!("(mode {mode:o})")), "{told}");
        }
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o400)).unwrap();
        id(&source);
    }

    #[test]
    fn a_key_that_is_cut_or_missing_is_said_to_be() {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("named");
        let source = KeySource::Named(file.clone());
        assert!(problem(&source).contains("there is no master key in"));
        assert!(source.create().is_err(), "a named file was made");
        assert!(!file.exists());
        let (_, line) = MasterKey::generate().unwrap();
        for length in [0, 8, 31, 42] {
            drop(std::fs::remove_file(&file));
            write(&file, &line[..length]).unwrap();
            let told = problem(&source);
            assert!(told.contains("32 random bytes in base64"), "{told}");
            assert!(length == 0 || !told.contains(&line[..length]), "{told}");
        }
    }

    #[test]
    fn a_folder_is_no_key_whatever_others_may_do_in_it() {
        let folder = TempDir::new().unwrap();
        let source = KeySource::Named(folder.path().to_owned());
        let told = problem(&source);
        assert!(told.contains("is a folder") && !told.contains("chmod"), "{told}");
    }

    #[test]
    fn the_settings_name_a_file_and_else_it_is_in_the_state_folder() {
        let named = VaultConfig {
            master_key_file: Some("named".into()),
        };
        let state = Path::new("state");
        assert_eq!(KeySource::of(&named, state), KeySource::Named("named".into()));
        let own = KeySource::of(&VaultConfig::default(), state);
        assert_eq!(own, KeySource::Own("state/master.key".into()));
        assert_eq!(own.next_file(), Some("state/master.key.next".into()));
    }
}

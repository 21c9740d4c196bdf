//! The key that hashes of arguments are made with. It lies in the state folder beside the store: whoever has a copy of
//! the store, or reads the log, cannot find by trying which short secret a call was given.
//!
//! It is no master key, and nothing is sealed with it: without it a new one is made, and calls that wait for a person have
//! to ask again.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::key_source::{KeyError, text, write};
use super::master_key::decoded;
use crate::crypto::{HashingKey, SealingKey};

/// Name of the file in the state folder.
const FILE_NAME: &str = "arguments.key";

/// The key in the folder `state`, made at the first use. Of processes that make it at the same moment all find the same.
///
/// # Errors
/// [`ArgumentsKeyError`] when it cannot be made or read.
pub fn arguments_key(state: &Path) -> Result<HashingKey, ArgumentsKeyError> {
    let file = state.join(FILE_NAME);
    let shown = || file.display().to_string();
    let failed = |error| match error {
        KeyError::File { doing, error, .. } => ArgumentsKeyError::File {
            file: shown(),
            doing,
            error,
        },
        other => ArgumentsKeyError::File {
            file: shown(),
            doing: "made",
            error: other.to_string(),
        },
    };
    let read = match text(&file) {
        Err(KeyError::Missing(_)) => {
            let key = SealingKey::random().map_err(|error| failed(error.into()))?;
            let line = Zeroizing::new(STANDARD.encode(key.bytes()) + "\n");
            write(&file, &line).and_then(|()| text(&file))
        }
        read => read,
    };
    let read = match read {
        // Some file systems have no permissions, and some hosts change them at every start. Without the store beside it
        // the key is worth nothing, so that it keeps no server from starting.
        Err(KeyError::Exposed { mode, .. }) => {
            tracing::warn!(
                file = shown(),
                "the key that hashes of arguments are made with can be read by others (mode {mode:03o}): run `chmod 600` on it"
            );
            std::fs::read_to_string(&file)
                .map(SecretString::from)
                .map_err(|error| ArgumentsKeyError::File {
                    file: shown(),
                    doing: "read",
                    error: error.to_string(),
                })?
        }
        read => read.map_err(failed)?,
    };
    match decoded(read.expose_secret().trim()) {
        Some(bytes) => Ok(HashingKey::new(&bytes)),
        None => Err(ArgumentsKeyError::Malformed(shown())),
    }
}

/// Hashes of arguments cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArgumentsKeyError {
    /// The file holds something else.
    #[error("{0} does not hold the key that hashes of arguments are made with: remove it, and a new one is made")]
    Malformed(String),
    /// The file does not work.
    #[error("the key that hashes of arguments are made with, {file}, cannot be {doing}: {error}")]
    File {
        /// The file.
        file: String,
        /// What was tried.
        doing: &'static str,
        /// What the operating system says.
        error: String,
    },
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use tempfile::tempdir;

    use super::*;

    fn hash(state: &Path) -> String {
        let mut hash = arguments_key(state).expect("a key").begin();
        hash.write_all(b"4711").expect("hashing takes everything");
        hash.finish_hex()
    }

    #[test]
    fn a_key_is_made_once_in_each_folder() {
        let (one, other) = (tempdir().unwrap(), tempdir().unwrap());
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let state = one.path().to_owned();
                std::thread::spawn(move || hash(&state))
            })
            .collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), hash(one.path()));
        }
        assert_ne!(hash(one.path()), hash(other.path()));
        let names: Vec<_> = std::fs::read_dir(one.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(names, [FILE_NAME]);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_it() {
        use std::os::unix::fs::PermissionsExt as _;

        let state = tempdir().unwrap();
        let before = hash(state.path());
        let file = state.path().join(FILE_NAME);
        let mode = std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
        // Who has made it readable is told, and goes on.
        assert_eq!(hash(state.path()), before);
    }

    #[test]
    fn something_else_is_no_key() {
        let state = tempdir().unwrap();
        let file = state.path().join(FILE_NAME);
        write(&file, "not a key\n").unwrap();
        let refused = arguments_key(state.path()).err();
        assert_eq!(refused, Some(ArgumentsKeyError::Malformed(file.display().to_string())));
        let nowhere = state.path().join("nowhere");
        assert!(matches!(
            arguments_key(&nowhere).err(),
            Some(ArgumentsKeyError::File { .. })
        ));
    }
}

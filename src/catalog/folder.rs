//! Reading connector folders from disk: which files belong to which connector.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::connector::{self, CodeFile, SourceFile};

/// Longest file that is read as part of a connector, in bytes.
pub const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// Longest file of code, in bytes: components of languages that bring their own runtime have tens of megabytes.
pub const MAX_CODE_BYTES: u64 = 64 * 1024 * 1024;

/// Endings of files that are definitions.
const DEFINITIONS: [&str; 4] = ["toml", "yaml", "yml", "json"];

/// Sub-folders that hold definitions; others (`fixtures/`) hold material of other kinds.
const DEFINITION_FOLDERS: [&str; 2] = ["services", "actions"];

/// The sub-folder with descriptions of the API, of which only that they are there matters.
const DESCRIPTIONS: &str = "openapi";

/// One connector as it lies on disk.
#[derive(Clone)]
pub struct ConnectorSource {
    /// The connector's folder, or its single file.
    pub path: PathBuf,
    /// Its files that could be read, sorted by path.
    pub files: Vec<SourceFile>,
    /// Its code, sorted by path.
    pub code: Vec<CodeFile>,
}

/// A file or folder that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {path}: {problem}")]
pub struct ReadError {
    /// Which one.
    pub path: PathBuf,
    /// Why.
    pub problem: String,
}

/// What lies in a connectors folder.
#[derive(Default)]
pub struct Sources {
    /// Connectors sorted by path.
    pub connectors: Vec<ConnectorSource>,
    /// What could not be read.
    pub problems: Vec<ReadError>,
}

/// Reads every connector in `folder`: each sub-folder with a `connector.*` file, and each single definition file.
/// `folder` may also be one connector's own folder or file.
#[must_use]
pub fn read(folder: &Path) -> Sources {
    let mut sources = Sources::default();
    if folder.is_file() || main_file(folder).is_some() {
        sources.add(folder);
        return sources;
    }
    match entries(folder) {
        Ok(paths) => {
            for path in paths {
                if (path.is_file() && is_definition(&path)) || main_file(&path).is_some() {
                    sources.add(&path);
                }
            }
        }
        Err(problem) => sources.problems.push(ReadError {
            path: folder.to_owned(),
            problem,
        }),
    }
    sources
}

impl Sources {
    /// The same without `file`, which lies among the connectors and is none of theirs.
    #[must_use]
    pub fn without(mut self, file: &Path) -> Self {
        let Ok(file) = file.canonicalize() else {
            return self;
        };
        let is_it = |path: &Path| path.canonicalize().is_ok_and(|real| real == file);
        for connector in &mut self.connectors {
            connector.files.retain(|one| !is_it(&one.shown));
        }
        self.connectors
            .retain(|connector| !connector.files.is_empty() || !is_it(&connector.path));
        self.problems.retain(|problem| !is_it(&problem.path));
        self
    }

    fn add(&mut self, path: &Path) {
        let known = self.problems.len();
        let mut names: Vec<PathBuf> = Vec::new();
        let root = if path.is_file() {
            names.push(path.to_owned());
            around(path).to_owned()
        } else {
            let folders = DEFINITION_FOLDERS
                .iter()
                .map(|name| path.join(name))
                .filter(|folder| folder.is_dir());
            // What an action may name is looked at whatever it is, so that its author hears why it cannot be read.
            let is_wanted = |name: &PathBuf| is_named_as_code(name, path) || name.is_file() && belongs(name, path);
            for folder in std::iter::once(path.to_owned()).chain(folders) {
                match entries(&folder) {
                    Ok(found) => names.extend(found.into_iter().filter(is_wanted)),
                    Err(problem) => self.problems.push(ReadError { path: folder, problem }),
                }
            }
            // A folder that cannot be read holds nothing that is served.
            let described = entries(&path.join(DESCRIPTIONS)).unwrap_or_default();
            let is_noticed = |name: &PathBuf| name.strip_prefix(path).is_ok_and(connector::is_only_noticed);
            names.extend(described.into_iter().filter(|name| name.is_file() && is_noticed(name)));
            path.to_owned()
        };
        // Whoever put a single file there chose it, wherever it lies, e.g. with the others of their settings.
        let within = if path.is_file() {
            path.canonicalize()
                .map_or(root.clone(), |real| around(&real).to_owned())
        } else {
            root.clone()
        };
        let mut files = Vec::with_capacity(names.len());
        let mut code = Vec::new();
        for name in names {
            let relative = name.strip_prefix(&root).unwrap_or(&name).to_owned();
            let read = if connector::is_code(&relative) {
                // Whoever loads the connector tells why it cannot be read, where it is named.
                code.push(CodeFile {
                    relative,
                    shown: name.clone(),
                    bytes: code_in(&name, &within),
                });
                Ok(())
            } else if connector::is_only_noticed(&relative) {
                // The loader only wants to know that it is there; a bundle holds it.
                own(&name, &within).map(|_| {
                    files.push(SourceFile {
                        relative,
                        shown: name.clone(),
                        text: String::new(),
                    });
                })
            } else {
                text_of(&name, &within).map(|text| {
                    files.push(SourceFile {
                        relative,
                        shown: name.clone(),
                        text,
                    });
                })
            };
            if let Err(problem) = read {
                self.problems.push(ReadError { path: name, problem });
            }
        }
        // One that cannot be read at all is still there: it has not lost its files.
        if !files.is_empty() || self.problems.len() > known {
            self.connectors.push(ConnectorSource {
                path: path.to_owned(),
                files,
                code,
            });
        }
    }
}

fn main_file(folder: &Path) -> Option<PathBuf> {
    DEFINITIONS
        .iter()
        .map(|ending| folder.join("connector").with_extension(ending))
        .find(|file| file.is_file())
}

fn belongs(path: &Path, connector: &Path) -> bool {
    is_definition(path) || path.strip_prefix(connector).is_ok_and(connector::is_wanted)
}

fn is_named_as_code(path: &Path, connector: &Path) -> bool {
    path.strip_prefix(connector).is_ok_and(connector::is_code)
}

fn is_definition(path: &Path) -> bool {
    path.extension()
        .and_then(OsStr::to_str)
        .is_some_and(|ending| DEFINITIONS.contains(&ending))
}

/// Entries of `folder`, sorted, without hidden ones: editors keep their scratch files under such names.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut paths = std::fs::read_dir(folder)
        .and_then(|entries| {
            entries
                .map(|entry| entry.map(|entry| entry.path()))
                .collect::<io::Result<Vec<_>>>()
        })
        .map_err(|error| error.to_string())?;
    paths.retain(|path| {
        !path
            .file_name()
            .and_then(OsStr::to_str)
            .is_none_or(|name| name.starts_with('.'))
    });
    paths.sort_unstable();
    Ok(paths)
}

/// The folder that a single file lies in, as part of its path.
fn around(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// Where the file at `path` really lies, which has to be in the connector's folder also when its name is a link: a folder
/// from elsewhere must not make anything else on this machine run, be shown to agents or be packed.
fn own(path: &Path, folder: &Path) -> Result<PathBuf, String> {
    let real = |path: &Path| path.canonicalize().map_err(|error| error.to_string());
    let (real, folder) = (real(path)?, real(folder)?);
    if !real.starts_with(&folder) {
        return Err("it is a link that leads out of the connector's folder".to_owned());
    }
    Ok(real)
}

/// The text of a file of the connector in `folder`.
fn text_of(path: &Path, folder: &Path) -> Result<String, String> {
    let path = own(path, folder)?;
    let length = std::fs::metadata(&path).map_err(|error| error.to_string())?.len();
    if length > MAX_FILE_BYTES {
        return Err(format!(
            "it has {length} bytes, more than the {MAX_FILE_BYTES} that a definition may have"
        ));
    }
    let bytes = std::fs::read(&path).map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let start = valid.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        format!(
            "it is not UTF-8 text: the byte 0x{:02x} in line {}, column {} (offset {}) does not belong; save the file as \
             UTF-8",
            error.as_bytes()[valid.len()],
            valid.split(|byte| *byte == b'\n').count(),
            1 + String::from_utf8_lossy(&valid[start..]).chars().count(),
            valid.len(),
        )
    })
}

/// The code in a file of the connector in `folder`.
fn code_in(path: &Path, folder: &Path) -> Result<Arc<[u8]>, String> {
    let told = |error: io::Error| error.to_string();
    let real = own(path, folder)?;
    let metadata = std::fs::metadata(&real).map_err(told)?;
    if metadata.is_dir() {
        return Err("it is a folder".to_owned());
    }
    if !metadata.is_file() {
        // Reading a pipe waits for somebody who writes to it.
        return Err("it is no regular file".to_owned());
    }
    let length = metadata.len();
    if length > MAX_CODE_BYTES {
        return Err(format!(
            "it has {length} bytes, more than the {MAX_CODE_BYTES} that code may have"
        ));
    }
    std::fs::read(&real).map(Arc::from).map_err(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(root: &Path, name: &str, text: &[u8]) {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    #[test]
    fn finds_folders_and_single_files_and_leaves_the_rest() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), "crm/connector.toml", b"a");
        write(root.path(), "crm/services/customer.toml", b"b");
        write(root.path(), "crm/openapi/document.json", b"c");
        write(root.path(), "crm/SKILL.md", b"d");
        write(root.path(), "crm/actions/sum.wasm", b"\0asm\xff");
        write(root.path(), "crm/.connector.toml.swp", b"e");
        write(root.path(), "single.yaml", b"f");
        write(root.path(), "notes/readme.toml", b"g");
        let sources = read(root.path());
        let found: Vec<Vec<String>> = sources
            .connectors
            .iter()
            .map(|source| {
                let code = source.code.iter().map(|file| &file.relative);
                let files = source.files.iter().map(|file| &file.relative);
                files.chain(code).map(|file| file.display().to_string()).collect()
            })
            .collect();
        assert_eq!(
            found,
            [
                vec![
                    "SKILL.md",
                    "connector.toml",
                    "services/customer.toml",
                    "openapi/document.json",
                    "actions/sum.wasm"
                ],
                vec!["single.yaml"]
            ]
        );
        let described = &sources.connectors[0].files[3];
        assert_eq!(described.text, "", "that it is there has to do");
        assert!(sources.problems.is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn code_is_read_from_the_connectors_own_folder_only() {
        use std::os::unix::fs::symlink;

        let root = tempfile::tempdir().unwrap();
        write(root.path(), "elsewhere/secret.js", b"stolen");
        write(root.path(), "crm/connector.toml", b"a");
        write(root.path(), "crm/hidden/real.js", b"own");
        write(root.path(), "crm/actions/sum.wasm", b"\0asm\xff");
        symlink("../hidden/real.js", root.path().join("crm/actions/inside.js")).unwrap();
        symlink("../../elsewhere/secret.js", root.path().join("crm/actions/outside.js")).unwrap();
        let sources = read(&root.path().join("crm"));
        let code: Vec<(&str, Result<&[u8], &str>)> = sources.connectors[0]
            .code
            .iter()
            .map(|file| {
                let bytes = file.bytes.as_ref();
                (
                    file.relative.to_str().unwrap(),
                    bytes.map(|bytes| &**bytes).map_err(String::as_str),
                )
            })
            .collect();
        let leads_out = "it is a link that leads out of the connector's folder";
        assert_eq!(
            code,
            [
                ("actions/inside.js", Ok(b"own".as_slice())),
                ("actions/outside.js", Err(leads_out)),
                ("actions/sum.wasm", Ok(b"\0asm\xff"))
            ]
        );
        assert!(sources.problems.is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn code_that_cannot_be_read_is_one_finding_with_its_reason() {
        let root = tempfile::tempdir().unwrap();
        let names = ["long.js", "none.js", "folder.js", "pipe.js", "outside.js"];
        let actions = names.map(|name| {
            let action = name.replace('.', "_");
            format!("[[actions]]\nname = \"{action}\"\neffect = \"read\"\ncode = \"actions/{name}\"\n")
        });
        let head = "name = \"CRM\"\n[connection]\nbase_url = \"https://crm.example.com\"\n";
        write(
            root.path(),
            "crm/connector.toml",
            (head.to_owned() + &actions.concat()).as_bytes(),
        );
        write(root.path(), "crm/actions/folder.js/a", b"a");
        write(root.path(), "elsewhere.js", b"stolen");
        let actions = root.path().join("crm/actions");
        let long = std::fs::File::create(actions.join("long.js")).unwrap();
        long.set_len(MAX_CODE_BYTES + 1).unwrap();
        let made = std::process::Command::new("mkfifo")
            .arg(actions.join("pipe.js"))
            .status();
        assert!(made.unwrap().success());
        std::os::unix::fs::symlink("../../elsewhere.js", actions.join("outside.js")).unwrap();
        let sources = read(root.path());
        assert!(sources.problems.is_empty());
        let source = &sources.connectors[0];
        let loaded = connector::load_with(&source.files, &source.code, &|_| None);
        let found: Vec<String> = loaded
            .diagnostics
            .iter()
            .filter(|one| one.is_error())
            .map(|one| one.message.clone())
            .collect();
        assert_eq!(
            found,
            [
                "`actions/long.js` cannot be read: it has 67108865 bytes, more than the 67108864 that code may have",
                "there is no file `actions/none.js`",
                "`actions/folder.js` cannot be read: it is a folder",
                "`actions/pipe.js` cannot be read: it is no regular file",
                "`actions/outside.js` cannot be read: it is a link that leads out of the connector's folder",
            ]
        );
    }

    #[cfg(unix)]
    #[test]
    fn every_file_is_read_from_the_connectors_own_folder_only() {
        use std::os::unix::fs::symlink;

        let parts = [
            "SKILL.md",
            "AGENTS.md",
            "connector.toml",
            "services/customer.toml",
            "openapi/api.json",
        ];
        for part in parts {
            let root = tempfile::tempdir().unwrap();
            write(root.path(), "elsewhere/credentials", b"stolen");
            write(root.path(), "crm/connector.toml", b"a");
            write(root.path(), "crm/hidden/own", b"own");
            let place = root.path().join("crm").join(part);
            std::fs::create_dir_all(place.parent().unwrap()).unwrap();
            for (target, leads_out) in [("elsewhere/credentials", true), ("crm/hidden/own", false)] {
                drop(std::fs::remove_file(&place));
                symlink(root.path().join(target), &place).unwrap();
                let sources = read(&root.path().join("crm"));
                let problems: Vec<String> = sources.problems.iter().map(ToString::to_string).collect();
                let files: Vec<&SourceFile> = sources.connectors.iter().flat_map(|source| &source.files).collect();
                let is_read = files.iter().any(|file| file.relative == Path::new(part));
                assert_eq!(
                    (is_read, problems.len()),
                    (!leads_out, usize::from(leads_out)),
                    "{part}"
                );
                assert!(files.iter().all(|file| file.text != "stolen"), "{part}");
                assert!(
                    problems.iter().all(|problem| problem.contains("leads out")),
                    "{problems:?}"
                );
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_single_file_or_a_whole_folder_may_be_a_link() {
        use std::os::unix::fs::symlink;

        let root = tempfile::tempdir().unwrap();
        write(root.path(), "connectors/..data/crm.toml", b"a");
        write(root.path(), "elsewhere/erp.toml", b"b");
        // As Kubernetes mounts a ConfigMap.
        symlink("..data/crm.toml", root.path().join("connectors/crm.toml")).unwrap();
        symlink("../elsewhere/erp.toml", root.path().join("connectors/erp.toml")).unwrap();
        // The folder of a connector may be a link: whoever put it there can put files there.
        write(root.path(), "elsewhere/desk/connector.toml", b"c");
        symlink("../elsewhere/desk", root.path().join("connectors/desk")).unwrap();
        let sources = read(&root.path().join("connectors"));
        let files: Vec<&str> = sources
            .connectors
            .iter()
            .flat_map(|source| &source.files)
            .map(|file| file.text.as_str())
            .collect();
        assert_eq!(files, ["a", "c", "b"]);
        let problems: Vec<String> = sources.problems.iter().map(ToString::to_string).collect();
        assert!(problems.is_empty(), "{problems:?}");
    }

    #[test]
    fn one_connector_can_be_named_directly() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), "crm/connector.toml", b"a");
        assert_eq!(read(&root.path().join("crm")).connectors.len(), 1);
        assert_eq!(read(&root.path().join("crm/connector.toml")).connectors.len(), 1);
    }

    #[test]
    fn unreadable_files_are_reported_with_their_path() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), "latin.toml", b"name = \"caf\xe9\"");
        let long = vec![b' '; usize::try_from(MAX_FILE_BYTES).unwrap() + 1];
        write(root.path(), "long.toml", &long);
        let problems: Vec<String> = read(root.path())
            .problems
            .iter()
            .map(|problem| problem.problem.clone())
            .collect();
        assert_eq!(problems.len(), 2);
        assert_eq!(
            problems[0],
            "it is not UTF-8 text: the byte 0xe9 in line 1, column 12 (offset 11) does not belong; save the file as UTF-8"
        );
        assert!(problems[1].contains("4194305 bytes"), "{}", problems[1]);
        assert_eq!(read(&root.path().join("missing")).problems.len(), 1);
    }
}

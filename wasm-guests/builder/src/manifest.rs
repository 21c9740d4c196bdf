//! What the artefact was made of. `tests/it` of the server compares it with the sources, without any toolchain.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Files and folders that the bytes depend on, from the workspace's folder. The lock file is not among them: it is
/// counted by the packages that are really used.
const INPUTS: [&str; 8] = [
    "builder/Cargo.toml",
    "builder/src",
    "js-engine/Cargo.toml",
    "js-engine/prelude",
    "js-engine/src",
    "rust-toolchain.toml",
    "wit",
    "build",
];

/// The whole of `manifest.json`.
#[derive(Serialize, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) component: Component,
    pub(crate) toolchain: Toolchain,
    /// What was looked at for `files`.
    inputs: Vec<String>,
    /// SHA-256 of every input file, by its path.
    files: BTreeMap<String, String>,
    /// What the lock file says of each package that the engine or the builder uses: version and checksum.
    packages: BTreeMap<String, String>,
    /// The licences of what is in the artefact.
    licences: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Component {
    pub(crate) sha256: String,
    bytes: usize,
}

/// The programs that the bytes depend on.
#[derive(Serialize, Deserialize, PartialEq, Eq, Debug)]
pub(crate) struct Toolchain {
    rustc: String,
    clang: String,
}

/// The C compiler and the archiver: one version, as another gives other bytes.
pub(crate) const CLANG: &str = "clang-22";
/// GNU's `ar` cannot index WebAssembly.
pub(crate) const ARCHIVER: &str = "llvm-ar-22";

/// What is in the artefact and is no package of the lock file.
const BUNDLED: [(&str, &str); 3] = [
    ("QuickJS-ng 0.16 (in rquickjs-sys)", "MIT"),
    (
        "wasi-libc of wasi-sdk 24 (in rquickjs-sys)",
        "MIT AND Apache-2.0 WITH LLVM-exception",
    ),
    ("The Rust standard library", "MIT OR Apache-2.0"),
];

impl Toolchain {
    /// Asks the programs.
    pub(crate) fn installed(folder: &Path) -> Result<Self> {
        Ok(Self {
            rustc: version_line(folder, "rustc")?,
            clang: version_line(folder, CLANG)?,
        })
    }
}

fn version_line(folder: &Path, program: &str) -> Result<String> {
    let answer = Command::new(program)
        .arg("--version")
        .current_dir(folder)
        .output()
        .with_context(|| format!("{program} is not installed; see wasm-guests/README.md"))?;
    ensure!(
        answer.status.success(),
        "{program} --version failed: {}",
        String::from_utf8_lossy(&answer.stderr)
    );
    Ok(String::from_utf8(answer.stdout)?
        .lines()
        .next()
        .unwrap_or_default()
        .to_owned())
}

impl Manifest {
    /// Describes `component`, built from what lies in `folder`.
    pub(crate) fn of(folder: &Path, component: &[u8], toolchain: Toolchain) -> Result<Self> {
        let mut files = BTreeMap::new();
        for input in INPUTS {
            add_files(folder, input, &mut files)?;
        }
        let lock: Lock = toml::from_str(&fs::read_to_string(folder.join("Cargo.lock"))?)?;
        Ok(Self {
            component: Component {
                sha256: sha256(component),
                bytes: component.len(),
            },
            toolchain,
            inputs: INPUTS.iter().map(ToString::to_string).collect(),
            files,
            packages: lock.used_by(&["js-engine", "builder"])?,
            licences: licences(folder, &lock.used_by(&["js-engine"])?)?,
        })
    }
}

/// Lower-case hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn add_files(folder: &Path, path: &str, files: &mut BTreeMap<String, String>) -> Result<()> {
    let full = folder.join(path);
    if full.is_dir() {
        for entry in fs::read_dir(&full)? {
            let name = entry?
                .file_name()
                .into_string()
                .map_err(|name| anyhow::anyhow!("odd file name {name:?}"))?;
            add_files(folder, &format!("{path}/{name}"), files)?;
        }
    } else {
        let bytes = fs::read(&full).with_context(|| format!("reading {path}"))?;
        files.insert(path.to_owned(), sha256(&bytes));
    }
    Ok(())
}

#[derive(Deserialize)]
struct Lock {
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    checksum: Option<String>,
    #[serde(default)]
    dependencies: Vec<String>,
}

impl Lock {
    /// Every package that one of `roots` needs, directly or not: "name version" to its checksum. The roots themselves
    /// are files of ours.
    fn used_by(&self, roots: &[&str]) -> Result<BTreeMap<String, String>> {
        let mut used = BTreeMap::new();
        let mut waiting: Vec<&str> = roots.to_vec();
        while let Some(wanted) = waiting.pop() {
            // A dependency is "name", or "name version" where the lock file has several versions.
            let mut words = wanted.split(' ');
            let (name, version) = (words.next().unwrap_or_default(), words.next());
            let package = self
                .package
                .iter()
                .find(|package| package.name == name && version.is_none_or(|version| package.version == version));
            let Some(package) = package else {
                bail!("Cargo.lock does not name {wanted}")
            };
            let key = format!("{} {}", package.name, package.version);
            if used.contains_key(&key) {
                continue;
            }
            if let Some(checksum) = &package.checksum {
                used.insert(key, checksum.clone());
            }
            waiting.extend(package.dependencies.iter().map(String::as_str));
        }
        Ok(used)
    }
}

/// The licence of each package that can end up in the guest.
fn licences(folder: &Path, packages: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>> {
    let answer = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(folder)
        .output()?;
    ensure!(
        answer.status.success(),
        "cargo metadata failed: {}",
        String::from_utf8_lossy(&answer.stderr)
    );
    let metadata: Metadata = serde_json::from_slice(&answer.stdout)?;
    let mut licences: BTreeMap<String, String> = BUNDLED
        .iter()
        .map(|(name, licence)| ((*name).to_owned(), (*licence).to_owned()))
        .collect();
    for package in metadata.packages {
        let key = format!("{} {}", package.name, package.version);
        if packages.contains_key(&key) {
            let licence = package.license.with_context(|| format!("{key} names no licence"))?;
            licences.insert(key, licence);
        }
    }
    Ok(licences)
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Described>,
}

#[derive(Deserialize)]
struct Described {
    name: String,
    version: String,
    license: Option<String>,
}

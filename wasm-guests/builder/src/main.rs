//! Builds the JavaScript engine: compiles the guest, lets it prepare itself, keeps the memory that it leaves behind,
//! wraps the result as a component, and writes down what it was made of. `wasm-guests/build` calls it.

mod guest;
mod manifest;
mod snapshot;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

/// The exit status that says: other compilers are installed, nothing was compared.
const OTHER_COMPILER: u8 = 3;

fn main() -> Result<ExitCode> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("the builder lies in the workspace")?
        .to_path_buf();
    match std::env::args()
        .skip(1)
        .collect::<Vec<_>>()
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()[..]
    {
        ["write"] => write(&folder).map(|()| ExitCode::SUCCESS),
        ["check"] => check(&folder),
        _ => bail!("usage: builder write | check"),
    }
}

/// Where the committed files lie.
fn artefact(folder: &Path) -> PathBuf {
    folder.join("js-engine/artefact")
}

fn build(folder: &Path) -> Result<Vec<u8>> {
    let core = guest::compile(folder)?;
    let snapshot = snapshot::take(&core).context("preparing the engine")?;
    wit_component::ComponentEncoder::default()
        .validate(true)
        .module(&snapshot)
        .and_then(|mut encoder| encoder.encode())
        .context("wrapping the engine as a component")
}

fn write(folder: &Path) -> Result<()> {
    let toolchain = manifest::Toolchain::installed(folder)?;
    let component = build(folder)?;
    let manifest = manifest::Manifest::of(folder, &component, toolchain)?;
    fs::create_dir_all(artefact(folder))?;
    fs::write(artefact(folder).join("engine.wasm"), &component)?;
    fs::write(
        artefact(folder).join("manifest.json"),
        serde_json::to_string_pretty(&manifest)? + "\n",
    )?;
    println!("{} bytes, sha256 {}", component.len(), manifest.component.sha256);
    Ok(())
}

/// Builds again and compares. Only the compilers that the manifest names can give the same bytes.
fn check(folder: &Path) -> Result<ExitCode> {
    let committed: manifest::Manifest =
        serde_json::from_str(&fs::read_to_string(artefact(folder).join("manifest.json"))?)?;
    let toolchain = manifest::Toolchain::installed(folder)?;
    if toolchain != committed.toolchain {
        eprintln!(
            "cannot compare: the engine was built by {:?}, here is {toolchain:?}",
            committed.toolchain
        );
        return Ok(ExitCode::from(OTHER_COMPILER));
    }
    let component = build(folder)?;
    let rebuilt = manifest::sha256(&component);
    if rebuilt != committed.component.sha256 {
        bail!(
            "the rebuilt engine differs: {rebuilt}, committed is {}",
            committed.component.sha256
        );
    }
    println!("rebuilt the same {} bytes, sha256 {rebuilt}", component.len());
    Ok(ExitCode::SUCCESS)
}

//! Compiles the guest. Everything that could make two builds differ is fixed here: the profile, and the folders whose
//! names would end up in the bytes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::manifest::{ARCHIVER, CLANG};

const TARGET: &str = "wasm32-unknown-unknown";

/// Makes `QuickJS` ask for every block by itself, which is all that it reads this for. It would otherwise keep blocks of
/// one size together on pages of their own, and a call that makes a few objects of each size would write to all of them.
const ONE_BY_ONE: &str = "-D__SANITIZE_ADDRESS__";

/// Builds `js-engine`; gives its core module.
pub(crate) fn compile(folder: &Path) -> Result<Vec<u8>> {
    let target = folder.join("target/guest");
    let cargo_home = match std::env::var_os("CARGO_HOME") {
        Some(home) => PathBuf::from(home),
        None => PathBuf::from(std::env::var_os("HOME").context("neither CARGO_HOME nor HOME is set")?).join(".cargo"),
    };
    let remaps = [
        (cargo_home.as_path(), "/cargo"),
        (folder, "/guests"),
        (&target, "/target"),
    ];
    let flags: Vec<String> = remaps
        .iter()
        .map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display()))
        .collect();
    let c_flags: Vec<String> = remaps
        .iter()
        .map(|(from, to)| format!("-ffile-prefix-map={}={to}", from.display()))
        .collect();
    let status = Command::new("cargo")
        .current_dir(folder)
        .args([
            "build",
            "--release",
            "--locked",
            "--package",
            "js-engine",
            "--target",
            TARGET,
        ])
        .env("CARGO_TARGET_DIR", &target)
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
        .env("CC_wasm32_unknown_unknown", CLANG)
        .env("AR_wasm32_unknown_unknown", ARCHIVER)
        .env(
            "CFLAGS_wasm32_unknown_unknown",
            format!("{} {ONE_BY_ONE}", c_flags.join(" ")),
        )
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "3")
        .env("CARGO_PROFILE_RELEASE_LTO", "true")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1")
        .env("CARGO_PROFILE_RELEASE_PANIC", "abort")
        .env("CARGO_PROFILE_RELEASE_STRIP", "symbols")
        .status()
        .context("starting cargo")?;
    ensure!(status.success(), "cargo build of js-engine failed: {status}");
    let module = target.join(TARGET).join("release/js_engine.wasm");
    fs::read(&module).with_context(|| format!("reading {}", module.display()))
}

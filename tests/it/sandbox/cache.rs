//! What is compiled once is kept, and only what is as it was written is run.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use toolgate::config::SandboxConfig;
use toolgate::runner::guest::{Compiler, CompilerError, LoadError, Sandbox, compile_to_order};

use super::{World, bytes};

fn sandbox(folder: &Path) -> Sandbox {
    let settings = SandboxConfig {
        max_concurrent_runs: 1,
        ..SandboxConfig::default()
    };
    Sandbox::new(&settings, folder).unwrap()
}

/// What is kept in a folder, its key not included.
fn kept(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.retain(|file| !file.ends_with("key"));
    files.sort();
    files
}

async fn works(folder: &Path) {
    let sandbox = sandbox(folder);
    let program = sandbox.component(&bytes("repeats.wat"), "repeats").unwrap();
    let finished = sandbox.run(&program, "[1]", World::empty(), &sandbox.limits()).await;
    assert_eq!(finished.unwrap().result, "[1]");
}

#[tokio::test]
async fn what_was_compiled_is_used_again() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("state/compiled");
    works(&folder).await;
    let files = kept(&folder);
    assert_eq!(files.len(), 1, "{files:?}");
    let written = fs::metadata(&files[0]).unwrap().modified().unwrap();
    works(&folder).await;
    assert_eq!(kept(&folder), files);
    assert_eq!(fs::metadata(&files[0]).unwrap().modified().unwrap(), written);
}

#[tokio::test]
async fn a_file_that_is_not_as_it_was_written_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("compiled");
    works(&folder).await;
    let file = kept(&folder).remove(0);
    let good = fs::read(&file).unwrap();
    let flipped = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        bytes
    };
    let table = [
        ("code", flipped(0)),
        ("content", flipped(good.len() / 2)),
        ("end", flipped(good.len() - 1)),
        ("cut off", good[..good.len() - 1].to_vec()),
        ("shorter than its code", good[..8].to_vec()),
        ("empty", Vec::new()),
    ];
    for (what, bytes) in table {
        fs::write(&file, &bytes).unwrap();
        works(&folder).await;
        assert!(fs::read(&file).unwrap() == good, "{what}");
    }
}

/// Opening a pipe waits until somebody writes to it.
#[cfg(unix)]
#[tokio::test]
async fn a_pipe_among_the_files_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("compiled");
    works(&folder).await;
    let file = kept(&folder).remove(0);
    let good = fs::read(&file).unwrap();
    let pipe_at = |place: &Path| {
        fs::remove_file(place).unwrap();
        let made = std::process::Command::new("mkfifo")
            .args(["-m", "600"])
            .arg(place)
            .status();
        assert!(made.unwrap().success());
    };
    pipe_at(&file);
    works(&folder).await;
    assert!(fs::read(&file).unwrap() == good);
    pipe_at(&folder.join("key"));
    works(&folder).await;
}

#[tokio::test]
async fn a_file_of_something_else_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("compiled");
    sandbox(&folder).component(&bytes("traps.wat"), "traps").unwrap();
    let other = kept(&folder).remove(0);
    works(&folder).await;
    let file = kept(&folder).into_iter().find(|file| *file != other).unwrap();
    let good = fs::read(&file).unwrap();
    fs::copy(&other, &file).unwrap();
    works(&folder).await;
    assert!(fs::read(&file).unwrap() == good);
}

#[tokio::test]
async fn a_file_under_another_key_is_made_anew() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let [mine, foreign] = folders.each_ref().map(|folder| folder.path().join("compiled"));
    works(&mine).await;
    works(&foreign).await;
    let file = kept(&mine).remove(0);
    let good = fs::read(&file).unwrap();
    fs::copy(foreign.join(file.file_name().unwrap()), &file).unwrap();
    works(&mine).await;
    assert!(fs::read(&file).unwrap() == good);
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_use_what_is_kept() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("compiled");
    works(&folder).await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    for file in kept(&folder).into_iter().chain([folder.join("key")]) {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    // A folder that others can write to is not used, and code runs all the same.
    fs::remove_file(&kept(&folder)[0]).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o770)).unwrap();
    works(&folder).await;
    assert!(kept(&folder).is_empty());
}

#[tokio::test]
async fn a_compiler_that_does_not_work_only_costs_memory() {
    let compilers = [
        ("/there/is/no/such/program", &["compile-code"]),
        (env!("CARGO_BIN_EXE_toolgate"), &["there-is-no-such-verb"]),
        // It ends well, and has compiled nothing.
        (env!("CARGO_BIN_EXE_toolgate"), &["--version"]),
    ];
    for (program, arguments) in compilers {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("compiled");
        let compiler = Compiler::new(program.into(), arguments);
        let sandbox = Sandbox::with_compiler(&SandboxConfig::default(), &folder, Some(Arc::new(compiler))).unwrap();
        let program = sandbox.component(&bytes("repeats.wat"), "repeats").unwrap();
        let finished = sandbox.run(&program, "[1]", World::empty(), &sandbox.limits()).await;
        assert_eq!(finished.unwrap().result, "[1]");
        assert_eq!(kept(&folder).len(), 1);
        // What is wrong with code is told as without a compiler.
        let error = sandbox.component(b"\0asm\x0d\0\x01\0broken", "broken").unwrap_err();
        assert!(matches!(error, LoadError::Unreadable { .. }), "{error}");
    }
}

#[tokio::test]
async fn an_order_is_carried_out_for_others() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("compiled");
    let compiler = Compiler::new(env!("CARGO_BIN_EXE_toolgate").into(), &["compile-code"]);
    let settings = SandboxConfig {
        max_concurrent_runs: 1,
        ..SandboxConfig::default()
    };
    let sandbox = Sandbox::with_compiler(&settings, &folder, Some(Arc::new(compiler))).unwrap();
    sandbox.component(&bytes("repeats.wat"), "repeats").unwrap();
    let files = kept(&folder);
    let written = fs::metadata(&files[0]).unwrap().modified().unwrap();
    works(&folder).await;
    assert_eq!(kept(&folder), files);
    assert_eq!(fs::metadata(&files[0]).unwrap().modified().unwrap(), written);
    for order in ["", "{}", "{\"settings\": 1}", "not JSON"] {
        let error = compile_to_order(&mut order.as_bytes()).unwrap_err();
        assert!(matches!(error, CompilerError::Order(_)), "{error}");
    }
}

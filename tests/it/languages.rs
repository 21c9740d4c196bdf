//! Actions in other languages: what `tests/run languages` built of `wasm-guests/examples` and `wasm-guests/hostile`.
//!
//! Their compilers are not everywhere, so these tests only run when they are asked for, and then fail when a component is
//! missing.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use toolgate::runner::guest::{Finished, GuestError, GuestLogLevel, Limit, LimitReached, Outside, Sandbox};
use toolgate::sample;

use crate::actions::{content, failure};
use crate::committed;
#[cfg(unix)]
use crate::harness::shipped;
use crate::harness::{Workspace, eventually, share_compiled_code};
use crate::sandbox::{World, sandbox};

/// A folder of folders, each of them named as a language and with two components.
const FOLDER: &str = "TOOLGATE_LANGUAGES";

/// Far more than building an action takes on a busy machine.
#[cfg(unix)]
const LONGEST_BUILD: Duration = Duration::from_mins(20);

/// The address in the examples' connectors.
const COMMITTED_ADDRESS: &str = "127.0.0.1:7878";

/// What was built of one language.
struct Built {
    language: String,
    example: Vec<u8>,
    hostile: Vec<u8>,
}

fn built() -> Vec<Built> {
    let folder = toolgate::config::environment_variable(FOLDER);
    let folder = PathBuf::from(folder.unwrap_or_else(|| panic!("{FOLDER} names no folder: run `tests/run languages`")));
    let mut languages: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    languages.sort();
    assert!(!languages.is_empty(), "{} is empty", folder.display());
    let read = |language: &str, name: &str| {
        let file = folder.join(language).join(name);
        std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    };
    languages
        .into_iter()
        .map(|language| Built {
            example: read(&language, "example.wasm"),
            hostile: read(&language, "hostile.wasm"),
            language,
        })
        .collect()
}

#[tokio::test]
#[ignore = "needs what `tests/run languages` builds"]
async fn every_language_gives_the_same_result() {
    for Built { language, example, .. } in built() {
        // Compiling takes longer than a test waits for anything; the server finds it done.
        sandbox(|_| ()).component(&example, &language).unwrap();
        let api = sample::start(sample::ANY_LOOPBACK_PORT, "demo-key".into())
            .await
            .unwrap();
        let committed = format!("wasm-guests/examples/{language}/connector.toml");
        let connector = std::fs::read_to_string(committed::path(&committed)).unwrap();
        let mut workspace = Workspace::new();
        workspace.set("DEMO_CRM_KEY", "demo-key");
        workspace.write(
            "example/connector.toml",
            connector.replace(COMMITTED_ADDRESS, &api.address().to_string()),
        );
        workspace.write("example/actions/customer_summary.wasm", &example);
        share_compiled_code(&workspace.state());
        let mut session = workspace.serve().await;
        let tool = format!("example_in_{language}__customer_summary");

        let answer = session.call(&tool, json!({ "customer_id": "cust_1001" })).await;
        let expected = json!({
            "company": "Lindqvist Timber",
            "annual_value": 184_000,
            "tickets": 2,
            "open": ["Delivery 4471 is two pallets short"],
        });
        assert_eq!(content(&answer), &expected, "{language}");
        let unknown = session.call(&tool, json!({ "customer_id": "Ü/\"9\"" })).await;
        let told = failure(&unknown);
        assert!(told.contains("there is no customer Ü/\"9\""), "{language}: {told}");

        let row = &workspace.rows().await[0];
        assert_eq!((row.requests, row.upstream_status), (2, Some(200)), "{language}");
        let log = workspace.run(&["logs", "--call", &row.call_id, "--json"]).await;
        let log: Value = serde_json::from_str(&log.stdout).unwrap();
        let said = log[0]["log"].as_array().unwrap().last().unwrap();
        assert_eq!(said["message"], "cust_1001: 2 tickets", "{language}: {log:#}");
    }
}

#[tokio::test]
#[ignore = "needs what `tests/run languages` builds"]
async fn requests_overlap_where_the_language_can() {
    let data = json!({
        "input": { "customer_id": "cust_1" },
        "auth": {},
        "user": { "id": "local", "email": null, "organisation": "local" },
    })
    .to_string();
    for Built { language, example, .. } in built() {
        let sandbox = sandbox(|_| ());
        let program = sandbox.component(&example, &language).unwrap();
        let world = World::with_gate(r#"{"company": "A", "annual_value": 1, "data": []}"#, 0);
        let at_once = if language == "c" { 1 } else { 2 };
        let outside: Arc<dyn Outside> = world.clone();
        let limits = sandbox.limits();
        let (finished, ()) = tokio::join!(sandbox.run(&program, &data, outside, &limits), async {
            eventually("the requests before any answer", async || {
                (world.requests() == at_once).then_some(())
            })
            .await;
            world.gate.add_permits(2);
        });
        let result: Value = serde_json::from_str(&finished.unwrap().result).unwrap();
        assert_eq!(result["company"], "A", "{language}");
        let sent = world.sent.lock().unwrap();
        let urls: Vec<&str> = sent.iter().map(|request| request.url.as_str()).collect();
        assert_eq!(urls, ["/customers/cust_1", "/customers/cust_1/tickets"], "{language}");
    }
}

async fn ending(sandbox: &Sandbox, built: &Built, how: &str, world: Arc<World>) -> Result<Finished, GuestError> {
    let program = sandbox.component(&built.hostile, &built.language).unwrap();
    let data = json!({
        "input": { "how": how },
        "auth": {},
        "user": { "id": "local", "email": null, "organisation": "local" },
    });
    sandbox.run(&program, &data.to_string(), world, &sandbox.limits()).await
}

#[tokio::test]
#[ignore = "needs what `tests/run languages` builds"]
async fn limits_hold_in_every_language() {
    let sandbox = sandbox(|settings| settings.cpu = Duration::from_secs(2));
    for built in built() {
        for (how, limit, value) in [("loops", Limit::Cpu, 2_000), ("hoards", Limit::Memory, 134_217_728)] {
            let ending = ending(&sandbox, &built, how, World::empty()).await;
            let expected = Err(GuestError::Limit(LimitReached { limit, value }));
            assert_eq!(ending, expected, "{} {how}", built.language);
        }
    }
}

/// To ask the host for memory costs an action more than all else that its heap does.
#[tokio::test]
#[ignore = "needs what `tests/run languages` builds"]
async fn a_usual_action_in_rust_finds_its_memory_in_place() {
    let Some(rust) = built().into_iter().find(|built| built.language == "rust") else {
        return;
    };
    let engine = wasmtime::Engine::default();
    let component = wasmtime::component::Component::from_binary(&engine, &rust.example).unwrap();
    let pages = component.resources_required().unwrap().max_initial_memory_size.unwrap();
    let sandbox = sandbox(|_| ());
    let program = sandbox.component(&rust.example, "rust").unwrap();
    let data = json!({
        "input": { "customer_id": "cust_1" },
        "auth": {},
        "user": { "id": "local", "email": null, "organisation": "local" },
    });
    let world = World::with_gate(r#"{"company": "A", "annual_value": 1, "data": []}"#, 2);
    let mut limits = sandbox.limits();
    limits.memory_bytes = pages * 65_536;
    let finished = sandbox.run(&program, &data.to_string(), world, &limits).await.unwrap();
    let result: Value = serde_json::from_str(&finished.result).unwrap();
    assert_eq!(result["company"], "A");
}

#[tokio::test]
#[ignore = "needs what `tests/run languages` builds"]
async fn a_program_that_breaks_tells_its_author_where() {
    let sandbox = sandbox(|_| ());
    for built in built() {
        let world = World::empty();
        let ending = ending(&sandbox, &built, "breaks", Arc::clone(&world)).await;
        let lines = world.lines.lock().unwrap();
        let error = ending.unwrap_err();
        match (built.language.as_str(), &error) {
            ("rust", GuestError::Crashed(cause)) => {
                assert!(cause.contains("(in `misbehaves::breaks`, called by `"), "{cause}");
                let (level, line) = &lines[0];
                assert_eq!(*level, GuestLogLevel::Error);
                assert!(line.contains("hostile/rust/src/lib.rs:"), "{line}");
                assert!(line.contains("index out of bounds"), "{line}");
            }
            ("c", GuestError::Crashed(cause)) => {
                assert!(cause.contains("out of bounds memory access (in `breaks`"), "{cause}");
            }
            ("python", GuestError::Failed { message, stack }) => {
                assert_eq!(message, "IndexError: list index out of range");
                let stack = stack.as_deref().unwrap();
                assert!(stack.starts_with("    at breaks (app.py:"), "{stack}");
            }
            (language, other) => panic!("{language}: {other:?}"),
        }
    }
}

#[tokio::test]
#[ignore = "needs what `tests/run languages` builds"]
async fn the_standard_library_of_python_asks_the_host() {
    let sandbox = sandbox(|_| ());
    let Some(python) = built().into_iter().find(|built| built.language == "python") else {
        return;
    };
    let mut random = Vec::new();
    for _ in 0..2 {
        let world = World::empty();
        let finished = ending(&sandbox, &python, "asks", Arc::clone(&world)).await.unwrap();
        let given: Value = serde_json::from_str(&finished.result).unwrap();
        assert!(given["seconds"].as_f64() > Some(1_700_000_000.0), "{given}");
        assert!(given["waited"].as_f64() >= Some(0.002), "{given}");
        assert!(given["year"].as_u64() > Some(20), "{given}");
        assert_eq!(
            given["refused"],
            json!([
                "OSError: action code has no files",
                "OSError: action code has no sockets: the host makes its requests (toolgate_guest.send)",
                "OSError: action code has no sockets: the host makes its requests (toolgate_guest.send)",
                "RuntimeError: can't start new thread",
                "OSError: action code waits with `await asyncio.sleep(...)`: nothing else can wait",
                "ModuleNotFoundError: No module named 'csv'",
            ])
        );
        assert_eq!(
            *world.lines.lock().unwrap(),
            [(GuestLogLevel::Info, "printed".to_owned())]
        );
        random.extend(given["random"].as_array().unwrap().clone());
    }
    // Nothing that was drawn when the component was built is drawn again.
    for (place, value) in random.iter().enumerate() {
        assert!(!random[..place].contains(value), "{random:?}");
    }
}

/// A command that `toolgate new action` prints, run where it was printed.
#[cfg(unix)]
async fn follow(command: &str, workspace: &Workspace) {
    let run = tokio::process::Command::new("sh")
        .args(["-c", command])
        .current_dir(workspace.path())
        // It says where the result is from the folder of the sources.
        .env_remove("CARGO_TARGET_DIR")
        .output();
    let run = tokio::time::timeout(LONGEST_BUILD, run).await.unwrap().unwrap();
    assert!(
        run.status.success(),
        "{command}: {}",
        String::from_utf8_lossy(&run.stderr)
    );
}

/// Puts what was installed or built before where the sources of a new action expect it.
#[cfg(unix)]
fn reuse(from: &Path, to: &Path) {
    std::fs::create_dir_all(from).unwrap();
    std::fs::create_dir_all(to.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(from, to).unwrap();
}

#[cfg(unix)]
#[tokio::test]
#[ignore = "needs what `tests/run languages` builds"]
async fn a_new_action_works_once_its_commands_were_run() {
    for language in built().into_iter().map(|built| built.language) {
        if language == "c" {
            continue;
        }
        let (workspace, api) = shipped("demo-crm").await;
        let run = workspace
            .run(&["new", "action", "best_customers", "--lang", &language])
            .await;
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
        let (_, steps) = run.stdout.split_once("Next:\n").unwrap();
        let commands: Vec<&str> = steps
            .lines()
            .filter_map(|line| Some(line.split_once(". ")?.1))
            .collect();
        let sources = workspace.connectors().join("demo-crm/components/best_customers");
        if language == "rust" {
            let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("new-action");
            reuse(&kept, &sources.join("target"));
        } else {
            let path = toolgate::config::environment_variable("PATH").unwrap();
            let mut folders = std::env::split_paths(&path);
            let kept = folders.find(|folder| folder.join("componentize-py").exists()).unwrap();
            reuse(&kept, &sources.join(".venv/bin"));
        }
        let (last, building) = commands.split_last().unwrap();
        assert_eq!(*last, "toolgate test demo_crm__best_customers");
        for command in building {
            // `tests/run` has installed the same.
            let installs = ["cargo install ", " -m venv ", "/pip install "];
            if !installs.iter().any(|part| command.contains(part)) {
                follow(command, &workspace).await;
            }
        }

        let component = std::fs::read(workspace.connectors().join("demo-crm/actions/best_customers.wasm")).unwrap();
        sandbox(|_| ()).component(&component, &language).unwrap();
        share_compiled_code(&workspace.state());
        let run = workspace
            .run(&[
                "test",
                "demo_crm__best_customers",
                "--input",
                "{\"limit\": 2}",
                "--json",
            ])
            .await;
        assert_eq!(run.code, Some(0), "{language}: {run:?}");
        let whole: Value = serde_json::from_str(&run.stdout).unwrap();
        let result = &whole["result"];
        assert_eq!(result["entries"].as_array().unwrap().len(), 2, "{language}: {whole}");
        assert!(result["count"].as_u64() > Some(2), "{language}: {whole}");
        api.stop().await;
    }
}

//! JavaScript in the sandbox: read once, run in an instance of its own, under the same limits.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::yield_now;
use toolgate::config::SandboxConfig;
use toolgate::runner::guest::{Finished, GuestError, Limit, LimitReached, LoadError, Program, Sandbox};

use super::{World, sandbox};

const DATA: &str = r#"{"input":{"name":"Ada"},"auth":{},"user":{}}"#;

async fn run(sandbox: &Sandbox, program: &Program, world: &Arc<World>) -> Result<Finished, GuestError> {
    sandbox.run(program, DATA, world.clone(), &sandbox.limits()).await
}

async fn result(source: &str) -> Result<Finished, GuestError> {
    let sandbox = sandbox(|_| ());
    let program = sandbox.script("actions/a.js", source).unwrap();
    run(&sandbox, &program, &World::empty()).await
}

fn hostile(sandbox: &Sandbox, name: &str) -> Program {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("wasm-guests/hostile");
    let source = std::fs::read_to_string(folder.join(name)).unwrap();
    sandbox.script(name, &source).unwrap()
}

fn reached(limit: Limit, value: u64) -> GuestError {
    GuestError::Limit(LimitReached { limit, value })
}

#[tokio::test]
async fn a_script_gives_json() {
    let table = [
        ("return 1;", "1"),
        ("return {hello: data.input.name};", r#"{"hello":"Ada"}"#),
        ("return [await Promise.resolve('x'), null];", r#"["x",null]"#),
        ("return null;", "null"),
        ("", ""),
        ("return undefined;", ""),
    ];
    for (source, expected) in table {
        assert_eq!(result(source).await.unwrap().result, expected, "{source}");
    }
    for (source, kind) in [("return () => 1;", "function"), ("return Symbol('s');", "symbol")] {
        let told = result(source).await.unwrap_err().to_string();
        assert!(
            told.contains(&format!("the result is a {kind}, and JSON has none")),
            "{told}"
        );
    }
}

#[tokio::test]
async fn a_script_makes_requests_at_the_same_time() {
    let sandbox = sandbox(|_| ());
    let program = hostile(&sandbox, "crowds.js");
    let world = World::with_gate("{}", 0);
    let (finished, ()) = tokio::join!(run(&sandbox, &program, &world), async {
        // More than once: a tick may fall between two of them.
        for _ in 0..20 {
            yield_now().await;
        }
        assert_eq!(world.requests(), 10, "all are under way before the first is answered");
        world.gate.add_permits(10);
    });
    let finished = finished.unwrap();
    assert_eq!(finished.result, "10");
    assert_eq!((finished.used.requests, finished.used.received_bytes), (10, 20));
}

#[tokio::test]
async fn so_many_requests_are_under_way_and_no_more() {
    let sandbox = sandbox(|settings| settings.max_concurrent_requests = 3);
    let program = hostile(&sandbox, "crowds.js");
    let world = World::with_gate("{}", 0);
    let (finished, ()) = tokio::join!(run(&sandbox, &program, &world), async {
        for answered in 0..10 {
            for _ in 0..20 {
                yield_now().await;
            }
            assert_eq!(world.requests(), (answered + 3).min(10));
            world.gate.add_permits(1);
        }
    });
    assert_eq!(finished.unwrap().result, "10");
}

#[tokio::test]
async fn a_request_too_many_ends_the_script_with_the_limit() {
    let sandbox = sandbox(|settings| settings.max_requests = 4);
    let program = hostile(&sandbox, "crowds.js");
    let world = World::answering("{}");
    let error = run(&sandbox, &program, &world).await.unwrap_err();
    assert_eq!(error, reached(Limit::Requests, 4));
    assert_eq!(world.requests(), 4);
}

#[tokio::test]
async fn a_script_that_spins_is_stopped() {
    let sandbox = sandbox(|settings| settings.cpu = Duration::from_millis(100));
    let program = hostile(&sandbox, "spins.js");
    let error = run(&sandbox, &program, &World::empty()).await.unwrap_err();
    assert_eq!(error, reached(Limit::Cpu, 100));
}

#[tokio::test]
async fn a_script_that_hoards_is_stopped() {
    let sandbox = sandbox(|_| ());
    let program = hostile(&sandbox, "hoards.js");
    let error = run(&sandbox, &program, &World::empty()).await.unwrap_err();
    assert_eq!(error, reached(Limit::Memory, 134_217_728));
}

#[tokio::test]
async fn scripts_that_keep_much_while_they_wait_have_a_limit_together_and_leave_room_for_small_ones() {
    const TOTAL: u64 = 64 * 1024 * 1024;
    let sandbox = sandbox(|settings| settings.max_total_memory_bytes = TOTAL);
    let (large, small) = (
        hostile(&sandbox, "keeps.js"),
        sandbox.script("actions/small.js", "return 1").unwrap(),
    );
    let waiting = World::with_gate("{}", 0);
    {
        let mut first = std::pin::pin!(run(&sandbox, &large, &waiting));
        while waiting.requests() == 0 {
            tokio::select! {
                biased;
                ending = &mut first => panic!("{ending:?}"),
                () = tokio::task::yield_now() => {}
            }
        }
        let second = run(&sandbox, &large, &World::answering("{}")).await.unwrap_err();
        assert_eq!(second, reached(Limit::TotalMemory, TOTAL));
        assert_eq!(
            second.to_string(),
            "all code that runs now would need more than 67108864 bytes of memory together \
             (setting sandbox.max_total_memory_bytes)"
        );
        let finished = run(&sandbox, &small, &World::empty()).await;
        assert_eq!(finished.unwrap().result, "1");
    }
    // The first has ended, since nobody waits for it any more.
    let finished = run(&sandbox, &large, &World::answering("{}")).await;
    assert_eq!(finished.unwrap().result, "50331648");
}

/// The engine throws `null` when it has no memory even for an error.
#[tokio::test]
async fn a_script_that_is_out_of_memory_within_a_function_of_the_engine_is_stopped() {
    let sandbox = sandbox(|_| ());
    let program = sandbox
        .script("actions/a.js", "return 'a'.repeat(1e7).replace(/a/g, '$&$&$&').length")
        .unwrap();
    let error = run(&sandbox, &program, &World::empty()).await.unwrap_err();
    assert_eq!(error, reached(Limit::Memory, 134_217_728));
    let program = sandbox.script("actions/b.js", "throw null").unwrap();
    let error = run(&sandbox, &program, &World::empty()).await.unwrap_err();
    assert!(matches!(&error, GuestError::Failed { .. }), "{error:?}");
}

#[tokio::test]
async fn what_fails_after_memory_was_short_fails_for_its_own_reason() {
    let source = "try { const list = []; for (;;) list.push(new Uint8Array(1 << 20)); } catch {}\n\
                  throw new Error('customer 17 was not found');";
    let sandbox = sandbox(|_| ());
    let program = sandbox.script("actions/a.js", source).unwrap();
    let error = run(&sandbox, &program, &World::empty()).await.unwrap_err();
    assert!(
        matches!(&error, GuestError::Failed { message, .. } if message == "customer 17 was not found"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_script_that_chatters_is_cut_short_and_goes_on() {
    let sandbox = sandbox(|_| ());
    let program = hostile(&sandbox, "chatters.js");
    let world = World::empty();
    let finished = run(&sandbox, &program, &world).await.unwrap();
    assert_eq!(finished.result, "\"done\"");
    let lines = world.lines.lock().unwrap();
    assert_eq!(lines.len(), 1_001);
    assert!(lines[999].1.starts_with("line 999"), "{:?}", lines[999]);
    assert!(
        lines[1_000].1.contains("further lines were left out"),
        "{:?}",
        lines[1_000]
    );
}

#[tokio::test]
async fn an_error_tells_where_in_the_author_s_file() {
    let error = result("const a = 1;\n\nthrow new Error('no ' + a);").await.unwrap_err();
    let GuestError::Failed { message, stack } = error else {
        panic!("{error:?}")
    };
    assert!(message.contains("no 1"), "{message}");
    assert!(
        stack.as_deref().is_some_and(|stack| stack.contains("actions/a.js:3")),
        "{stack:?}"
    );
}

#[tokio::test]
async fn what_never_comes_is_no_crash() {
    let error = result("await new Promise(() => {});").await.unwrap_err();
    assert!(matches!(error, GuestError::Failed { .. }), "{error:?}");
}

#[test]
fn a_syntax_error_has_its_place() {
    let sandbox = sandbox(|_| ());
    let error = sandbox
        .script("actions/a.js", "const a = 1;\nreturn a +* 2;\n")
        .unwrap_err();
    assert!(
        matches!(
            error,
            LoadError::Syntax {
                line: 2,
                column: 11,
                ..
            }
        ),
        "{error:?}"
    );
    for source in ["import fs from 'fs';", "}", "return 1 }), x(), (async function(){"] {
        let error = sandbox.script("actions/a.js", source).unwrap_err();
        assert!(
            matches!(error, LoadError::Syntax { line: 1, .. }),
            "{source}: {error:?}"
        );
    }
}

#[test]
fn reading_a_script_has_limits_too() {
    let long = "x = 1;\n".repeat(2_000_000);
    let error = sandbox(|settings| settings.cpu = Duration::from_millis(30))
        .script("a.js", &long)
        .unwrap_err();
    let LoadError::Limit { name, problem } = error else {
        panic!("{error:?}")
    };
    assert_eq!(name, "a.js");
    assert_eq!(
        problem,
        "the code computed for more than 30 ms (setting sandbox.cpu_ms)"
    );
    let error = sandbox(|settings| settings.max_memory_bytes = 16 * 1024 * 1024)
        .script("a.js", &long)
        .unwrap_err();
    assert!(
        matches!(&error, LoadError::Limit { problem, .. } if problem.contains("max_memory_bytes")),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_script_is_read_once_and_only_believed_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("compiled");
    let open = || {
        let settings = SandboxConfig {
            max_concurrent_runs: 1,
            ..SandboxConfig::default()
        };
        Sandbox::new(&settings, &folder).unwrap()
    };
    let bytecode = || {
        let mut files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        files.find(|file| file.extension().is_some_and(|ending| ending == "bytecode"))
    };
    let works = async || {
        let sandbox = open();
        let program = sandbox.script("a.js", "return 7;").unwrap();
        assert_eq!(run(&sandbox, &program, &World::empty()).await.unwrap().result, "7");
    };
    works().await;
    let file = bytecode().unwrap();
    let good = std::fs::read(&file).unwrap();
    let written = std::fs::metadata(&file).unwrap().modified().unwrap();
    works().await;
    assert_eq!(std::fs::metadata(&file).unwrap().modified().unwrap(), written);
    let mut other = good.clone();
    other[40] ^= 1;
    std::fs::write(&file, other).unwrap();
    works().await;
    assert!(std::fs::read(&file).unwrap() == good);
}

#[tokio::test]
async fn runs_of_a_script_share_nothing() {
    let sandbox = sandbox(|_| ());
    let source = "globalThis.count = (globalThis.count ?? 0) + 1; return count;";
    let program = sandbox.script("a.js", source).unwrap();
    for _ in 0..3 {
        assert_eq!(run(&sandbox, &program, &World::empty()).await.unwrap().result, "1");
    }
}

#[tokio::test]
async fn the_names_of_other_hosts_are_there_when_they_are_asked_for() {
    let sandbox = sandbox(|_| ());
    let program = sandbox
        .script("a.js", "return [typeof inputs, typeof secrets, typeof fetch];")
        .unwrap();
    let strict = run(&sandbox, &program, &World::empty()).await.unwrap();
    assert_eq!(strict.result, r#"["undefined","undefined","undefined"]"#);
    let program = program.with_aliases(true);
    let lenient = run(&sandbox, &program, &World::empty()).await.unwrap();
    assert_eq!(lenient.result, r#"["object","object","function"]"#);
}

//! Each limit stops the guest in `wasm-guests/hostile` that is made to break it.

use std::time::Duration;

use toolgate::config::SandboxConfig;
use toolgate::runner::guest::{Finished, GuestError, GuestLogLevel, Limit, LimitReached};

use super::{World, hostile, sandbox};

async fn ending(guest: &str, change: impl FnOnce(&mut SandboxConfig)) -> Result<Finished, GuestError> {
    let sandbox = sandbox(change);
    let limits = sandbox.limits();
    let program = hostile(&sandbox, guest);
    sandbox.run(&program, "{}", World::empty(), &limits).await
}

fn reached(limit: Limit, value: u64) -> GuestError {
    GuestError::Limit(LimitReached { limit, value })
}

#[tokio::test]
async fn computing_ends_when_its_time_is_over() {
    let error = ending("loops.wat", |settings| settings.cpu = Duration::from_millis(50)).await;
    let error = error.unwrap_err();
    assert_eq!(error, reached(Limit::Cpu, 50));
    assert_eq!(
        error.to_string(),
        "the code computed for more than 50 ms (setting sandbox.cpu_ms)"
    );
}

#[tokio::test(start_paused = true)]
async fn waiting_ends_when_the_time_of_the_run_is_over() {
    let began = tokio::time::Instant::now();
    let error = ending("sleeps.wat", |_| ()).await.unwrap_err();
    assert_eq!(error, reached(Limit::Time, 120_000));
    assert_eq!(began.elapsed(), Duration::from_mins(2));
    assert_eq!(
        error.to_string(),
        "the code did not finish within 120000 ms (setting sandbox.timeout_ms)"
    );
}

#[tokio::test(start_paused = true)]
async fn computing_ends_too_when_the_time_of_the_run_is_over() {
    let sandbox = sandbox(|settings| settings.cpu = Duration::from_hours(1));
    let limits = sandbox.limits();
    let program = hostile(&sandbox, "loops.wat");
    let run = sandbox.run(&program, "{}", World::empty(), &limits);
    // A paused clock only goes on by itself while nothing is to be done.
    let (ending, ()) = tokio::join!(run, async {
        tokio::task::yield_now().await;
        tokio::time::advance(limits.time).await;
    });
    assert_eq!(ending, Err(reached(Limit::Time, 120_000)));
}

#[tokio::test]
async fn memory_ends() {
    let error = ending("grows.wat", |_| ()).await.unwrap_err();
    assert_eq!(error, reached(Limit::Memory, 134_217_728));
    assert_eq!(
        error.to_string(),
        "the code needed more than 134217728 bytes of memory (setting sandbox.max_memory_bytes)"
    );
}

#[tokio::test]
async fn a_run_may_be_given_less_memory_than_the_settings_allow() {
    let sandbox = sandbox(|_| ());
    let mut limits = sandbox.limits();
    limits.memory_bytes = 1_048_576;
    let program = hostile(&sandbox, "grows.wat");
    let ending = sandbox.run(&program, "{}", World::empty(), &limits).await;
    assert_eq!(ending, Err(reached(Limit::Memory, 1_048_576)));
}

#[tokio::test]
async fn code_may_go_on_without_the_memory_that_it_was_not_given() {
    let finished = ending("survives.wat", |_| ()).await.unwrap();
    assert_eq!(finished.result, "");
}

#[tokio::test]
async fn tables_end() {
    let error = ending("fills_tables.wat", |_| ()).await.unwrap_err();
    assert_eq!(error, reached(Limit::Table, 20_000));
}

#[tokio::test]
async fn the_stack_ends() {
    let error = ending("recurses.wat", |_| ()).await.unwrap_err();
    assert_eq!(error, reached(Limit::Stack, 2_097_152));
}

#[tokio::test]
async fn results_have_a_longest_length() {
    let error = ending("large_result.wat", |_| ()).await.unwrap_err();
    assert_eq!(error, reached(Limit::Result, 16_777_216));
    let finished = ending("large_result.wat", |settings| settings.max_result_bytes = 20_000_000).await;
    assert_eq!(finished.unwrap().result.len(), 20_000_000);
}

#[tokio::test]
async fn requests_are_counted() {
    let sandbox = sandbox(|settings| settings.max_requests = 7);
    let world = World::empty();
    let program = hostile(&sandbox, "requests.wat");
    let ending = sandbox.run(&program, "{}", world.clone(), &sandbox.limits()).await;
    assert_eq!(ending, Err(reached(Limit::Requests, 7)));
    assert_eq!(world.requests(), 7);
}

#[tokio::test]
async fn bytes_that_are_sent_are_counted() {
    // Each request has 1000: method, URL and body.
    let sandbox = sandbox(|settings| settings.max_sent_bytes = 3_999);
    let world = World::empty();
    let program = hostile(&sandbox, "requests.wat");
    let ending = sandbox.run(&program, "{}", world.clone(), &sandbox.limits()).await;
    assert_eq!(ending, Err(reached(Limit::SentBytes, 3_999)));
    assert_eq!(world.requests(), 3);
}

#[tokio::test]
async fn bytes_that_are_received_are_counted() {
    let sandbox = sandbox(|settings| settings.max_received_bytes = 2_500);
    let world = World::answering(vec![0; 1_000]);
    let program = hostile(&sandbox, "requests.wat");
    let ending = sandbox.run(&program, "{}", world.clone(), &sandbox.limits()).await;
    assert_eq!(ending, Err(reached(Limit::ReceivedBytes, 2_500)));
    let rooms: Vec<u64> = world
        .sent
        .lock()
        .unwrap()
        .iter()
        .map(|request| request.max_response_bytes)
        .collect();
    assert_eq!(rooms, [2_500, 1_500, 500]);
}

#[tokio::test]
async fn what_one_call_of_the_host_may_carry_has_a_bound() {
    let sandbox = sandbox(|_| ());
    let world = World::empty();
    let program = hostile(&sandbox, "repeats_itself.wat");
    let mut limits = sandbox.limits();
    limits.memory_bytes = 1_048_576;
    let ending = sandbox.run(&program, "{}", world.clone(), &limits).await;
    assert_eq!(ending, Err(reached(Limit::Memory, 1_048_576)));
    assert_eq!(world.requests(), 0);
}

#[tokio::test]
async fn waits_are_counted() {
    let error = ending("waits.wat", |settings| settings.max_handles = 50)
        .await
        .unwrap_err();
    assert_eq!(error, reached(Limit::Handles, 50));
}

#[tokio::test]
async fn lines_are_counted() {
    let sandbox = sandbox(|settings| settings.max_log_lines = 5);
    let world = World::empty();
    let program = hostile(&sandbox, "logs.wat");
    sandbox
        .run(&program, "{}", world.clone(), &sandbox.limits())
        .await
        .unwrap();
    let lines = world.lines.lock().unwrap();
    assert_eq!(lines.len(), 6);
    assert_eq!(
        lines[5],
        (
            GuestLogLevel::Warn,
            "further lines were left out: more than 5 lines or 262144 bytes (settings sandbox.max_log_lines, \
             sandbox.max_log_bytes)"
                .to_owned()
        )
    );
}

#[tokio::test]
async fn bytes_of_lines_are_counted() {
    let sandbox = sandbox(|settings| settings.max_log_bytes = 2_500);
    let world = World::empty();
    let program = hostile(&sandbox, "logs.wat");
    sandbox
        .run(&program, "{}", world.clone(), &sandbox.limits())
        .await
        .unwrap();
    let lengths: Vec<usize> = world.lines.lock().unwrap().iter().map(|(_, line)| line.len()).collect();
    assert_eq!(lengths[..3], [1_000, 1_000, 500]);
    assert_eq!(lengths.len(), 4, "and the line that says so");
}

#[tokio::test]
async fn what_a_program_prints_becomes_lines_and_is_counted_too() {
    let sandbox = sandbox(|settings| settings.max_log_lines = 3);
    let world = World::empty();
    let program = hostile(&sandbox, "prints.wat");
    let finished = sandbox.run(&program, "{}", world.clone(), &sandbox.limits()).await;
    finished.unwrap();
    let lines = std::mem::take(&mut *world.lines.lock().unwrap());
    let line = |text: &str| (GuestLogLevel::Info, text.to_owned());
    assert_eq!(lines[..3], [line("a lia line"), line("a line"), line("a line")]);
    assert_eq!(lines.len(), 4, "and the line that says so");

    let mut limits = sandbox.limits();
    limits.log_lines = 5_000;
    let finished = sandbox.run(&program, "{}", world.clone(), &limits).await;
    finished.unwrap();
    let lines = world.lines.lock().unwrap();
    assert_eq!(lines.len(), 3_001);
    assert_eq!(lines[3_000], line("a l"), "what has no end is a line as well");
}

#[tokio::test]
async fn a_program_that_breaks_is_told_apart_from_one_that_fails() {
    let error = ending("traps.wat", |_| ()).await.unwrap_err();
    assert!(
        matches!(&error, GuestError::Crashed(cause) if cause.contains("out of bounds")),
        "{error:?}"
    );
}

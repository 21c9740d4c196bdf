//! What a run does to others: nothing.

use std::time::Duration;

use tokio::task::{JoinSet, yield_now};
use toolgate::runner::guest::{Finished, GuestError, Limit, Sandbox};

use super::{World, hostile, sandbox};

/// On a runtime of one thread, so that only one of them can have it at a time.
#[tokio::test(flavor = "current_thread")]
async fn a_guest_that_computes_lets_others_have_their_turn_at_every_tick() {
    let sandbox = sandbox(|settings| settings.cpu = Duration::from_millis(200));
    let limits = sandbox.limits();
    let program = hostile(&sandbox, "loops.wat");
    let mut run = std::pin::pin!(sandbox.run(&program, "{}", World::empty(), &limits));
    let mut turns = 0;
    let ending = std::future::poll_fn(|context| {
        let polled = run.as_mut().poll(context);
        turns += usize::from(polled.is_pending());
        polled
    })
    .await;
    assert!(matches!(ending, Err(GuestError::Limit(reached)) if reached.limit == Limit::Cpu));
    assert!(turns >= 20, "others had {turns} turns in 20 ticks");
}

/// So many runs that compute until their limit.
fn computing(sandbox: &Sandbox, guests: usize) -> JoinSet<Result<Finished, GuestError>> {
    let limits = sandbox.limits();
    let program = hostile(sandbox, "loops.wat");
    let run = |_| {
        let (sandbox, program, limits) = (sandbox.clone(), program.clone(), limits.clone());
        async move { sandbox.run(&program, "{}", World::empty(), &limits).await }
    };
    (0..guests).map(run).collect()
}

#[tokio::test(flavor = "current_thread")]
async fn guests_that_compute_for_long_take_turns() {
    const GUESTS: usize = 8;
    let sandbox = sandbox(|settings| settings.cpu = Duration::from_millis(100));
    let mut guests = computing(&sandbox, GUESTS);
    let mut turns = 0;
    while !guests.is_empty() {
        yield_now().await;
        turns += 1;
        while let Some(ending) = guests.try_join_next() {
            assert!(matches!(ending.unwrap(), Err(GuestError::Limit(reached)) if reached.limit == Limit::Cpu));
        }
    }
    // In 8 x 10 ticks. When all compute in turn with the others, those wait 8 ticks for each of theirs.
    assert!(turns >= 40, "others had {turns} turns");
}

/// Hundreds that begin at once would stand before everybody else for a tick each, and then for another.
#[tokio::test(flavor = "current_thread")]
async fn a_crowd_that_begins_to_compute_takes_turns() {
    const GUESTS: usize = 60;
    let sandbox = sandbox(|settings| {
        settings.cpu = Duration::from_millis(10);
        settings.max_concurrent_runs = GUESTS;
    });
    let mut guests = computing(&sandbox, GUESTS);
    let mut turns = 0;
    while !guests.is_empty() {
        yield_now().await;
        turns += 1;
        while guests.try_join_next().is_some() {}
    }
    // In 60 x 2 ticks. When all begin at once, others have a turn once in 60.
    assert!(turns >= 30, "others had {turns} turns");
}

#[tokio::test(flavor = "current_thread")]
async fn a_short_run_ends_while_a_long_one_computes() {
    let sandbox = sandbox(|settings| settings.cpu = Duration::from_millis(200));
    let limits = sandbox.limits();
    let (long, short) = (hostile(&sandbox, "loops.wat"), hostile(&sandbox, "repeats.wat"));
    let mut long = std::pin::pin!(sandbox.run(&long, "{}", World::empty(), &limits));
    let mut done = 0;
    while done < 5 {
        tokio::select! {
            biased;
            ending = &mut long => panic!("it ended after {done} others: {ending:?}"),
            finished = sandbox.run(&short, "[1]", World::empty(), &limits) => {
                assert_eq!(finished.unwrap().result, "[1]");
                done += 1;
            }
        }
    }
}

/// While a guest waits, ticks go by; the first thing that it does afterwards is to be interrupted.
#[tokio::test(flavor = "current_thread")]
async fn an_answer_that_comes_ticks_later_is_taken() {
    let sandbox = sandbox(|settings| {
        settings.cpu = Duration::from_millis(50);
        settings.max_requests = 3;
    });
    let limits = sandbox.limits();
    let (waits, loops) = (hostile(&sandbox, "requests.wat"), hostile(&sandbox, "loops.wat"));
    let world = World::with_gate("{}", 0);
    let (waited, ()) = tokio::join!(sandbox.run(&waits, "{}", world.clone(), &limits), async {
        for _ in 0..3 {
            let ending = sandbox.run(&loops, "{}", World::empty(), &limits).await;
            assert!(matches!(ending, Err(GuestError::Limit(reached)) if reached.limit == Limit::Cpu));
            world.gate.add_permits(1);
        }
    });
    assert!(
        matches!(&waited, Err(GuestError::Limit(reached)) if reached.limit == Limit::Requests),
        "{waited:?}"
    );
    assert_eq!(world.requests(), 3);
}

#[tokio::test]
async fn a_run_has_nothing_of_the_one_before() {
    let sandbox = sandbox(|_| ());
    let limits = sandbox.limits();
    for guest in ["traps.wat", "grows.wat", "recurses.wat", "repeats.wat", "repeats.wat"] {
        let program = hostile(&sandbox, guest);
        let ending = sandbox.run(&program, "{}", World::empty(), &limits).await;
        assert_eq!(ending.is_ok(), guest == "repeats.wat", "{guest}: {ending:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn runs_wait_for_a_place_and_not_too_many_of_them() {
    let sandbox = sandbox(|settings| {
        settings.max_concurrent_runs = 1;
        settings.max_queued_runs = 1;
    });
    let limits = sandbox.limits();
    let (slow, quick) = (hostile(&sandbox, "sleeps.wat"), hostile(&sandbox, "repeats.wat"));
    let mut patient = limits.clone();
    patient.time = Duration::from_mins(5);
    let (first, second, third) = tokio::join!(
        sandbox.run(&slow, "{}", World::empty(), &limits),
        sandbox.run(&quick, "[2]", World::empty(), &patient),
        sandbox.run(&quick, "[3]", World::empty(), &patient),
    );
    assert!(matches!(first, Err(GuestError::Limit(reached)) if reached.limit == Limit::Time));
    assert_eq!(second.unwrap().result, "[2]");
    let third = third.unwrap_err();
    assert_eq!(third, GuestError::Busy { running: 1, waiting: 1 });
    assert_eq!(
        third.to_string(),
        "1 runs of action code are going on and 1 wait (settings sandbox.max_concurrent_runs, sandbox.max_queued_runs)"
    );
}

#[tokio::test(start_paused = true)]
async fn the_wait_for_a_place_counts_as_time_of_the_run() {
    let sandbox = sandbox(|settings| settings.max_concurrent_runs = 1);
    let limits = sandbox.limits();
    let mut short = limits.clone();
    short.time = Duration::from_secs(1);
    let (slow, quick) = (hostile(&sandbox, "sleeps.wat"), hostile(&sandbox, "repeats.wat"));
    let (_, second) = tokio::join!(
        sandbox.run(&slow, "{}", World::empty(), &limits),
        sandbox.run(&quick, "{}", World::empty(), &short),
    );
    assert_eq!(second, Err(GuestError::Busy { running: 1, waiting: 0 }));
}

#[tokio::test]
async fn a_run_that_nobody_waits_for_ends() {
    let sandbox = sandbox(|settings| settings.max_concurrent_runs = 1);
    let limits = sandbox.limits();
    let (slow, quick) = (hostile(&sandbox, "sleeps.wat"), hostile(&sandbox, "repeats.wat"));
    {
        let mut run = std::pin::pin!(sandbox.run(&slow, "{}", World::empty(), &limits));
        tokio::select! {
            biased;
            ending = &mut run => panic!("{ending:?}"),
            () = yield_now() => {}
        }
    }
    let finished = sandbox.run(&quick, "{}", World::empty(), &limits).await;
    assert_eq!(finished.unwrap().result, "{}");
}

#[tokio::test]
async fn without_address_space_for_a_pool_code_runs_all_the_same() {
    let sandbox = sandbox(|settings| settings.max_concurrent_runs = 1 << 24);
    let program = hostile(&sandbox, "repeats.wat");
    let finished = sandbox.run(&program, "[1]", World::empty(), &sandbox.limits()).await;
    assert_eq!(finished.unwrap().result, "[1]");
    let program = hostile(&sandbox, "grows.wat");
    let ending = sandbox.run(&program, "[1]", World::empty(), &sandbox.limits()).await;
    assert!(matches!(ending, Err(GuestError::Limit(reached)) if reached.limit == Limit::Memory));
}

//! The event loop: microtasks, then timers that are due, then whatever of the host is ready; until the action's
//! promise is settled. What is still pending then (a timer, a request that reads and that nobody awaits) does not keep
//! the call alive. A request that may change something does: cut off, nobody would know what became of it.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context as Task, Poll};

use rquickjs::promise::PromiseState;
use rquickjs::{Ctx, Persistent, Promise, Value};

use crate::failure::{from_error, from_thrown, plain};
use crate::imports::{clock, log};
use crate::machine::Machine;
use crate::text::Text;
use crate::{Failure, source, timers};

/// Runs inside the context: settles one promise.
type Settle = Box<dyn for<'js> FnOnce(&Ctx<'js>) -> rquickjs::Result<()>>;

/// What the host answered.
pub(crate) struct Answer {
    pub(crate) settle: Settle,
    /// Whether something may have been changed or not: there is no answer but an error.
    pub(crate) is_failed_change: bool,
}

/// What the host was asked.
struct Asked {
    answer: Pin<Box<dyn Future<Output = Answer>>>,
    /// Whether what was asked may change something.
    may_change: bool,
}

type Sleep = Pin<Box<dyn Future<Output = ()>>>;
type Saved = Persistent<Value<'static>>;

thread_local! {
    /// Started by JavaScript since the last look.
    static STARTED: RefCell<Vec<Asked>> = const { RefCell::new(Vec::new()) };
    /// Promises rejected with nobody listening, and why.
    static UNHANDLED: RefCell<Vec<(Saved, Saved)>> = const { RefCell::new(Vec::new()) };
}

/// At most so many rejections are told; a loop may make thousands.
const MOST_TOLD: usize = 20;

/// Hands work of the host to the loop. What `may_change` something is waited for even when the action does not.
pub(crate) fn wait_for(may_change: bool, answer: impl Future<Output = Answer> + 'static) {
    let answer = Box::pin(answer);
    STARTED.with_borrow_mut(|started| started.push(Asked { answer, may_change }));
}

/// Keeps the list of rejections that nobody handles.
#[allow(clippy::needless_pass_by_value, reason = "the signature is rquickjs's")]
pub(crate) fn track_rejection<'js>(ctx: Ctx<'js>, promise: Value<'js>, reason: Value<'js>, handled: bool) {
    UNHANDLED.with_borrow_mut(|unhandled| {
        if handled {
            unhandled.retain(|(one, _)| one.clone().restore(&ctx).is_ok_and(|one| one != promise));
        } else if unhandled.len() < MOST_TOLD {
            unhandled.push((Persistent::save(&ctx, promise), Persistent::save(&ctx, reason)));
        }
    });
}

/// Runs bytecode to the end.
pub(crate) async fn run(
    machine: &'static Machine,
    bytecode: Vec<u8>,
    data: String,
    aliases: bool,
) -> Result<String, Failure> {
    let action = machine.context.with(|ctx| {
        let begin = || {
            let factory = source::load(&ctx, &bytecode)?;
            let start = machine.start.clone().restore(&ctx)?;
            Ok(Persistent::save(
                &ctx,
                start.call::<_, Promise>((factory, data.as_str(), aliases))?,
            ))
        };
        begin().map_err(|error| from_error(&ctx, &error))
    })?;
    drop((bytecode, data));
    let mut pending = Pending::default();
    loop {
        let result = machine.context.with(|ctx| turn(&ctx, &action));
        pending.take_started();
        if let Some(result) = result {
            let failed = pending.leave().await;
            machine.context.with(|ctx| {
                tell_failed(&ctx, failed);
                tell_unhandled(&ctx, &action);
            });
            return result;
        }
        if pending.is_empty() {
            machine.context.with(|ctx| tell_unhandled(&ctx, &action));
            return Err(plain("the action never ends: it awaits a promise that nothing settles"));
        }
        for answer in pending.ready().await {
            let settled = machine
                .context
                .with(|ctx| (answer.settle)(&ctx).map_err(|error| from_error(&ctx, &error)));
            if let Err(failure) = settled {
                drop(pending.leave().await);
                return Err(failure);
            }
        }
    }
}

/// Everything that can happen without the host. Gives the result once the action is done. Timers that are due only by
/// the time that others took have to wait for the next turn: an interval that is always late would keep every answer of
/// the host from being looked at.
fn turn(ctx: &Ctx<'_>, action: &Persistent<Promise<'static>>) -> Option<Result<String, Failure>> {
    let mut moment = None;
    loop {
        while ctx.execute_pending_job() {}
        let action = match action.clone().restore(ctx) {
            Ok(action) => action,
            Err(error) => return Some(Err(plain(error.to_string()))),
        };
        match action.state() {
            PromiseState::Pending => {}
            PromiseState::Resolved => {
                let json = action.result::<Text>()?;
                return Some(json.map(|json| json.0).map_err(|error| from_error(ctx, &error)));
            }
            PromiseState::Rejected => {
                // Asked as a success, the promise throws its reason, which `from_error` picks up.
                let reason = action.result::<Value>()?;
                return Some(match reason {
                    Ok(value) => Err(from_thrown(ctx, &value)),
                    Err(error) => Err(from_error(ctx, &error)),
                });
            }
        }
        let callback = timers::take_due(&mut moment)?;
        let called = callback.restore(ctx).and_then(|callback| callback.call::<_, ()>(()));
        if let Err(error) = called {
            let failure = from_error(ctx, &error);
            log::write(
                log::Level::Error,
                &with_stack(&format!("a timer threw: {}", failure.message), failure.stack),
            );
        }
    }
}

/// Tells the code of requests that failed after its end, so that it handles them or nobody does. Of an answer it hears
/// nothing any more: what it would do then is over with the call.
fn tell_failed(ctx: &Ctx<'_>, failed: Vec<Answer>) {
    for answer in failed {
        if (answer.settle)(ctx).is_err() {
            // There is no room left to tell it; the request itself is told by the host.
            ctx.catch();
        }
    }
    while ctx.execute_pending_job() {}
}

/// Writes down the rejections that are left. The action's own is none of them: its reason is the result.
fn tell_unhandled(ctx: &Ctx<'_>, action: &Persistent<Promise<'static>>) {
    let action = action.clone().restore(ctx).map(Promise::into_value);
    for (promise, reason) in UNHANDLED.take() {
        let (Ok(promise), Ok(reason)) = (promise.restore(ctx), reason.restore(ctx)) else {
            continue;
        };
        if action.as_ref().is_ok_and(|action| *action == promise) {
            continue;
        }
        let failure = from_thrown(ctx, &reason);
        let told = format!("a promise was rejected and nobody handled it: {}", failure.message);
        log::write(log::Level::Warn, &with_stack(&told, failure.stack));
    }
}

fn with_stack(message: &str, stack: Option<String>) -> String {
    stack.map_or_else(|| message.to_owned(), |stack| format!("{message}\n{stack}"))
}

/// What the host was asked and has not answered.
#[derive(Default)]
struct Pending {
    answers: Vec<Asked>,
    /// The sleep until the next timer, and the moment that it ends.
    sleep: Option<(u64, Sleep)>,
}

impl Pending {
    fn take_started(&mut self) {
        self.answers.append(&mut STARTED.take());
    }

    /// Whether nothing will ever happen again.
    fn is_empty(&self) -> bool {
        self.answers.is_empty() && timers::next().is_none()
    }

    /// Looks at each answer, which is what sends a request off, and waits for those that the call must not end before.
    /// Gives those of these that failed.
    async fn leave(&mut self) -> Vec<Answer> {
        let mut failed = Vec::new();
        poll_fn(|task| {
            let ready = self.poll_answers(task).into_iter();
            failed.extend(ready.filter(|answer| answer.is_failed_change));
            if self.answers.iter().any(|asked| asked.may_change) {
                Poll::Pending
            } else {
                Poll::Ready(())
            }
        })
        .await;
        failed
    }

    /// Waits until something is ready; gives the answers that are. None when it was the sleep that ended.
    async fn ready(&mut self) -> Vec<Answer> {
        match timers::next() {
            // One that is late waits as well: only while the engine waits does the host bring it answers.
            // A sleep that ends earlier than needed is left alone: it only costs a look.
            Some((due, pause)) if self.sleep.as_ref().is_none_or(|(end, _)| due < *end) => {
                self.sleep = Some((due, Box::pin(clock::sleep(pause))));
            }
            Some(_) => {}
            None => self.sleep = None,
        }
        poll_fn(|task| {
            let ready = self.poll_answers(task);
            if let Some((end, sleep)) = &mut self.sleep
                && sleep.as_mut().poll(task).is_ready()
            {
                timers::slept_until(*end);
                self.sleep = None;
                return Poll::Ready(ready);
            }
            if ready.is_empty() {
                Poll::Pending
            } else {
                Poll::Ready(ready)
            }
        })
        .await
    }

    /// In the order of asking, so that equal calls go equally.
    fn poll_answers(&mut self, task: &mut Task<'_>) -> Vec<Answer> {
        let mut ready = Vec::new();
        self.answers.retain_mut(|asked| match asked.answer.as_mut().poll(task) {
            Poll::Ready(answer) => {
                ready.push(answer);
                false
            }
            Poll::Pending => true,
        });
        ready
    }
}

//! The pipeline. Its order is written here and nowhere else.

use std::sync::Arc;

use serde_json::{Map, Value};
use tokio::time::timeout;

use super::admit::{self, Room};
use super::deadline::Deadline;
use super::exchange::{Answer, Exchange, steps_of};
use super::outcome::{Ending, Outcome};
use super::plan::{Plan, Work};
use super::row::Row;
use super::snapshot::Snapshot;
use super::{Call, CallError, Front, Parts, Principal, arguments, code, failures, lookup, pages};
use crate::approval::{Asked, Refusal, Verdict, binding, front};
use crate::audit::AuditError;
use crate::auth::{Credential, Scrubber};
use crate::catalog::Tool;
use crate::connector::model::Effect;
use crate::egress::{OutgoingRequest, Route};
use crate::policy::{Role, Turn};
use crate::runner::declarative::{self, Interpreted, ResponseError};
use crate::vault::Holder;

/// Longest answer, in bytes, that is read where the call runs, and longest arguments that are checked there. Reading takes
/// time in proportion, and longer ones would hold up the other calls of their thread for milliseconds.
pub(super) const READ_IN_PLACE: usize = 128 * 1024;

/// Runs one call and writes its audit row.
pub(super) async fn run(parts: &Parts, snapshot: Arc<Snapshot>, call: Call, front: &dyn Front) -> Ending {
    let mut row = match Row::begin(parts.audit.clone(), &call) {
        Ok(row) => row,
        Err(error) => return Ending::Failed(failures::no_row(&error)),
    };
    let cancel = call.cancel.clone();
    // One for all steps, so that no wait of any of them, nor all of them together, can hold a call for ever.
    let deadline = Deadline::of(parts.call_timeout);
    // On the heap, as are its longest parts: a future is moved several times before it first runs.
    let steps = Box::pin(steps(parts, &snapshot, call, front, &deadline, &mut row));
    let mut ending = tokio::select! {
        biased;
        result = steps => result.unwrap_or_else(Ending::Failed),
        // Dropping the steps closes the connection to the API, if there is one.
        () = cancel.cancelled() => Ending::Failed(failures::cancelled(row.write_has_left())),
        () = deadline.passed() => Ending::Failed(failures::deadline(deadline.limit(), row.write_has_left())),
    };

    // 8 audit: exactly one row, whatever happened before. An answer without its row would be an unrecorded call; only
    // what a write has already done is told all the same. The row is written also when nobody waits for it any more.
    let write_has_left = row.write_has_left();
    if record(parts, row, &ending).await.is_err() {
        match &mut ending {
            Ending::Done(outcome) if write_has_left => {
                outcome.warnings.push("the audit log could not be written".into());
            }
            Ending::Failed(_) => {}
            Ending::Done(_) | Ending::AskFirst(_) => ending = Ending::Failed(failures::no_audit()),
        }
    }
    ending
}

/// Refuses a call whose answer cannot be trusted, and writes its audit row. No other step runs.
pub(super) async fn refuse(parts: &Parts, snapshot: &Snapshot, call: &Call) -> CallError {
    let mut row = match Row::begin(parts.audit.clone(), call) {
        Ok(row) => row,
        Err(error) => return failures::no_row(&error),
    };
    if let Ok(tool) = lookup::find(&snapshot.catalog, &call.tool, &call.principal) {
        row.found(&tool);
    }
    let error = failures::refused(Refusal::NotValid, None, None, &call.principal);
    // It is refused either way, and whoever looks for its row finds in the log why there is none.
    drop(record(parts, row, &Ending::Failed(error.clone())).await);
    error
}

/// Writes the row of a call that has ended. What is written late is written all the same.
async fn record(parts: &Parts, row: Row, ending: &Ending) -> Result<(), AuditError> {
    let recorded = timeout(parts.call_timeout, row.finish(ending)).await;
    recorded
        .unwrap_or(Err(AuditError::Slow(parts.call_timeout)))
        .inspect_err(|error| tracing::error!(%error, "an audit row was not written"))
}

async fn steps(
    parts: &Parts,
    snapshot: &Arc<Snapshot>,
    mut call: Call,
    front: &dyn Front,
    deadline: &Deadline,
    row: &mut Row,
) -> Result<Ending, CallError> {
    // 1 find: for an unknown API or endpoint nothing else runs. What does not exist for this principal is unknown.
    let tool = lookup::find(&snapshot.catalog, &call.tool, &call.principal)?;
    row.found(&tool);
    let action = &tool.action;

    // 2 allow: before any work is done for a call that its caller may not make, or that cannot go anywhere.
    allow(&call.principal)?;
    let route = snapshot
        .route(&tool.connector)
        .map_err(|error| failures::egress(&error, false))?;

    // 3 admit: a rejected call costs nothing upstream and prompts nobody. It stands before the arguments are read, so
    // that invalid calls count as well (ruling C-24).
    let mut room = Box::pin(admit::admit(parts, &tool, &mut call)).await?;

    // 4 validate: before a person is asked and before the vault is touched. What has been completed and hashed to find
    // an approval is not read again.
    let hash = room.hash.take();
    let arguments = arguments::check(&tool, std::mem::take(&mut call.arguments), hash.is_some()).await?;
    let plan = Plan::make(&tool, &arguments)?;
    let hash = hash.unwrap_or_else(|| binding::arguments_hash(&parts.arguments_key, &arguments));
    row.prepared(plan.shown_request(), &hash);
    if let Work::Request(request) = &plan.work {
        route
            .check_request(request)
            .map_err(|error| failures::egress(&error, false))?;
    }

    // 5 approve: no credential has been resolved yet.
    if action.confirm {
        let asking = Asking {
            tool: &tool,
            call: &call,
            room: &room,
            plan: &plan,
            arguments: plan.shown_arguments(&arguments),
            hash: &hash,
            deadline,
        };
        if let Some(question) = Box::pin(approve(parts, asking, front, row)).await? {
            return Ok(question);
        }
    } else {
        row.allowed();
    }

    // 6 run: whoever was let through waits for a turn, and keeps it until the answer is read.
    let request = match plan.work {
        Work::Request(request) => request,
        Work::Code(code) => {
            let run = code::Run {
                parts,
                snapshot,
                tool: &tool,
                code,
                arguments,
                call: &call,
                front,
                deadline,
            };
            return run.run(row).await;
        }
    };
    let sending = Sending {
        parts,
        tool: &tool,
        route,
        call: &call,
        front,
    };
    let turn = parts.admission.turn(call.principal.sharer()).await;
    let (answer, scrubber) = Box::pin(sending.send(request, &arguments, row)).await?;

    // 7 check: schema, mapping and redaction, before anything reaches the agent.
    let last = steps_of(action);
    front.show_progress(last - 1, last, "the API answered").await;
    let effect = action.effect;
    let interpreted = read(tool, arguments, answer, scrubber, turn)
        .await?
        .map_err(|error| failures::response(error, effect))?;
    front.show_progress(last, last, "done").await;
    Ok(Ending::Done(Outcome {
        content: interpreted.content,
        files: Vec::new(),
        warnings: interpreted.warnings,
    }))
}

/// Step 7: decodes, redacts, checks and maps an answer. The turn is over when that is, also when nobody waits for it any
/// more: it is what keeps down how many answers are read at a time.
async fn read(
    tool: Arc<Tool>,
    arguments: Map<String, Value>,
    answer: Answer,
    scrubber: Scrubber,
    turn: Turn,
) -> Result<Result<Interpreted, ResponseError>, CallError> {
    let is_short = matches!(&answer, Answer::Whole(response) if response.body.len() <= READ_IN_PLACE);
    let interpret = move || {
        let _turn = turn;
        match answer {
            Answer::Whole(response) => {
                declarative::interpret(&tool.connector, &tool.action, &arguments, &response, &scrubber)
            }
            Answer::Pages(pages) => pages.finish(&tool.action, &arguments, &scrubber),
        }
    };
    if is_short {
        return Ok(interpret());
    }
    tokio::task::spawn_blocking(interpret).await.map_err(|error| {
        tracing::error!(%error, "an answer could not be read");
        failures::unread()
    })
}

/// What a call would send. Goes through the steps that have no effect.
pub(super) fn dry_run(
    snapshot: &Snapshot,
    tool: &str,
    arguments: &Map<String, Value>,
    principal: &Principal,
) -> Result<String, CallError> {
    let tool = lookup::find(&snapshot.catalog, tool, principal)?;
    allow(principal)?;
    let route = snapshot
        .route(&tool.connector)
        .map_err(|error| failures::egress(&error, false))?;
    let arguments = arguments::checked(&tool.action, arguments.clone(), false)?;
    let plan = Plan::make(&tool, &arguments)?;
    let (Work::Request(request), Some(shown)) = (&plan.work, plan.shown_request()) else {
        return Err(failures::no_dry_run());
    };
    route
        .check_request(request)
        .map_err(|error| failures::egress(&error, false))?;
    Ok(declarative::redacted(tool.connector.auth_of(&tool.action), shown))
}

/// Step 2: whether the caller may call tools at all. Which tools there are was decided when this one was found.
fn allow(principal: &Principal) -> Result<(), CallError> {
    if principal.may(Role::Call) {
        Ok(())
    } else {
        Err(failures::not_permitted())
    }
}

/// What step 5 needs to know of a call.
#[derive(Clone, Copy)]
struct Asking<'a> {
    tool: &'a Tool,
    call: &'a Call,
    room: &'a Room,
    plan: &'a Plan<'a>,
    /// Secret ones replaced.
    arguments: &'a Map<String, Value>,
    /// Of the arguments as they are.
    hash: &'a str,
    deadline: &'a Deadline,
}

/// Step 5: leave from a person. `Some` when the call must end with a question.
async fn approve(
    parts: &Parts,
    asking: Asking<'_>,
    front: &dyn Front,
    row: &mut Row,
) -> Result<Option<Ending>, CallError> {
    let Asking {
        tool,
        call,
        room,
        plan,
        arguments,
        hash,
        deadline,
    } = asking;
    let user = call.principal.user.as_str();
    let key = binding::key(user, &call.principal.organisation, &tool.connector, &tool.action, hash);
    let verdict = if let Some(resume) = &call.resume {
        parts
            .approvals
            .resume(&resume.approval_id, &resume.call_id, resume.answer, &key, user)
            .await
    } else if let Some(key) = &room.allowed_before {
        parts.approvals.use_allowed(key).await
    } else {
        // A question that ends the call waits for nobody.
        let waits = front.asking() != front::Asking::Deferred;
        let _waiting = if waits {
            let waiting = room.place.wait_for_person(user, &call.principal.organisation);
            let waiting = waiting.map_err(failures::crowded)?;
            Some((waiting, deadline.stand_still(parts.approvals.longest_wait())))
        } else {
            None
        };
        let call_id = row.call_id().to_owned();
        let (method, path) = plan.deed();
        let asked = Asked {
            call_id: &call_id,
            key: &key,
            connector: &tool.connector.name,
            action: &tool.action.title,
            effect: tool.action.effect,
            method,
            path: &path,
            arguments,
        };
        parts.approvals.request(asked, front, user).await
    };
    match verdict.map_err(|error| failures::gate(&error))? {
        Verdict::Allowed(granted) => {
            row.approved(&granted);
            Ok(None)
        }
        Verdict::AskFirst(prompt) => {
            row.pending(&prompt.approval_id);
            Ok(Some(Ending::AskFirst(prompt)))
        }
        Verdict::Refused {
            approval_id,
            by,
            continues,
            refusal,
        } => {
            if let Some(earlier) = &continues {
                row.adopt(earlier);
            }
            if matches!(refusal, Refusal::Undecided | Refusal::Closed) {
                row.pending(approval_id.as_deref().unwrap_or_default());
            } else {
                row.denied(approval_id.clone(), by.clone());
            }
            Err(failures::refused(refusal, approval_id, by, &call.principal))
        }
    }
}

/// What step 6 needs to know of a call.
#[derive(Clone, Copy)]
struct Sending<'a> {
    parts: &'a Parts,
    tool: &'a Arc<Tool>,
    route: &'a Route,
    call: &'a Call,
    front: &'a dyn Front,
}

impl Sending<'_> {
    /// Step 6: resolves the credential and makes the request, or one for each page.
    async fn send(
        self,
        request: OutgoingRequest,
        arguments: &Map<String, Value>,
        row: &mut Row,
    ) -> Result<(Answer, Scrubber), CallError> {
        let Self {
            parts,
            tool,
            route,
            call,
            front,
        } = self;
        let holder = Holder {
            organisation: &call.principal.organisation,
            user: &call.principal.user,
            sees_everybodys: call.principal.sees_everybodys(),
        };
        let auth = tool.connector.auth_of(&tool.action);
        let source = parts.secrets.as_ref();
        let mut credential = Credential::resolve(auth, source, holder, &parts.scrubbers)
            .await
            .map_err(|error| failures::secret(&error))?;
        let others = tool.connector.secrets_beside(auth);
        if !others.is_empty() {
            credential = Box::pin(credential.hiding(&others, source, holder, &parts.scrubbers))
                .await
                .map_err(|error| failures::secret(&error))?;
        }
        row.scrub(credential.scrubber());
        front.show_progress(1, steps_of(&tool.action), "calling the API").await;
        row.body(request.body.as_ref().map_or(0, |body| body.len() as u64));
        if tool.action.effect == Effect::Write {
            // The intent is durable before the first byte leaves, so that a crash cannot hide a write.
            row.intend().await.map_err(|error| failures::intent(&error))?;
        }
        let mut exchange = Exchange::begin(tool, route, &credential, front, row);
        let answer = if let Some(pagination) = tool.action.pagination() {
            Box::pin(pages::read(&mut exchange, pagination, arguments, request)).await?
        } else {
            let sent = exchange.send(request).await;
            Answer::Whole(sent.map_err(|error| failures::egress(&error, tool.action.effect == Effect::Write))?)
        };
        Ok((answer, credential.scrubber().clone()))
    }
}

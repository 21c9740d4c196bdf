//! Step 3 of the pipeline: whether there is room for one more call.

use super::{Call, CallError, Parts, failures};
use crate::approval::binding;
use crate::catalog::Tool;
use crate::policy::Admitted;
use crate::store::ApprovalKey;

/// A call for which there is room.
pub(super) struct Room {
    /// Its place in the process.
    pub(super) place: Admitted,
    /// The hash of its arguments, when that had to be known already; they are completed then.
    pub(super) hash: Option<String>,
    /// Set when a person has allowed exactly this call already, after an earlier run of it. That run was counted, and
    /// this one was not; so it may use that approval up, and must not ask for another.
    pub(super) allowed_before: Option<ApprovalKey>,
}

/// Finds a place in the process for a call, and counts it in its windows. A run that goes on with an earlier one of
/// the same call, because a person has decided meanwhile, was counted then (design section 6).
pub(super) async fn admit(parts: &Parts, tool: &Tool, call: &mut Call) -> Result<Room, CallError> {
    let place = parts.admission.admit(call.principal.sharer());
    let place = place.map_err(failures::overloaded)?;
    let (mut hash, mut allowed_before) = (None, None);
    if tool.action.confirm && call.resume.is_none() {
        tool.action.input.complete(&mut call.arguments);
        let known = hash.insert(binding::arguments_hash(&parts.arguments_key, &call.arguments));
        allowed_before = allowed(parts, tool, call, known).await?;
    }
    if call.resume.is_none() && allowed_before.is_none() {
        let organisation = call.principal.organisation.as_str();
        parts
            .limits
            .admit(organisation, &tool.connector, &tool.action)
            .await
            .map_err(|error| failures::limited(&error))?;
    }
    Ok(Room {
        place,
        hash,
        allowed_before,
    })
}

/// The approval that waits for exactly this call, by the hash of its arguments. Those that do not match their schema have
/// none.
async fn allowed(parts: &Parts, tool: &Tool, call: &Call, hash: &str) -> Result<Option<ApprovalKey>, CallError> {
    let principal = &call.principal;
    let (user, organisation) = (principal.user.as_str(), principal.organisation.as_str());
    let key = binding::key(user, organisation, &tool.connector, &tool.action, hash);
    let allowed = parts.approvals.is_allowed(&key).await;
    let allowed = allowed.map_err(|error| failures::gate(&error))?;
    Ok(allowed.then_some(key))
}

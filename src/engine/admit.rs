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
    /// Set when a person has allowed exactly this call already, after an earlier run of it. That run was counted, and
    /// this one was not; so it may use that approval up, and must not ask for another.
    pub(super) allowed_before: Option<ApprovalKey>,
}

/// Finds a place in the process for a call, and counts it in its windows. A run that goes on with an earlier one of
/// the same call, because a person has decided meanwhile, was counted then (design section 6).
pub(super) async fn admit(parts: &Parts, tool: &Tool, call: &Call) -> Result<Room, CallError> {
    let place = parts.admission.admit(call.principal.sharer());
    let place = place.map_err(failures::overloaded)?;
    let allowed_before = if tool.action.confirm && call.resume.is_none() {
        allowed_before(parts, tool, call).await?
    } else {
        None
    };
    if call.resume.is_none() && allowed_before.is_none() {
        let organisation = call.principal.organisation.as_str();
        parts
            .limits
            .admit(organisation, &tool.connector, &tool.action)
            .await
            .map_err(|error| failures::limited(&error))?;
    }
    Ok(Room { place, allowed_before })
}

/// The approval that waits for exactly this call. Arguments that do not match their schema have none.
async fn allowed_before(parts: &Parts, tool: &Tool, call: &Call) -> Result<Option<ApprovalKey>, CallError> {
    let input = &tool.action.input;
    let mut arguments = call.arguments.clone();
    input.complete(&mut arguments);
    let hash = binding::arguments_hash(&parts.arguments_key, &arguments);
    let principal = &call.principal;
    let (user, organisation) = (principal.user.as_str(), principal.organisation.as_str());
    let key = binding::key(user, organisation, &tool.connector, &tool.action, &hash);
    let allowed = parts.approvals.is_allowed(&key).await;
    let allowed = allowed.map_err(|error| failures::gate(&error))?;
    Ok(allowed.then_some(key))
}

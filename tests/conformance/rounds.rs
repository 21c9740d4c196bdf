//! Fixtures that ask by ending the call (2026-07-28, multi round-trip requests), one set of questions after another.

use rmcp::model::{
    ClientCapabilities, InputRequest, InputRequests, InputRequiredResult, InputResponses, RequestStateCodec,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Knows which round a call is in.
pub(crate) struct Rounds {
    codec: RequestStateCodec,
}

/// What a call comes to.
pub(crate) enum Outcome {
    /// The client has to answer first.
    Ask(InputRequiredResult),
    /// All rounds are answered; the last answers as JSON.
    Complete(Value),
}

#[derive(Serialize, Deserialize)]
struct State {
    subject: String,
    round: usize,
}

impl Rounds {
    pub(crate) fn new() -> Self {
        let key = toolgate::crypto::random_bytes::<32>().expect("randomness");
        Self {
            codec: RequestStateCodec::try_new(key).expect("the key is long enough"),
        }
    }

    /// Takes the answers of the round that the call is in and goes on to the next one.
    pub(crate) fn advance(
        &self,
        subject: &str,
        rounds: &[InputRequests],
        stateful: bool,
        state: Option<&str>,
        responses: Option<&InputResponses>,
        context: &RequestContext<RoleServer>,
    ) -> Result<Outcome, ErrorData> {
        let carried = state.map(|sealed| self.open(subject, sealed)).transpose()?;
        let round = carried.unwrap_or(0);
        let questions = answerable(rounds.get(round).ok_or_else(unknown_state)?, context);
        if questions.is_empty() {
            return Err(missing_capability());
        }
        let answered = (carried.is_some() || !stateful)
            && responses.is_some_and(|responses| {
                questions
                    .keys()
                    .all(|key| responses.get(key).is_some_and(Value::is_object))
            });
        if !answered {
            return self.ask(subject, questions, stateful.then_some(round));
        }
        match rounds.get(round + 1) {
            Some(next) => self.ask(subject, answerable(next, context), Some(round + 1)),
            None => Ok(Outcome::Complete(serde_json::to_value(responses).unwrap_or_default())),
        }
    }

    fn ask(&self, subject: &str, questions: InputRequests, round: Option<usize>) -> Result<Outcome, ErrorData> {
        let subject = subject.to_owned();
        let state = round
            .map(|round| self.codec.seal_json(&State { subject, round }))
            .transpose()
            .map_err(|error| ErrorData::internal_error(error.to_string(), None))?;
        Ok(Outcome::Ask(InputRequiredResult::new(Some(questions), state)))
    }

    fn open(&self, subject: &str, sealed: &str) -> Result<usize, ErrorData> {
        let state: State = self.codec.open_json(sealed).map_err(|_| unknown_state())?;
        if state.subject == subject {
            Ok(state.round)
        } else {
            Err(unknown_state())
        }
    }
}

/// Those of `questions` that the client says it can answer.
fn answerable(questions: &InputRequests, context: &RequestContext<RoleServer>) -> InputRequests {
    let capabilities = context.client_capabilities().unwrap_or_default();
    questions
        .iter()
        .filter(|(_, question)| can_answer(&capabilities, question))
        .map(|(key, question)| (key.clone(), question.clone()))
        .collect()
}

fn can_answer(capabilities: &ClientCapabilities, question: &InputRequest) -> bool {
    match question {
        InputRequest::Elicitation(_) => capabilities.elicitation.is_some(),
        InputRequest::CreateMessage(_) => capabilities.sampling.is_some(),
        InputRequest::ListRoots(_) => capabilities.roots.is_some(),
        _ => false,
    }
}

fn missing_capability() -> ErrorData {
    ErrorData::missing_required_client_capability(ClientCapabilities::builder().enable_sampling().build())
}

fn unknown_state() -> ErrorData {
    ErrorData::invalid_params("requestState is not valid for this request", None)
}

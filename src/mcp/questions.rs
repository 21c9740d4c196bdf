//! Questions to a person: the form that clients show, what an answer means, and how a question that ended its call
//! (2026-07-28) finds back to it.

use std::collections::BTreeMap;
use std::time::Duration;

use rmcp::ErrorData;
use rmcp::model::{
    ClientCapabilities, ElicitRequest, ElicitRequestParams, ElicitResult, ElicitationAction, ElicitationSchema,
    InputRequest, InputRequests, InputRequiredResult, InputResponses, RequestStateCodec, RequestStateError,
    SealOptions,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::crypto;
use crate::engine::{Answer, ApprovalPrompt, Principal, Resume};

/// Names the one question of a call among its input requests.
const QUESTION: &str = "approval";

/// Whether a client with these capabilities shows forms. An empty elicitation capability means forms only.
pub(super) fn shows_forms(capabilities: Option<&ClientCapabilities>) -> bool {
    capabilities
        .and_then(|capabilities| capabilities.elicitation.as_ref())
        .is_some_and(|elicitation| elicitation.form.is_some() || elicitation.url.is_none())
}

/// The question as a form without fields: accept, decline and cancel are the answers, and every client has them.
pub(super) fn form(prompt: &ApprovalPrompt) -> ElicitRequestParams {
    ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: prompt.text.clone(),
        requested_schema: ElicitationSchema::new(BTreeMap::new()),
    }
}

/// What a person said. The form has no fields: one that is accepted and says anything but yes, wherever the client got
/// that from, is a no.
pub(super) fn answer(result: &ElicitResult) -> Answer {
    match result.action {
        ElicitationAction::Accept if says_nothing_else(result.content.as_ref()) => Answer::Accepted,
        ElicitationAction::Accept | ElicitationAction::Decline => Answer::Declined,
        _ => Answer::Cancelled,
    }
}

fn says_nothing_else(content: Option<&Value>) -> bool {
    match content {
        None | Some(Value::Null) => true,
        Some(Value::Object(fields)) => fields.values().all(|value| *value == Value::Bool(true)),
        Some(_) => false,
    }
}

/// What a question belongs to: an answer counts only for the same tool and the same principal.
///
/// The arguments are bound by the approval record itself.
pub(super) struct Subject<'a> {
    pub(super) tool: &'a str,
    pub(super) principal: &'a Principal,
}

impl Subject<'_> {
    fn associated_data(&self) -> Vec<u8> {
        // A JSON array keeps the parts apart, whatever they contain.
        json!([self.tool, self.principal.user, self.principal.organisation])
            .to_string()
            .into_bytes()
    }
}

/// What the client carries from a question to its answer. Sealed, so that it cannot be made up; it is no secret.
#[derive(Serialize, Deserialize)]
struct State {
    approval_id: String,
    /// The run of the call that asked: another one may ask for the same approval.
    call_id: String,
}

/// Asks by ending the call, and recognises the answer in the call that follows.
///
/// The key lives as long as the process: replicas behind one address need one key for all, and this is where it goes.
pub(super) struct Questions {
    codec: RequestStateCodec,
}

/// Why an answer does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unfounded {
    /// The question was put too long ago, or by a process that has ended since. Clients that do nothing wrong meet this:
    /// their person was slow, or the server was started again.
    Outdated,
    /// It was put to another caller or about another tool, or was changed on its way: no client does that which sends
    /// back what it was given.
    Foreign,
}

/// The operating system gave no key to seal questions with.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// No randomness.
    #[error(transparent)]
    Random(#[from] crypto::RandomUnavailable),
    /// The key was not accepted.
    #[error("cannot make the key that protects questions: {0}")]
    Codec(#[from] RequestStateError),
}

impl Questions {
    pub(super) fn new() -> Result<Self, KeyError> {
        let key = crypto::random_bytes::<{ RequestStateCodec::MIN_KEY_LENGTH }>()?;
        // The key has a name so that the questions of another process are known as such, and are not taken for forged.
        let name = crypto::random_hex::<8>()?;
        Ok(Self {
            codec: RequestStateCodec::new_with_keyring(name.clone(), [(name, key)])?,
        })
    }

    /// The result that asks the client to put `prompt` to its person and to call again.
    pub(super) fn ask(&self, subject: &Subject<'_>, prompt: &ApprovalPrompt) -> Result<InputRequiredResult, ErrorData> {
        let state = State {
            approval_id: prompt.approval_id.clone(),
            call_id: prompt.call_id.clone(),
        };
        let associated_data = subject.associated_data();
        let options = SealOptions::new()
            .associated_data(&associated_data)
            .ttl(Duration::from_secs(prompt.expires_in_seconds));
        let sealed = self.codec.seal_json_with(&state, &options).map_err(|error| {
            tracing::error!(%error, "cannot seal the state of a question");
            ErrorData::internal_error("the question could not be put", None)
        })?;
        let request = InputRequest::Elicitation(ElicitRequest::new(form(prompt)));
        let requests = InputRequests::from([(QUESTION.to_owned(), request)]);
        Ok(InputRequiredResult::new(Some(requests), Some(sealed)))
    }

    /// The answer that a call brings, if it brings one. A state without a readable answer is no answer: the engine
    /// asks again.
    ///
    /// # Errors
    /// [`Unfounded`] for a state that was changed, has expired or belongs to another tool or principal. Whether the last
    /// two are so is not told apart, so that nothing can be learned by trying.
    pub(super) fn resume(
        &self,
        subject: &Subject<'_>,
        state: Option<&str>,
        responses: Option<&InputResponses>,
    ) -> Result<Option<Resume>, Unfounded> {
        let Some(sealed) = state else {
            return Ok(None);
        };
        let state: State = self
            .codec
            .open_json_with(sealed, &subject.associated_data())
            .map_err(|error| {
                tracing::warn!(%error, tool = subject.tool, "refused the state of a question");
                match error {
                    RequestStateError::Expired | RequestStateError::UnknownKeyId => Unfounded::Outdated,
                    _ => Unfounded::Foreign,
                }
            })?;
        let response = responses
            .and_then(|responses| responses.get(QUESTION))
            .and_then(|response| ElicitResult::deserialize(response).ok());
        Ok(response.map(|response| Resume {
            approval_id: state.approval_id,
            call_id: state.call_id,
            answer: answer(&response),
        }))
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use rmcp::model::{ElicitationCapability, FormElicitationCapability, UrlElicitationCapability};
    use serde_json::Map;

    use super::*;

    fn prompt() -> ApprovalPrompt {
        ApprovalPrompt {
            approval_id: "approval-1".into(),
            call_id: "call-1".into(),
            connector: "CRM".into(),
            action: "Create ticket".into(),
            effect: "write",
            method: "POST".into(),
            path: "/tickets".into(),
            arguments: Map::new(),
            expires_in_seconds: 300,
            text: "Create ticket?".into(),
        }
    }

    fn responses(value: Value) -> InputResponses {
        InputResponses::from([(QUESTION.to_owned(), value)])
    }

    #[test]
    fn forms_are_shown_by_those_who_say_so() {
        let capability = |elicitation: Option<ElicitationCapability>| {
            let mut capabilities = ClientCapabilities::default();
            capabilities.elicitation = elicitation;
            shows_forms(Some(&capabilities))
        };
        let form = || ElicitationCapability::new().with_form(FormElicitationCapability::default());
        let url = || ElicitationCapability::new().with_url(UrlElicitationCapability::default());
        assert!(!shows_forms(None));
        assert!(!capability(None));
        assert!(capability(Some(ElicitationCapability::new())));
        assert!(capability(Some(form())));
        assert!(!capability(Some(url())));
        assert!(capability(Some(url().with_form(FormElicitationCapability::default()))));
    }

    #[test]
    fn answers_mean_what_the_person_chose() {
        let cases = [
            (json!({ "action": "accept" }), Answer::Accepted),
            (json!({ "action": "accept", "content": {} }), Answer::Accepted),
            (
                json!({ "action": "accept", "content": { "approve": true } }),
                Answer::Accepted,
            ),
            (
                json!({ "action": "accept", "content": { "approve": false } }),
                Answer::Declined,
            ),
            (
                json!({ "action": "accept", "content": { "ok": "no" } }),
                Answer::Declined,
            ),
            (
                json!({ "action": "accept", "content": { "a": { "b": false } } }),
                Answer::Declined,
            ),
            (json!({ "action": "accept", "content": [false] }), Answer::Declined),
            (json!({ "action": "accept", "content": "x" }), Answer::Declined),
            (json!({ "action": "decline" }), Answer::Declined),
            (json!({ "action": "cancel" }), Answer::Cancelled),
        ];
        for (given, expected) in cases {
            let result: ElicitResult = serde_json::from_value(given.clone()).expect("result");
            assert_eq!(answer(&result), expected, "{given}");
        }
    }

    #[test]
    fn the_form_has_no_fields_and_the_whole_prompt() {
        let value = serde_json::to_value(form(&prompt())).expect("JSON");
        assert_eq!(value["mode"], "form");
        assert_eq!(value["message"], "Create ticket?");
        assert_eq!(value["requestedSchema"], json!({ "type": "object", "properties": {} }));
    }

    #[test]
    fn an_answer_finds_back_to_its_question_and_to_no_other() {
        let questions = Questions::new().expect("key");
        let local = Principal::local();
        let stranger = Principal::caller("eve", "local");
        let subject = Subject {
            tool: "crm__create",
            principal: &local,
        };
        let state = questions
            .ask(&subject, &prompt())
            .expect("asked")
            .request_state
            .expect("state");
        let accept = responses(json!({ "action": "accept" }));

        let resume = questions
            .resume(&subject, Some(&state), Some(&accept))
            .expect("opens")
            .expect("answered");
        assert_eq!(
            (resume.approval_id.as_str(), resume.call_id.as_str()),
            ("approval-1", "call-1")
        );
        assert_eq!(resume.answer, Answer::Accepted);

        let others = [
            Subject {
                tool: "crm__delete",
                principal: &local,
            },
            Subject {
                tool: "crm__create",
                principal: &stranger,
            },
        ];
        let refused = |subject: &Subject<'_>, state: &str| {
            let resumed = questions.resume(subject, Some(state), Some(&accept));
            resumed.expect_err("refused")
        };
        for other in others {
            assert_eq!(refused(&other, &state), Unfounded::Foreign);
        }
        let mut tampered = state.clone();
        tampered.pop();
        for state in [&tampered, "rs2.x.y", "rs3.x.y", ""] {
            assert_eq!(refused(&subject, state), Unfounded::Foreign, "{state}");
        }
    }

    /// The codec reads the system's clock, so the expiry is looked up where it stands: in front of the sealed payload.
    fn expiry_of(state: &str) -> u64 {
        let body = URL_SAFE_NO_PAD
            .decode(state.split('.').nth(2).expect("body"))
            .expect("base64");
        u64::from_be_bytes(*body.first_chunk().expect("expiry"))
    }

    #[test]
    fn slow_people_and_new_processes_are_no_forgers() {
        let questions = Questions::new().expect("key");
        let principal = Principal::local();
        let subject = Subject {
            tool: "crm__create",
            principal: &principal,
        };
        let asked = |questions: &Questions, expires_in_seconds: u64| {
            let prompt = ApprovalPrompt {
                expires_in_seconds,
                ..prompt()
            };
            let asked = questions.ask(&subject, &prompt).expect("asked");
            asked.request_state.expect("state")
        };
        let elsewhere = Questions::new().expect("key");
        let accept = responses(json!({ "action": "accept" }));
        let resume = |state: &str| questions.resume(&subject, Some(state), Some(&accept));
        let soon = asked(&questions, 0);
        assert!(expiry_of(&asked(&questions, 300)) >= expiry_of(&soon) + 300_000);
        // Within its last millisecond, which passes, it still counts.
        while resume(&soon).is_ok() {
            std::thread::yield_now();
        }
        // The last is of a version whose keys had no names.
        for state in [&soon, &asked(&elsewhere, 300), "rs1.x.y"] {
            assert_eq!(resume(state).err(), Some(Unfounded::Outdated), "{state}");
        }
    }

    #[test]
    fn a_question_expires_with_its_approval() {
        let questions = Questions::new().expect("key");
        let principal = Principal::local();
        let subject = Subject {
            tool: "crm__create",
            principal: &principal,
        };
        let expiry = |expires_in_seconds: u64| {
            let prompt = ApprovalPrompt {
                expires_in_seconds,
                ..prompt()
            };
            let asked = questions.ask(&subject, &prompt).expect("asked");
            expiry_of(&asked.request_state.expect("state"))
        };
        let soon = expiry(0);
        assert_ne!(soon, 0, "zero stands for no expiry");
        assert!(expiry(300) >= soon + 300_000);
    }

    #[test]
    fn without_a_readable_answer_there_is_none() {
        let questions = Questions::new().expect("key");
        let principal = Principal::local();
        let subject = Subject {
            tool: "crm__create",
            principal: &principal,
        };
        let state = questions
            .ask(&subject, &prompt())
            .expect("asked")
            .request_state
            .expect("state");
        let accept = responses(json!({ "action": "accept" }));
        assert!(questions.resume(&subject, None, Some(&accept)).expect("ok").is_none());
        assert!(questions.resume(&subject, Some(&state), None).expect("ok").is_none());
        for broken in [json!({}), json!("accept"), json!({ "action": "maybe" })] {
            let responses = responses(broken);
            assert!(
                questions
                    .resume(&subject, Some(&state), Some(&responses))
                    .expect("ok")
                    .is_none()
            );
        }
    }
}

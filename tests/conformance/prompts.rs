//! The fixture prompts.

use rmcp::model::{GetPromptRequestParams, GetPromptResponse, GetPromptResult, InputRequests, Prompt, PromptMessage};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde_json::{Value, json};

use crate::rounds::{Outcome, Rounds};
use crate::upstream::IMAGE;

/// All fixture prompts.
pub(crate) fn all() -> Vec<Prompt> {
    serde_json::from_str(include_str!("fixtures/prompts.json")).expect("the fixtures are valid")
}

/// The prompt that `request` names.
pub(crate) fn get(
    request: &GetPromptRequestParams,
    context: &RequestContext<RoleServer>,
    rounds: &Rounds,
) -> Result<GetPromptResponse, ErrorData> {
    let argument = |name: &str| {
        let arguments = request.arguments.as_ref();
        arguments
            .and_then(|arguments| arguments.get(name))
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let contents = match request.name.as_str() {
        "test_simple_prompt" => json!([text("This is a simple prompt for testing.")]),
        "test_prompt_with_arguments" => {
            let (first, second) = (argument("arg1"), argument("arg2"));
            json!([text(&format!("Prompt with arguments: arg1='{first}', arg2='{second}'"))])
        }
        "test_prompt_with_embedded_resource" => json!([
            { "type": "resource", "resource": {
                "uri": argument("resourceUri"),
                "mimeType": "text/plain",
                "text": "Embedded resource content for testing.",
            } },
            text("Please process the embedded resource above."),
        ]),
        "test_prompt_with_image" => json!([
            { "type": "image", "data": IMAGE, "mimeType": "image/png" },
            text("Please analyze the image above."),
        ]),
        "test_input_required_result_prompt" => {
            let state = request.request_state.as_deref();
            let responses = request.input_responses.as_ref();
            match rounds.advance(&request.name, &[question()], false, state, responses, context)? {
                Outcome::Ask(result) => return Ok(result.into()),
                Outcome::Complete(answers) => json!([text(&answers.to_string())]),
            }
        }
        unknown => {
            return Err(ErrorData::invalid_params(
                format!("no prompt is named `{unknown}`"),
                None,
            ));
        }
    };
    Ok(GetPromptResult::new(messages(contents)).into())
}

fn text(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

fn messages(contents: Value) -> Vec<PromptMessage> {
    let contents: Vec<Value> = serde_json::from_value(contents).expect("a list");
    let messages = contents
        .into_iter()
        .map(|content| json!({ "role": "user", "content": content }))
        .collect();
    serde_json::from_value(Value::Array(messages)).expect("the contents are valid")
}

fn question() -> InputRequests {
    let question = json!({ "user_context": {
        "method": "elicitation/create",
        "params": {
            "message": "What context should the prompt use?",
            "requestedSchema": {
                "type": "object",
                "properties": { "context": { "type": "string" } },
                "required": ["context"],
            },
        },
    } });
    serde_json::from_value(question).expect("the question is valid")
}

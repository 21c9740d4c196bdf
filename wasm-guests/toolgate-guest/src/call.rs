//! What an action is given, and what it gives.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{Failure, bindings, host};

/// What an action is given. `A` is [`Auth`] unless the action wants its fields in a type of its own.
#[derive(Debug, Clone, Deserialize)]
pub struct Call<I, A = Auth> {
    /// The arguments, checked against the action's inputs.
    pub input: I,
    /// The fields of the connection.
    pub auth: A,
    /// Who is calling.
    pub user: User,
}

/// The fields of the connection. A secret is a handle: a text that stands for it in a request, and nowhere else.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Auth {
    fields: BTreeMap<String, serde_json::Value>,
}

impl Auth {
    /// A field's text, if the connection has one of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.get(name)?.as_str()
    }

    /// A field's text.
    ///
    /// # Errors
    /// When the connection has no field of that name: its connector does not fit the action.
    pub fn require(&self, name: &str) -> Result<&str, MissingField> {
        self.get(name).ok_or_else(|| MissingField(name.to_owned()))
    }
}

/// The connection has not the field that an action needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingField(
    /// The field's name.
    pub String,
);

impl std::fmt::Display for MissingField {
    fn fmt(&self, text: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            text,
            "the connection has no field `{}`: the connector needs it under [auth.fields]",
            self.0
        )
    }
}

impl std::error::Error for MissingField {}

/// Who is calling.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct User {
    /// The user's id; `local` where there is only one.
    pub id: String,
    /// Their address, when it is known.
    #[serde(default)]
    pub email: Option<String>,
    /// Their organisation.
    #[serde(default)]
    pub organisation: Option<String>,
}

/// Writes a panic to the log of the call: it ends the component without a word of its own.
#[doc(hidden)]
pub fn log_panics() {
    std::panic::set_hook(Box::new(|panic| host::error(&panic.to_string())));
}

/// Runs `action` on the data of one call; what [`crate::action!`] exports.
///
/// # Errors
/// When the data does not fit the action's types, the action fails, or its result is no JSON.
#[doc(hidden)]
pub async fn answer<I, A, R, F>(data: &str, action: fn(Call<I, A>) -> F) -> Result<String, bindings::Failure>
where
    I: DeserializeOwned,
    A: DeserializeOwned,
    R: Serialize,
    F: Future<Output = Result<R, Failure>>,
{
    let call = read(data).map_err(Failure::into_bindings)?;
    let result = action(call).await.map_err(Failure::into_bindings)?;
    write(&result).map_err(Failure::into_bindings)
}

fn read<I: DeserializeOwned, A: DeserializeOwned>(data: &str) -> Result<Call<I, A>, Failure> {
    serde_json::from_str(data)
        .map_err(|error| Failure::new(format!("the call does not fit the action's types: {error}")))
}

fn write<R: Serialize>(result: &R) -> Result<String, Failure> {
    serde_json::to_string(result)
        .map_err(|error| Failure::new(format!("the result cannot be written as JSON: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Input {
        id: String,
    }

    const DATA: &str = r#"{"input":{"id":"a1"},"auth":{"token":"handle","scopes":["a"]},
        "user":{"id":"local","email":null,"organisation":"local"}}"#;

    #[test]
    fn a_call_is_read_into_the_types_of_the_action() {
        let call: Call<Input> = read(DATA).unwrap();
        assert_eq!(call.input.id, "a1");
        assert_eq!(call.auth.require("token"), Ok("handle"));
        assert_eq!(call.auth.get("scopes"), None, "it is no text");
        assert_eq!((call.user.id.as_str(), call.user.email), ("local", None));
        assert_eq!(
            call.auth.require("key").unwrap_err().to_string(),
            "the connection has no field `key`: the connector needs it under [auth.fields]"
        );
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let failure = read::<Input, Auth>(&DATA.replace("id\":\"a1", "ID\":\"a1")).unwrap_err();
        assert!(
            failure
                .message()
                .starts_with("the call does not fit the action's types: missing field `id`"),
            "{failure:?}"
        );
        let keys_that_are_no_text: BTreeMap<Vec<u8>, u8> = BTreeMap::from([(vec![1], 1)]);
        let failure = write(&keys_that_are_no_text).unwrap_err();
        assert!(failure.message().starts_with("the result cannot be written as JSON"));
    }

    #[test]
    fn an_action_answers_with_its_result_or_its_failure() {
        async fn twice(call: Call<Input>) -> Result<[String; 2], Failure> {
            if call.input.id == "none" {
                return Err(Failure::new("there is none"));
            }
            Ok([call.input.id.clone(), call.input.id])
        }
        let answered = crate::together::tests::finish(answer(DATA, twice));
        assert_eq!(answered.unwrap(), r#"["a1","a1"]"#);
        let failed = crate::together::tests::finish(answer(&DATA.replace("a1", "none"), twice)).unwrap_err();
        assert_eq!(failed.message, "there is none");
        assert!(failed.stack.is_some_and(|stack| stack.contains("src/call.rs:")));
    }
}

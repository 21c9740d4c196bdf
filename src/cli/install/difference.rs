//! How the entry that is there differs from the one that would be: lines for people, secrets left out.

use serde_json::{Map, Value};

/// Keys below which users write secrets.
const SECRET_PLACES: [&str; 4] = ["env", "headers", "http_headers", "bearer_token"];

/// Words that arguments with secrets in them are likely to hold.
const SECRET_WORDS: [&str; 7] = ["auth", "bearer", "header", "key", "password", "secret", "token"];

/// What stands in the place of a secret.
const HIDDEN: &str = "[HIDDEN]";

/// Whether `present` says all that `wanted` says. What its user added beside it, such as a time limit, is theirs.
pub(super) fn holds(present: &Value, wanted: &Map<String, Value>) -> bool {
    let is_reached = |entry: &Map<String, Value>| entry.contains_key("url");
    let Some(present) = present.as_object() else {
        return false;
    };
    is_reached(present) == is_reached(wanted)
        && wanted.iter().all(|(key, wanted)| match (present.get(key), wanted) {
            (Some(Value::Object(present)), Value::Object(wanted)) => {
                wanted.iter().all(|(key, wanted)| present.get(key) == Some(wanted))
            }
            (present, wanted) => present == Some(wanted),
        })
}

/// The keys in which two entries differ: `-` what is there, `+` what would be.
pub(super) fn shown(present: &Value, wanted: &Map<String, Value>) -> String {
    let none = Map::new();
    let present_members = present.as_object().unwrap_or(&none);
    let mut lines = Vec::new();
    if !present.is_object() {
        lines.push(format!("- {HIDDEN}"));
    }
    for (key, present) in present_members {
        if wanted.get(key) != Some(present) {
            lines.push(format!("- {key}: {}", member_without_secrets(key, key, present)));
            lines.extend(wanted.get(key).map(|wanted| format!("+ {key}: {wanted}")));
        }
    }
    let new = wanted.iter().filter(|(key, _)| !present_members.contains_key(*key));
    lines.extend(new.map(|(key, value)| format!("+ {key}: {value}")));
    lines.join("\n")
}

/// The value of a member that is called `name`, below `key`, with what may be a secret left out.
fn member_without_secrets(key: &str, name: &str, value: &Value) -> Value {
    match value {
        Value::String(text) if speaks_of_secrets(name) && !is_reference(text) => Value::from(HIDDEN),
        Value::Number(_) if speaks_of_secrets(name) => Value::from(HIDDEN),
        _ => without_secrets(key, value),
    }
}

/// A value with what may be a secret left out.
fn without_secrets(key: &str, value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(name, value)| (name.clone(), member_without_secrets(key, name, value)));
            Value::Object(members.collect())
        }
        Value::Array(items) => {
            let mut after_a_secret_word = false;
            let items = items.iter().map(|item| {
                let hidden = std::mem::replace(&mut after_a_secret_word, item.as_str().is_some_and(speaks_of_secrets));
                if hidden {
                    Value::from(HIDDEN)
                } else {
                    without_secrets(key, item)
                }
            });
            Value::Array(items.collect())
        }
        Value::String(text) if is_reference(text) => value.clone(),
        _ if SECRET_PLACES.contains(&key) => Value::from(HIDDEN),
        // A flag is no secret, what is behind its equals sign may be.
        Value::String(text) if text.starts_with("--") && !text.contains(['=', ' ']) => value.clone(),
        Value::String(text) if key == "url" => Value::from(without_query(text)),
        Value::String(text) if speaks_of_secrets(text) => Value::from(HIDDEN),
        _ => value.clone(),
    }
}

fn speaks_of_secrets(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    SECRET_WORDS.iter().any(|word| text.contains(word))
}

/// An address as far as its path.
fn without_query(text: &str) -> String {
    let Ok(mut url) = url::Url::parse(text) else {
        return HIDDEN.to_owned();
    };
    url.set_query(None);
    url.set_fragment(None);
    // An address that can have no user has none to hide.
    url.set_username("").ok();
    url.set_password(None).ok();
    url.into()
}

fn is_reference(text: &str) -> bool {
    let text = text.strip_prefix("Bearer ").unwrap_or(text);
    let name = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    name.is_some_and(|name| {
        let name = name.strip_suffix(":-").unwrap_or(name);
        name.chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':'))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: &Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn what_the_user_added_is_no_difference() {
        let wanted = object(&json!({ "command": "/a", "args": ["serve"], "env": { "KEY": "${KEY}" } }));
        for (present, same) in [
            (
                json!({ "command": "/a", "args": ["serve"], "env": { "KEY": "${KEY}" } }),
                true,
            ),
            (
                json!({ "command": "/a", "args": ["serve"], "env": { "MORE": "1", "KEY": "${KEY}" }, "timeout": 5 }),
                true,
            ),
            (json!({ "command": "/a", "args": ["serve"], "env": {} }), false),
            (
                json!({ "command": "/b", "args": ["serve"], "env": { "KEY": "${KEY}" } }),
                false,
            ),
            (
                json!({ "command": "/a", "args": [], "env": { "KEY": "${KEY}" } }),
                false,
            ),
            (
                json!({ "command": "/a", "args": ["serve"], "env": { "KEY": "${KEY}" }, "url": "https://a.test" }),
                false,
            ),
            (json!(null), false),
            (json!("x"), false),
        ] {
            assert_eq!(holds(&present, &wanted), same, "{present}");
        }
    }

    #[test]
    fn a_difference_is_shown_without_the_users_secrets() {
        let wanted = object(&json!({ "command": "/a", "args": ["serve"], "env": { "KEY": "${KEY:-}" } }));
        let present = json!({ "command": "/old", "args": ["serve"], "disabled": true, "headers": { "A": "Bearer sk-1" },
            "env": { "KEY": "sk-live", "N": 7, "REFERENCE": "${env:NAME}", "DEFAULT": "${KEY:-sk-live}" } });
        insta::assert_snapshot!(shown(&present, &wanted), @r#"
        - command: "/old"
        + command: "/a"
        - disabled: true
        - headers: {"A":"[HIDDEN]"}
        - env: {"KEY":"[HIDDEN]","N":"[HIDDEN]","REFERENCE":"${env:NAME}","DEFAULT":"[HIDDEN]"}
        + env: {"KEY":"${KEY:-}"}
        "#);
        let remote = json!({ "url": "https://u:p@a.test/mcp?token=1#x",
            "args": ["--key", "sk-live", "--port", "1", "--api-key=sk-live", "Authorization: sk-live"] });
        let named = json!({ "apiKey": "sk-live", "auth": { "token": "abc123", "pin": "${PIN}", "expires": 7 } });
        insta::assert_snapshot!(shown(&named, &Map::new()), @r#"
        - apiKey: "[HIDDEN]"
        - auth: {"token":"[HIDDEN]","pin":"${PIN}","expires":7}
        "#);
        insta::assert_snapshot!(shown(&remote, &Map::new()), @r#"
        - url: "https://a.test/mcp"
        - args: ["--key","[HIDDEN]","--port","1","[HIDDEN]","[HIDDEN]"]
        "#);
        assert_eq!(
            shown(&json!("sk-live"), &object(&json!({ "command": "/a" }))),
            "- [HIDDEN]\n+ command: \"/a\""
        );
    }
}

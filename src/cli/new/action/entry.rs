//! The entry of a new action, in every form that connectors are written in. It only reads until its author says
//! otherwise. Must never know where it goes.

use std::path::Path;

use serde_json::{Value, json};

use super::quoted;

const INPUT: &str = "limit";
const INPUT_DESCRIPTION: &str = "How many entries to return at most.";

/// What the entry says.
pub(super) struct Entry {
    pub(super) name: String,
    description: String,
    /// `code` or `component`.
    key: &'static str,
    /// The file with the code, with `/` between its parts.
    code: String,
}

impl Entry {
    /// The action `name`, which begins with a request to `path` and whose code lies at `code` in the connector's folder.
    pub(super) fn new(name: &str, path: &str, code: &Path) -> Self {
        let is_component = code.extension().is_some_and(|ending| ending == "wasm");
        Self {
            name: name.to_owned(),
            description: format!(
                "Returns the first entries of the list at {path}. Say here what it returns, and when an agent should use \
                 it."
            ),
            key: if is_component { "component" } else { "code" },
            code: code.to_string_lossy().replace('\\', "/"),
        }
    }

    /// Tables of TOML, below the key `list`, e.g. `actions`.
    pub(super) fn tables(&self, list: &str) -> String {
        format!(
            r#"[[{list}]]
name = {name}
description = {description}
effect = "read"
{key} = {code}

[[{list}.input]]
name = "{INPUT}"
description = "{INPUT_DESCRIPTION}"
default = 5
schema = {{ type = "integer", minimum = 1, maximum = 50 }}
"#,
            name = quoted(&self.name),
            description = quoted(&self.description),
            key = self.key,
            code = quoted(&self.code),
        )
    }

    /// One value of TOML, for a list that is one itself.
    pub(super) fn inline(&self) -> String {
        format!(
            "{{ name = {}, description = {}, effect = \"read\", {} = {}, input = [{{ name = \"{INPUT}\", description = \
             \"{INPUT_DESCRIPTION}\", default = 5, schema = {{ type = \"integer\", minimum = 1, maximum = 50 }} }}] }}",
            quoted(&self.name),
            quoted(&self.description),
            self.key,
            quoted(&self.code),
        )
    }

    /// A member of a list in JSON, and in YAML, in which JSON on one line is a member too.
    pub(super) fn value(&self) -> Value {
        json!({
            "name": self.name,
            "description": self.description,
            "effect": "read",
            self.key: self.code,
            "input": [{
                "name": INPUT,
                "description": INPUT_DESCRIPTION,
                "default": 5,
                "schema": { "type": "integer", "minimum": 1, "maximum": 50 },
            }],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_say_the_same() {
        for code in ["actions/daily.js", "actions/daily.wasm"] {
            let entry = Entry::new("daily", "/a \"quoted\" path", Path::new(code));
            let of_toml = |text: &str, pointer: &str| {
                let read: Value = toml::from_str(text).unwrap();
                read.pointer(pointer).unwrap().clone()
            };
            let tables = entry.tables("custom_api.endpoints");
            assert_eq!(of_toml(&tables, "/custom_api/endpoints/0"), entry.value());
            let inline = format!("actions = [{}]", entry.inline());
            assert_eq!(of_toml(&inline, "/actions/0"), entry.value());
        }
    }
}

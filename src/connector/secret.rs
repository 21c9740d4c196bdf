//! Where secrets are kept, and secrets that were written where they do not belong.

use std::ops::Range;

use super::authentication;
use super::model::{SecretName, SecretRef};
use super::naming;
use crate::document::{Kind, Node};

/// The variable with the key to every secret of the vault: no connector may send that one anywhere.
pub(super) const MASTER_KEY: &str = "TOOLGATE_MASTER_KEY";

/// Parts of a key or header name that promise a secret, without `-` and `_`.
const TELLTALE: [&str; 7] = [
    "apikey",
    "authorization",
    "accesstoken",
    "authtoken",
    "secret",
    "password",
    "cookie",
];

/// What to write in place of the secret that stands at `key` of the file `root`.
pub(super) fn advice(root: &Node, key: &str) -> String {
    let slug = ["slug", "name"]
        .iter()
        .find_map(|key| root.get(key)?.text())
        .map(naming::slug_of)
        .filter(|slug| !slug.is_empty())
        .unwrap_or_else(|| "crm".to_owned());
    format!(
        "store it with `toolgate vault set {slug}/{key}` and write `vault://{slug}/{key}` in its place; or write \
         `env:` and the name of an environment variable of the server, e.g. `env:{}`",
        naming::variable_of(&slug, key)
    )
}

/// Whether `written` refers to the key of the vault itself.
pub(super) fn is_master_key(written: &str) -> bool {
    written.strip_prefix("env:") == Some(MASTER_KEY)
}

/// Whether `written` begins as a reference to the vault does.
pub(super) fn is_of_vault(written: &str) -> bool {
    ["vault://", "encrypted:"]
        .iter()
        .any(|scheme| written.starts_with(scheme))
}

/// Reads a reference to a secret (ruling C-16); `None` when `written` is anything else, such as the secret itself.
pub(super) fn reference(written: &str) -> Option<SecretRef> {
    if let Some(name) = written.strip_prefix("env:") {
        let valid = naming::is_identifier(name) && name != MASTER_KEY;
        return valid.then(|| SecretRef::Environment(name.to_owned()));
    }
    is_of_vault(written)
        .then(|| SecretName::parse(written))
        .flatten()
        .map(SecretRef::Vault)
}

/// Whether a header or parameter of this name carries a secret.
pub(crate) fn carries_secret(name: &str) -> bool {
    let plain = name.to_ascii_lowercase().replace(['-', '_'], "");
    TELLTALE.iter().any(|part| plain.ends_with(part)) || plain == "token"
}

/// Byte ranges of all texts in a document that are, or may be, secrets written out.
pub(super) fn written_out(root: &Node) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    collect(root, false, &mut ranges);
    // A setting may have been given its secret as its default.
    for settings in [
        root.get("settings"),
        root.get("custom_api").and_then(|all| all.get("settings")),
    ] {
        let declared = settings.map(Node::members).unwrap_or_default();
        let defaults = declared.iter().filter_map(|member| member.value.get("default"));
        ranges.extend(
            defaults
                .filter(|value| value.text().is_some())
                .map(|value| value.span.clone()),
        );
    }
    ranges
}

fn collect(node: &Node, inside_auth: bool, ranges: &mut Vec<Range<usize>>) {
    match &node.kind {
        Kind::Text(text) => {
            let has_userinfo = text
                .split_once("://")
                .is_some_and(|(_, rest)| rest.split(['/', '?', '#']).next().unwrap_or_default().contains('@'));
            if inside_auth && reference(text).is_none() || has_userinfo {
                ranges.push(node.span.clone());
            }
        }
        Kind::List(items) => items.iter().for_each(|item| collect(item, inside_auth, ranges)),
        Kind::Table(members) => {
            for member in members {
                let key = member.key.as_str();
                let is_template = member.value.text().is_some_and(|text| text.contains("{{"));
                let suspect = match key {
                    "auth" | "authentication" => true,
                    _ if inside_auth => !authentication::is_harmless(key),
                    _ => (carries_secret(key) || key == "key") && member.value.text().is_some() && !is_template,
                };
                collect(&member.value, suspect, ranges);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        let environment = |name: &str| Some(SecretRef::Environment(name.to_owned()));
        let vault = |text: &str| SecretName::parse(text).map(SecretRef::Vault);
        for (written, expected) in [
            ("env:CRM_KEY", environment("CRM_KEY")),
            ("env:", None),
            ("env:a b", None),
            ("ENV:CRM_KEY", None),
            ("vault://users/u/apis/a/key", vault("vault://users/u/apis/a/key")),
            ("env:TOOLGATE_MASTER_KEY", None),
            ("vault://", None),
            ("vault://users/u/key", None),
            ("crm/key", None),
            ("encrypted:vault_ref", vault("vault://vault_ref")),
            ("sk-live-123", None),
            ("", None),
        ] {
            assert_eq!(reference(written), expected, "{written}");
        }
    }

    #[test]
    fn names_that_carry_secrets() {
        for name in [
            "X-API-Key",
            "api_key",
            "Authorization",
            "client_secret",
            "X-Auth-Token",
            "token",
        ] {
            assert!(carries_secret(name), "{name}");
        }
        for name in ["page_token", "X-Tenant-ID", "Accept", "secretary_name", "key_name"] {
            assert!(!carries_secret(name), "{name}");
        }
    }
}

//! Where secrets are kept, and secrets that were written where they do not belong.

use std::ops::Range;

use super::model::SecretRef;
use crate::document::{Kind, Node};

/// What to write in place of a secret.
pub(super) const ADVICE: &str = "keep it in an environment variable of the server, and write `env:` and the variable's name here, e.g. `env:CRM_KEY`";

/// Keys of an authentication whose values are no secrets.
const HARMLESS: [&str; 7] = ["type", "auth_type", "in", "header_name", "name", "prefix", "grant"];

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

/// Reads a reference to a secret (ruling C-16); `None` when `written` is anything else, such as the secret itself.
pub(super) fn reference(written: &str) -> Option<SecretRef> {
    if let Some(name) = written.strip_prefix("env:") {
        let valid = super::naming::is_identifier(name);
        return valid.then(|| SecretRef::Environment(name.to_owned()));
    }
    let in_vault = ["vault://", "encrypted:"].iter().any(|scheme| {
        written
            .strip_prefix(scheme)
            .is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
    });
    in_vault.then(|| SecretRef::Vault(written.to_owned()))
}

/// Whether a header or parameter of this name carries a secret.
pub(super) fn carries_secret(name: &str) -> bool {
    let plain = name.to_ascii_lowercase().replace(['-', '_'], "");
    TELLTALE.iter().any(|part| plain.ends_with(part)) || plain == "token"
}

/// Byte ranges of all texts in a document that are, or may be, secrets written out.
pub(super) fn written_out(root: &Node) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    collect(root, false, &mut ranges);
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
                    _ if inside_auth => !HARMLESS.contains(&key),
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
        let vault = |text: &str| Some(SecretRef::Vault(text.to_owned()));
        for (written, expected) in [
            ("env:CRM_KEY", environment("CRM_KEY")),
            ("env:", None),
            ("env:a b", None),
            ("ENV:CRM_KEY", None),
            ("vault://users/u/apis/a/key", vault("vault://users/u/apis/a/key")),
            ("vault://", None),
            ("encrypted:vault_ref", vault("encrypted:vault_ref")),
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

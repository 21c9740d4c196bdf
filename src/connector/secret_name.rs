//! Names of secrets in the vault.

use std::fmt;

/// Longest name in characters.
const LONGEST: usize = 200;

/// The name of a secret in the vault, as connectors refer to it (contract S1-18).
///
/// `vault://crm/key` is the caller's own secret `crm/key`, else the one that their organisation shares.
/// `vault://users/ana/apis/crm/key` is that of the user `ana`, and nobody else's. `encrypted:` in front of a name means
/// the same as `vault://`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SecretName {
    /// The one user whose secret is meant; `None`: the caller's, else the shared one.
    pub user: Option<String>,
    /// The name, e.g. `crm/key`: parts of `[a-zA-Z0-9._-]` between slashes.
    pub name: String,
}

impl SecretName {
    /// Reads a name with or without `vault://` or `encrypted:` in front of it; `None` when it is none.
    #[must_use]
    pub fn parse(written: &str) -> Option<Self> {
        let written = ["vault://", "encrypted:"]
            .iter()
            .find_map(|scheme| written.strip_prefix(scheme))
            .unwrap_or(written);
        if written.chars().count() > LONGEST {
            return None;
        }
        let (user, name) = match written.strip_prefix("users/") {
            Some(rest) => {
                let (user, rest) = rest.split_once('/')?;
                (Some(user), rest.strip_prefix("apis/")?)
            }
            None => (None, written),
        };
        let sound = name.split('/').all(is_part) && user.is_none_or(|user| user.chars().all(is_of_user));
        (sound && user != Some("")).then(|| Self {
            user: user.map(str::to_owned),
            name: name.to_owned(),
        })
    }

    /// The command that stores this secret.
    #[must_use]
    pub fn command(&self) -> String {
        match &self.user {
            Some(user) => format!("toolgate vault set {} --user {user}", self.name),
            None => format!("toolgate vault set {}", self.name),
        }
    }
}

fn is_part(part: &str) -> bool {
    !matches!(part, "" | "." | "..")
        && part
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || "._-".contains(character))
}

/// What is not special to a shell, so that [`SecretName::command`] can be pasted.
fn is_of_user(character: char) -> bool {
    character.is_ascii_alphanumeric() || "._-@+:".contains(character)
}

/// The reference as connectors write it.
impl fmt::Display for SecretName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.user {
            Some(user) => write!(formatter, "vault://users/{user}/apis/{}", self.name),
            None => write!(formatter, "vault://{}", self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_every_spelling() {
        let cases = [
            ("crm/key", None, "crm/key"),
            ("vault://crm/key", None, "crm/key"),
            ("encrypted:vault_ref", None, "vault_ref"),
            ("vault://key-1.a_B", None, "key-1.a_B"),
            ("vault://users/ana@a.test/apis/crm/key", Some("ana@a.test"), "crm/key"),
            ("users/ana/apis/key", Some("ana"), "key"),
            ("vault://userspace/key", None, "userspace/key"),
        ];
        for (written, user, name) in cases {
            let read = SecretName::parse(written).unwrap();
            assert_eq!((read.user.as_deref(), read.name.as_str()), (user, name), "{written}");
            assert_eq!(SecretName::parse(&read.to_string()), Some(read), "{written}");
        }
        let long = "a".repeat(LONGEST + 1);
        for written in [
            "",
            "vault://",
            "encrypted:",
            "/key",
            "crm//key",
            "crm/",
            "crm/../key",
            "a b",
            "crm/key=sk-1",
            "schlüssel",
            "users/ana",
            "users/ana/key",
            "users//apis/key",
            "users/a b/apis/key",
            "users/$(id)/apis/key",
            "users/ana/apis/",
            &long,
        ] {
            assert_eq!(SecretName::parse(written), None, "{written}");
        }
    }

    #[test]
    fn a_name_says_how_to_store_it() {
        let command = |written| SecretName::parse(written).unwrap().command();
        assert_eq!(command("vault://crm/key"), "toolgate vault set crm/key");
        assert_eq!(
            command("vault://users/ana/apis/crm/key"),
            "toolgate vault set crm/key --user ana"
        );
    }
}

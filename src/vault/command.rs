//! Commands that an operator can run as they are written.

use super::LOCAL;
use crate::store::SecretId;

/// The command that does something to a secret.
#[must_use]
pub fn command(verb: &str, id: &SecretId) -> String {
    let user = id.user.as_deref().map(argument);
    let user = user.map_or_else(String::new, |user| format!(" --user {user}"));
    format!("toolgate vault {verb} {}{user}{}", id.name, flag_of(&id.organisation))
}

/// What names an organisation on the command line, with a space in front; nothing for the one that is meant without it.
#[must_use]
pub fn flag_of(organisation: &str) -> String {
    if organisation == LOCAL {
        String::new()
    } else {
        format!(" --organisation {}", argument(organisation))
    }
}

/// `text` as one argument of a shell.
pub(super) fn argument(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '@' | '/');
    if text.chars().all(is_plain) && !text.starts_with('-') {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

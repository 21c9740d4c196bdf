//! Tool names: short and plain enough for every client (ruling C-11).

use crate::crypto::sha256_hex;

/// Longest tool name. Clients put their own prefix in front, and several allow 64 characters in all.
pub const MAX_TOOL_NAME: usize = 48;

/// Hexadecimal digits of the hash that keeps a shortened name unique.
const HASH_DIGITS: usize = 8;

/// `<connector>__<action>`; past 48 characters its end is replaced by a hash of the whole.
#[must_use]
pub fn tool_name(connector: &str, action: &str) -> String {
    let whole = format!("{connector}__{action}");
    if whole.chars().count() <= MAX_TOOL_NAME {
        return whole;
    }
    let kept: String = whole.chars().take(MAX_TOOL_NAME - HASH_DIGITS - 1).collect();
    let hash: String = sha256_hex(whole.as_bytes()).chars().take(HASH_DIGITS).collect();
    format!("{kept}_{hash}")
}

/// The connector and action that a caller's tool name stands for, as far as they can be told from its spelling:
/// `custom.<connector>.<action>` or `<connector>__<action>`.
#[must_use]
pub fn split_tool_name(name: &str) -> (&str, &str) {
    if let Some(dotted) = name.strip_prefix("custom.") {
        return dotted.split_once('.').unwrap_or((dotted, ""));
    }
    name.split_once("__").unwrap_or((name, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_is_kept_whole() {
        assert_eq!(tool_name("crm", "get_customer"), "crm__get_customer");
        let exactly = tool_name("c", &"a".repeat(45));
        assert_eq!(exactly.len(), MAX_TOOL_NAME);
        assert!(exactly.ends_with("aaa"));
    }

    #[test]
    fn a_long_name_is_shortened_and_stays_unique() {
        let one = tool_name("crm", &"a".repeat(60));
        let other = tool_name("crm", &"a".repeat(61));
        assert_eq!(one.len(), MAX_TOOL_NAME);
        assert_eq!(other.len(), MAX_TOOL_NAME);
        assert_ne!(one, other);
    }

    #[test]
    fn both_spellings_split_alike() {
        for name in ["custom.my_crm.get_customer", "my_crm__get_customer"] {
            assert_eq!(split_tool_name(name), ("my_crm", "get_customer"));
        }
        assert_eq!(split_tool_name("nonsense"), ("nonsense", ""));
    }
}

//! Which client program made a request, as it names itself.

use rmcp::RoleServer;
use rmcp::service::RequestContext;

/// Longest client name that is kept; it goes into every audit row.
const MAX_CLIENT_CHARS: usize = 128;

/// Key of the client's name and version in a request's `_meta` (2026-07-28, basic/index, `_meta`).
const CLIENT_INFO_KEY: &str = "io.modelcontextprotocol/clientInfo";

/// The client program's own name and version, e.g. `claude-code 2.1.0`.
pub(super) fn client(context: &RequestContext<RoleServer>) -> Option<String> {
    // Most requests say it, beside more that would have to be read and is not wanted.
    if let Some(said) = context.meta.get(CLIENT_INFO_KEY)
        && let (Some(name), Some(version)) = (said["name"].as_str(), said["version"].as_str())
    {
        return displayable(name, version);
    }
    let info = context.client_info()?;
    displayable(&info.name, &info.version)
}

/// Name and version without what could break a log line or a table, cut to [`MAX_CLIENT_CHARS`].
fn displayable(name: &str, version: &str) -> Option<String> {
    let mut shown = String::with_capacity(name.len().saturating_add(1 + version.len()).min(4 * MAX_CLIENT_CHARS));
    let characters = name.chars().chain([' ']).chain(version.chars());
    shown.extend(
        characters
            .filter(|character| !character.is_control() && !is_invisible(*character))
            .skip_while(|character| character.is_whitespace())
            .take(MAX_CLIENT_CHARS),
    );
    shown.truncate(shown.trim_end().len());
    (!shown.is_empty()).then_some(shown)
}

/// Characters that reorder or hide the text around them.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_names_are_made_safe_to_show() {
        let cases = [
            ("Claude", "1.0", Some("Claude 1.0")),
            ("a\nb\tc\u{1b}[31m", "", Some("abc[31m")),
            ("user\u{202e}txt", "\u{feff}", Some("usertxt")),
            ("", "1.0", Some("1.0")),
            ("  ", " ", None),
            ("", "", None),
        ];
        for (name, version, expected) in cases {
            assert_eq!(displayable(name, version).as_deref(), expected, "{name:?} {version:?}");
        }
        let long = "é".repeat(500);
        assert_eq!(
            displayable(&long, "1.0").map(|name| name.chars().count()),
            Some(MAX_CLIENT_CHARS)
        );
    }
}

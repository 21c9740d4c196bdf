//! Which client program made a request, as it names itself.

use rmcp::RoleServer;
use rmcp::service::RequestContext;

/// Longest client name that is kept; it goes into every audit row.
const MAX_CLIENT_CHARS: usize = 128;

/// The client program's own name and version, e.g. `claude-code 2.1.0`.
pub(super) fn client(context: &RequestContext<RoleServer>) -> Option<String> {
    let info = context.client_info()?;
    displayable(&format!("{} {}", info.name, info.version))
}

/// `name` without what could break a log line or a table, cut to [`MAX_CLIENT_CHARS`].
fn displayable(name: &str) -> Option<String> {
    let kept: String = name
        .chars()
        .filter(|character| !character.is_control() && !is_invisible(*character))
        .take(MAX_CLIENT_CHARS)
        .collect();
    let kept = kept.trim();
    (!kept.is_empty()).then(|| kept.to_owned())
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
            ("Claude 1.0", Some("Claude 1.0")),
            ("a\nb\tc\u{1b}[31m", Some("abc[31m")),
            ("user\u{202e}txt", Some("usertxt")),
            ("  ", None),
            ("", None),
        ];
        for (given, expected) in cases {
            assert_eq!(displayable(given).as_deref(), expected, "{given:?}");
        }
        let long = "é".repeat(500);
        assert_eq!(
            displayable(&long).map(|name| name.chars().count()),
            Some(MAX_CLIENT_CHARS)
        );
    }
}

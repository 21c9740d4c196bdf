//! Media types (RFC 9110, section 8.3.1).

/// The type and subtype, in lower case and without parameters: `text/xml` of `Text/XML; charset=utf-8`.
pub(crate) fn essence(media_type: &str) -> String {
    let (essence, _) = media_type.split_once(';').unwrap_or((media_type, ""));
    essence.trim().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::essence;

    #[test]
    fn parameters_and_case_do_not_count() {
        for (written, expected) in [
            ("Text/XML; charset=utf-8", "text/xml"),
            (" application/json ", "application/json"),
            ("", ""),
            (";", ""),
        ] {
            assert_eq!(essence(written), expected, "{written}");
        }
    }
}

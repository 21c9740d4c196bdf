//! Media types (RFC 9110, section 8.3.1).

/// The type and subtype, in lower case and without parameters: `text/xml` of `Text/XML; charset=utf-8`.
pub(crate) fn essence(media_type: &str) -> String {
    let (essence, _) = media_type.split_once(';').unwrap_or((media_type, ""));
    essence.trim().to_ascii_lowercase()
}

/// The character sets that any reader may find named in `media_type`. Not all readers follow RFC 9110 (section 5.6.6): some
/// take the first word that looks like the parameter, wherever it stands, some the last, and some allow white space.
pub(crate) fn charsets(media_type: &str) -> Vec<String> {
    const NAME: &str = "charset";
    /// No name of one is longer, and there may be thousands.
    const LONGEST: usize = 64;
    let lower = media_type.to_ascii_lowercase();
    let labels = lower.match_indices(NAME).filter_map(|(place, _)| {
        let said = lower[place + NAME.len()..].trim_start();
        if said.starts_with('*') {
            // A value of RFC 8187, which is no plain label: readers that do not know it differ in what they make of it.
            return Some("*".to_owned());
        }
        let before = |character: &char| character.is_whitespace() || "'\"".contains(*character);
        let behind = |character: &char| character.is_whitespace() || ";,'\"".contains(*character);
        let value = said.strip_prefix('=')?.chars().filter(|character| *character != '\\');
        let label = value.skip_while(before).take_while(|character| !behind(character));
        Some(label.take(LONGEST).collect())
    });
    labels.filter(|label| !label.is_empty()).collect()
}

/// What a body of some media type is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    Json,
    Form,
    Multipart,
    Xml,
    Yaml,
    /// Something else, or anything at all: a list of types.
    Other,
}

impl Syntax {
    /// The syntax of `media_type`, whatever its case and its parameters are.
    pub(crate) fn of(media_type: &str) -> Self {
        if is_several(media_type) {
            return Self::Other;
        }
        let essence = essence(media_type);
        // RFC 6839 and RFC 7303 have the suffixes, RFC 9512 the names of YAML.
        match essence.as_str() {
            "application/x-www-form-urlencoded" => Self::Form,
            "multipart/form-data" => Self::Multipart,
            json if json.ends_with("/json") || json.ends_with("+json") || json.ends_with("/x-json") => Self::Json,
            // The protocols of AWS have their version in the name.
            json if json.starts_with("application/x-amz-json-") => Self::Json,
            xml if xml.ends_with("/xml") || xml.ends_with("+xml") => Self::Xml,
            yaml if yaml.ends_with("yaml") => Self::Yaml,
            _ => Self::Other,
        }
    }
}

/// Whether `written` stands for more than one type: `image/*`, or `image/png, image/jpeg`. What is quoted is the value of
/// a parameter.
pub(crate) fn is_several(written: &str) -> bool {
    written.split('"').step_by(2).any(|part| part.contains(['*', ',']))
}

/// The type that a file of the type `own` is sent as where `accepted` are taken; `None` when it is none of them. A list
/// that holds bytes of any kind takes every file.
pub(crate) fn of_file<'t>(accepted: &'t str, own: &'t str) -> Option<&'t str> {
    const ANY_BYTES: &str = "application/octet-stream";
    if !is_several(accepted) {
        return Some(accepted);
    }
    let all: Vec<String> = accepted.split(',').map(essence).collect();
    let type_of_own = essence(own);
    let main_type = type_of_own.split('/').next().unwrap_or_default();
    let is_type = type_of_own.parse::<mime::Mime>().is_ok() && !is_several(own);
    let fits = |one: &String| match one.as_str() {
        "*" | "*/*" => true,
        one => *one == type_of_own || one.strip_suffix("/*") == Some(main_type),
    };
    if is_type && all.iter().any(fits) {
        return Some(own);
    }
    let takes_bytes = |one: &String| matches!(one.as_str(), "*" | "*/*" | "application/*" | ANY_BYTES);
    all.iter().any(takes_bytes).then_some(ANY_BYTES)
}

#[cfg(test)]
mod tests {
    use super::{Syntax, charsets, essence, of_file};

    #[test]
    fn a_character_set_is_found_wherever_a_reader_may_look_for_it() {
        for (written, expected) in [
            ("text/plain", &[][..]),
            ("text/plain; charset=", &[]),
            ("text/plain; Charset=\"UTF-8\"", &["utf-8"]),
            ("text/plain;charset=utf-8;q=1", &["utf-8"]),
            ("text/plain; xcharset=utf-8; charset=utf-16le", &["utf-8", "utf-16le"]),
            (
                "text/plain; a=\"charset=utf-8\"; charset=utf-16le",
                &["utf-8", "utf-16le"],
            ),
            ("text/plain; charset =\tutf-16le", &["utf-16le"]),
            ("text/plain; charset=\"utf\\-16le\"", &["utf-16le"]),
            ("text/plain; charset='utf-16le'", &["utf-16le"]),
            ("text/plain charset=utf-16le, a/b", &["utf-16le"]),
            ("text/plain; charset*=utf-8''utf-16le", &["*"]),
            ("text/charset", &[]),
        ] {
            assert_eq!(charsets(written), expected, "{written}");
        }
    }

    #[test]
    fn a_file_is_sent_as_what_it_is_where_several_types_are_taken() {
        for (accepted, own, expected) in [
            ("image/png", "text/plain", Some("image/png")),
            ("image/*", "image/jpeg", Some("image/jpeg")),
            ("image/*", "Image/JPEG; q=1", Some("Image/JPEG; q=1")),
            ("image/*", "text/plain", None),
            ("image/*", "imagex/png", None),
            ("image/png, image/jpeg", "image/jpeg", Some("image/jpeg")),
            ("image/png, image/jpeg", "image/gif", None),
            ("image/png, image/jpeg", "image/*", None),
            ("*/*", "text/plain", Some("text/plain")),
            ("*/*", "", Some("application/octet-stream")),
            ("*/*", "no type", Some("application/octet-stream")),
            ("*/*", "text/plain, text/html", Some("application/octet-stream")),
            (
                "image/png, application/octet-stream",
                "text/plain",
                Some("application/octet-stream"),
            ),
        ] {
            assert_eq!(of_file(accepted, own), expected, "{accepted} {own}");
        }
    }

    #[test]
    fn the_syntax_is_that_of_the_type_alone() {
        for (written, expected) in [
            ("Application/JSON; odata=verbose", Syntax::Json),
            ("application/vnd.api+json;charset=utf-8", Syntax::Json),
            ("application/json; profile=\"https://a.example/p,q*\"", Syntax::Json),
            ("application/x-amz-json-1.0", Syntax::Json),
            ("application/jsonl", Syntax::Other),
            ("application/json-seq", Syntax::Other),
            ("text/plain; of=\"a/json\"", Syntax::Other),
            ("image/png, text/json", Syntax::Other),
            ("application/soap+xml; charset=utf-8", Syntax::Xml),
            ("application/x-yaml", Syntax::Yaml),
            ("Application/X-WWW-Form-Urlencoded; charset=utf-8", Syntax::Form),
            ("multipart/form-data; boundary=a", Syntax::Multipart),
        ] {
            assert_eq!(Syntax::of(written), expected, "{written}");
        }
    }

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

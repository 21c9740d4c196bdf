//! From the bytes of an answer to JSON, text or a file.

use encoding_rs::{Encoding, UTF_8};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use mime::Mime;
use serde_json::Value;

use super::charset;
use crate::connector::Syntax;
use crate::runner::halves;

/// The media type of bytes that nobody says more about (RFC 9110, section 8.3).
pub(super) const UNKNOWN_TYPE: &str = "application/octet-stream";

/// What an answer's body is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Decoded {
    /// No bytes, or nothing but white space where text is expected.
    Empty,
    /// JSON, by its type or, where the type leaves it open, by its looks.
    Json(Value),
    /// Text of another kind.
    Text {
        /// The text.
        text: String,
        /// Whether bytes had to be replaced because they are not valid in the answer's character set.
        damaged: bool,
    },
    /// An image, audio, or anything else that is no text.
    Binary {
        /// The media type without parameters.
        mime_type: String,
    },
}

/// Decodes a body as its `Content-Type` says. Integers of more than 64 bits become the nearest double.
///
/// # Errors
/// Why a body that claims to be JSON is none, without quoting it.
pub(super) fn decode(headers: &HeaderMap, body: &[u8]) -> Result<Decoded, String> {
    if body.is_empty() {
        return Ok(Decoded::Empty);
    }
    let media_type = media_type(headers);
    match kind(media_type.as_ref(), body) {
        Kind::Json => {
            let text = json_text(media_type.as_ref(), body)?;
            let text = text.trim();
            if text.is_empty() {
                return Ok(Decoded::Empty);
            }
            halves::read(text).map(Decoded::Json).map_err(|error| reason(&error))
        }
        Kind::Text { may_be_json } => {
            let (text, _, damaged) = character_set(media_type.as_ref(), body).decode(body);
            if text.trim().is_empty() {
                return Ok(Decoded::Empty);
            }
            // Sloppy servers send JSON as plain text; a bare word or number stays text, though.
            if may_be_json
                && text.trim_start().starts_with(['{', '['])
                && let Ok(value) = halves::read(&text)
            {
                return Ok(Decoded::Json(value));
            }
            Ok(Decoded::Text {
                text: text.into_owned(),
                damaged,
            })
        }
        Kind::Binary => Ok(Decoded::Binary {
            mime_type: media_type.map_or_else(|| UNKNOWN_TYPE.to_owned(), |media| media.essence_str().to_owned()),
        }),
    }
}

/// The media type, when there is a readable one.
pub(super) fn media_type(headers: &HeaderMap) -> Option<Mime> {
    headers.get(CONTENT_TYPE)?.to_str().ok()?.parse().ok()
}

enum Kind {
    Json,
    Text {
        /// Whether the type leaves open that the text is JSON.
        may_be_json: bool,
    },
    Binary,
}

fn kind(media_type: Option<&Mime>, body: &[u8]) -> Kind {
    let Some(media_type) = media_type else {
        let is_text = std::str::from_utf8(body).is_ok_and(|text| !text.contains('\0'));
        return if is_text {
            Kind::Text { may_be_json: true }
        } else {
            Kind::Binary
        };
    };
    let subtype = media_type.subtype().as_str();
    let suffix = media_type.suffix().map(|suffix| suffix.as_str());
    match media_type.type_().as_str() {
        _ if Syntax::of(media_type.essence_str()) == Syntax::Json => Kind::Json,
        "text" => Kind::Text {
            may_be_json: subtype == "plain",
        },
        "application" if suffix == Some("xml") || suffix == Some("yaml") || TEXTUAL.contains(&subtype) => {
            Kind::Text { may_be_json: false }
        }
        // An SVG is more use to a model as text.
        "image" if suffix == Some("xml") => Kind::Text { may_be_json: false },
        _ => Kind::Binary,
    }
}

/// Subtypes of `application` that are text.
const TEXTUAL: [&str; 17] = [
    "csv",
    "ecmascript",
    "graphql",
    "javascript",
    "json-seq",
    "jsonl",
    "jwt",
    "ndjson",
    "sql",
    "toml",
    "x-javascript",
    "x-ndjson",
    "x-sh",
    "x-www-form-urlencoded",
    "x-yaml",
    "xml",
    "yaml",
];

/// What its type says, else what the text declares of itself. A byte order mark counts above both (RFC 7303, section 3),
/// which the decoder sees to.
fn character_set(media_type: Option<&Mime>, body: &[u8]) -> &'static Encoding {
    let label = media_type.and_then(|media_type| media_type.get_param(mime::CHARSET));
    label
        .and_then(|label| Encoding::for_label_no_replacement(label.as_str().as_bytes()))
        .or_else(|| charset::declared(media_type?, body))
        .unwrap_or(UTF_8)
}

/// The text of a JSON body: UTF-8 (RFC 8259, section 8.1) unless its type or a byte order mark says otherwise.
fn json_text<'a>(media_type: Option<&Mime>, body: &'a [u8]) -> Result<std::borrow::Cow<'a, str>, String> {
    let (text, used, damaged) = character_set(media_type, body).decode(body);
    if damaged {
        return Err(format!("its bytes are not valid {}", used.name()));
    }
    Ok(text)
}

/// What a JSON parser says, which is about syntax and never quotes.
fn reason(error: &serde_json::Error) -> String {
    let said = error.to_string();
    if said.starts_with("recursion limit exceeded") {
        return "it is nested more than 127 levels deep".to_owned();
    }
    if error.is_eof() {
        return format!("it breaks off: {said}");
    }
    said
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn decode_as(content_type: Option<&str>, body: &[u8]) -> Result<Decoded, String> {
        let mut headers = HeaderMap::new();
        if let Some(content_type) = content_type {
            headers.insert(CONTENT_TYPE, content_type.parse().expect("a header"));
        }
        decode(&headers, body)
    }

    fn text(text: &str) -> Decoded {
        Decoded::Text {
            text: text.to_owned(),
            damaged: false,
        }
    }

    #[test]
    fn bodies_are_what_their_type_says() {
        let binary = |mime_type: &str| Decoded::Binary {
            mime_type: mime_type.to_owned(),
        };
        let table: [(Option<&str>, &[u8], Decoded); 36] = [
            (Some("application/json"), b"{\"a\":1}", Decoded::Json(json!({"a": 1}))),
            (Some("application/json"), b" 7\n", Decoded::Json(json!(7))),
            (
                Some("application/json; charset=utf-8"),
                "\"\u{e9}\"".as_bytes(),
                Decoded::Json(json!("é")),
            ),
            (Some("APPLICATION/JSON"), b"null", Decoded::Json(json!(null))),
            (Some("application/vnd.api+json"), b"[]", Decoded::Json(json!([]))),
            (Some("application/problem+json"), b"{}", Decoded::Json(json!({}))),
            (Some("text/json"), b"1", Decoded::Json(json!(1))),
            (
                Some("application/json"),
                b"\xef\xbb\xbf{\"a\":1}",
                Decoded::Json(json!({"a": 1})),
            ),
            (
                Some("application/json; charset=iso-8859-1"),
                b"\"\xe9\"",
                Decoded::Json(json!("é")),
            ),
            (Some("application/json"), b"\xff\xfe1\0", Decoded::Json(json!(1))),
            (
                Some("application/json; charset=utf-16le"),
                b"1\0",
                Decoded::Json(json!(1)),
            ),
            (
                Some("application/json"),
                b"\"\\ud834\\udd1e\"",
                Decoded::Json(json!("𝄞")),
            ),
            (
                Some("application/json"),
                b"18446744073709551615",
                Decoded::Json(json!(u64::MAX)),
            ),
            (
                Some("application/json"),
                b"18446744073709551617",
                Decoded::Json(json!(18_446_744_073_709_552_000.0_f64)),
            ),
            (Some("application/json"), b"", Decoded::Empty),
            (Some("application/json"), b" \r\n", Decoded::Empty),
            (None, b"", Decoded::Empty),
            (None, b"{\"a\":1}", Decoded::Json(json!({"a": 1}))),
            (None, b"hello", text("hello")),
            (None, b"{broken", text("{broken")),
            (None, b"\xff\xfe\x00", binary("application/octet-stream")),
            (Some("text/plain"), b"[1]", Decoded::Json(json!([1]))),
            (Some("text/plain"), b"12", text("12")),
            (Some("text/plain; charset=windows-1252"), b"\x80", text("€")),
            (Some("text/html"), b"{\"a\":1}", text("{\"a\":1}")),
            (Some("text/csv"), b"a,b\n1,2", text("a,b\n1,2")),
            (Some("application/xml"), b"<a/>", text("<a/>")),
            (Some("image/svg+xml"), b"<svg/>", text("<svg/>")),
            (Some("image/png; x=1"), b"{}", binary("image/png")),
            (Some("not a type"), b"plain", text("plain")),
            (
                Some("application/json"),
                b"{\"a\":\"x\\ud83d\"}",
                Decoded::Json(json!({"a": "x\u{fffd}"})),
            ),
            (Some("text/plain"), b"[\"\\ud83d\"]", Decoded::Json(json!(["\u{fffd}"]))),
            (Some("application/x-json"), b"[1]", Decoded::Json(json!([1]))),
            (Some("application/x-amz-json-1.1"), b"{}", Decoded::Json(json!({}))),
            (Some("application/json-seq"), b"\x1e{}\n", text("\u{1e}{}\n")),
            (Some("application/csv"), b"a,b", text("a,b")),
        ];
        for (content_type, body, expected) in table {
            assert_eq!(
                decode_as(content_type, body),
                Ok(expected),
                "{content_type:?} {}",
                String::from_utf8_lossy(body)
            );
        }
    }

    #[test]
    fn texts_may_say_which_character_set_they_have() {
        let table: [(Option<&str>, &[u8], Decoded); 17] = [
            // What describes a page may speak of any, and what replaces everything is none.
            (
                Some("text/html"),
                b"<meta name=\"description\" content=\"charset=iso-8859-1\"><meta charset=utf-8>\xc3\xa9",
                text("<meta name=\"description\" content=\"charset=iso-8859-1\"><meta charset=utf-8>\u{e9}"),
            ),
            (
                Some("text/html"),
                b"<meta charset=\"iso-2022-kr\">\xc3\xa9",
                text("<meta charset=\"iso-2022-kr\">\u{e9}"),
            ),
            (
                Some("application/xml"),
                b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xe9</a>",
                text("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\u{e9}</a>"),
            ),
            (
                Some("application/atom+xml"),
                b"<?xml version='1.0' encoding = 'windows-1252' ?><a>\x80</a>",
                text("<?xml version='1.0' encoding = 'windows-1252' ?><a>\u{20ac}</a>"),
            ),
            // What the type says counts, and a byte order mark above all.
            (
                Some("text/xml; charset=utf-8"),
                b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\xc3\xa9",
                text("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\u{e9}"),
            ),
            (
                Some("text/xml"),
                b"\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\xc3\xa9",
                text("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\u{e9}"),
            ),
            // What can be read as ASCII is no UTF-16, whatever it says.
            (
                Some("text/xml"),
                b"<?xml version=\"1.0\" encoding=\"UTF-16\"?>\xc3\xa9",
                text("<?xml version=\"1.0\" encoding=\"UTF-16\"?>\u{e9}"),
            ),
            (
                Some("text/xml"),
                b"<a encoding=\"ISO-8859-1\">\xc3\xa9</a>",
                text("<a encoding=\"ISO-8859-1\">\u{e9}</a>"),
            ),
            (
                Some("text/xml"),
                b"<?xml encoding=\"\xc3",
                Decoded::Text {
                    text: "<?xml encoding=\"\u{fffd}".to_owned(),
                    damaged: true,
                },
            ),
            (
                Some("text/html"),
                b"<html><META name=x><meta CHARSET=iso-8859-1>\xe9",
                text("<html><META name=x><meta CHARSET=iso-8859-1>\u{e9}"),
            ),
            (
                Some("text/html"),
                b"<meta http-equiv=\"Content-Type\" content=\"text/html; charset=windows-1252\">\x80",
                text("<meta http-equiv=\"Content-Type\" content=\"text/html; charset=windows-1252\">\u{20ac}"),
            ),
            (
                Some("text/html; charset=utf-8"),
                b"<meta charset=\"iso-8859-1\">\xc3\xa9",
                text("<meta charset=\"iso-8859-1\">\u{e9}"),
            ),
            (
                Some("text/html"),
                b"<meta charset=\"utf-16\">\xc3\xa9",
                text("<meta charset=\"utf-16\">\u{e9}"),
            ),
            (
                Some("text/html"),
                b"<p>charset=iso-8859-1 \xc3\xa9",
                text("<p>charset=iso-8859-1 \u{e9}"),
            ),
            (
                Some("text/html"),
                b"<metal charset=iso-8859-1>\xc3\xa9",
                text("<metal charset=iso-8859-1>\u{e9}"),
            ),
            (
                Some("text/plain"),
                b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\xc3\xa9",
                text("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\u{e9}"),
            ),
            (
                Some("text/csv"),
                b"<meta charset=iso-8859-1>\xc3\xa9",
                text("<meta charset=iso-8859-1>\u{e9}"),
            ),
        ];
        for (content_type, body, expected) in table {
            assert_eq!(
                decode_as(content_type, body),
                Ok(expected),
                "{}",
                String::from_utf8_lossy(body)
            );
        }
    }

    #[test]
    fn damaged_text_is_marked() {
        let expected = Decoded::Text {
            text: "a\u{fffd}b".to_owned(),
            damaged: true,
        };
        assert_eq!(
            decode_as(Some("text/plain; charset=utf-8"), b"a\xffb"),
            Ok(expected.clone())
        );
        assert_eq!(decode_as(Some("text/plain; charset=no-such"), b"a\xffb"), Ok(expected));
    }

    #[test]
    fn broken_json_says_why_without_quoting() {
        let deep = "[".repeat(100_000);
        let table: [(&str, &[u8], &str); 10] = [
            (
                "application/json",
                b"{\"secret\": hunter2}",
                "expected value at line 1 column 12",
            ),
            ("application/json", b"{\"secret\": \"hunter2", "breaks off"),
            ("application/json", b"{} trailing hunter2", "trailing characters"),
            (
                "application/json",
                b"<html>hunter2</html>",
                "expected value at line 1 column 1",
            ),
            ("application/json", b"1e400", "number out of range"),
            ("application/json", b"\"\\ud83 hunter2\"", "invalid escape"),
            ("application/json", b"\"\xff hunter2\"", "not valid UTF-8"),
            ("application/json; charset=utf-8", b"\xe9", "not valid UTF-8"),
            ("application/json", b"NaN", "expected"),
            ("application/json", deep.as_bytes(), "more than 127 levels"),
        ];
        for (content_type, body, expected) in table {
            let reason = decode_as(Some(content_type), body).expect_err(expected);
            assert!(reason.contains(expected), "{reason}");
            assert!(!reason.contains("hunter2"), "{reason}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(content_type in "(application|text|image)/(json|x\\+json|plain|html)(; charset=.{0,8})?", body: Vec<u8>) {
            let mut headers = HeaderMap::new();
            if let Ok(value) = http::HeaderValue::from_str(&content_type) {
                headers.insert(CONTENT_TYPE, value);
            }
            drop(decode(&headers, &body));
        }
    }
}

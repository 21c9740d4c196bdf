//! The name that an API gives the file it answers with: `Content-Disposition` (RFC 6266).

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use http::HeaderMap;
use http::header::CONTENT_DISPOSITION;
use percent_encoding::percent_decode_str;

/// The name in an answer's headers, as it was written: it may name a place elsewhere, or hold a secret that is encoded
/// there. `clean` takes secrets out of the whole header first: a quote in one would cut it, and its rest would not be
/// found. `filename*` says the name better than `filename`, where both are there.
pub(super) fn named(headers: &HeaderMap, clean: impl FnOnce(&str) -> String) -> Option<String> {
    let written = headers.get(CONTENT_DISPOSITION)?.as_bytes();
    // No header says in what it is encoded; what is not the one is the other (RFC 9110, section 5.5).
    let (text, _, damaged) = UTF_8.decode(written);
    let text = if damaged { WINDOWS_1252.decode(written).0 } else { text };
    let text = clean(&text);
    let parameters = parameters(&text);
    let value = |wanted: &str| {
        let mut found = parameters.iter().filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.next().map(|(_, value)| value.as_str())
    };
    let name = value("filename*")
        .and_then(extended)
        .or_else(|| value("filename").map(str::to_owned));
    name.filter(|name| !name.trim().is_empty())
}

/// The parameters behind the first word, in their order.
fn parameters(header: &str) -> Vec<(&str, String)> {
    let mut parameters = Vec::new();
    let mut rest = header.split_once(';').map_or("", |(_, rest)| rest);
    while let Some((name, after)) = rest.split_once('=') {
        // A parameter without a value, and whatever else stands before the name, says nothing.
        let name = name.rsplit(';').next().unwrap_or(name).trim();
        let (value, after) = if let Some(quoted) = after.trim_start().strip_prefix('"') {
            unquoted(quoted)
        } else {
            let (value, after) = after.split_once(';').unwrap_or((after, ""));
            (value.trim().to_owned(), after)
        };
        parameters.push((name, value));
        rest = after;
    }
    parameters
}

/// A quoted text without its quotes and escapes, and what stands behind it. Its opening quote is gone already.
fn unquoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((position, character)) = characters.next() {
        match character {
            '"' => return (value, text.get(position + 1..).unwrap_or_default()),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            other => value.push(other),
        }
    }
    (value, "")
}

/// A value that names its character set: `UTF-8'en'a%20b` (RFC 8187). None where it is not written so.
fn extended(value: &str) -> Option<String> {
    let (character_set, rest) = value.split_once('\'')?;
    let (_, encoded) = rest.split_once('\'')?;
    let bytes: Vec<u8> = percent_decode_str(encoded).collect();
    let (text, _, damaged) = Encoding::for_label_no_replacement(character_set.as_bytes())?.decode(&bytes);
    (!damaged).then(|| text.into_owned())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn name(header: &[u8]) -> Option<String> {
        let header = HeaderValue::from_bytes(header).expect("a header");
        named(&HeaderMap::from_iter([(CONTENT_DISPOSITION, header)]), str::to_owned)
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        for (header, expected) in [
            ("attachment; filename=\"report-2024.pdf\"", "report-2024.pdf"),
            ("attachment; filename=report.pdf", "report.pdf"),
            ("ATTACHMENT;FileName = report.pdf ; size=3", "report.pdf"),
            ("inline; filename=\"a;b=\\\"c\\\".pdf\"; x=y", "a;b=\"c\".pdf"),
            ("attachment; filename=\"é.pdf\"", "é.pdf"),
            (
                "attachment; filename=\"old.pdf\"; filename*=UTF-8''%e2%82%ac%20rates.pdf",
                "€ rates.pdf",
            ),
            (
                "attachment; filename*=iso-8859-1'en'%A3.pdf; filename=\"old.pdf\"",
                "£.pdf",
            ),
            // What cannot be read leaves the other.
            ("attachment; filename=\"old.pdf\"; filename*=UTF-8''%ff.pdf", "old.pdf"),
            (
                "attachment; filename=\"old.pdf\"; filename*=x-unknown''a.pdf",
                "old.pdf",
            ),
            ("attachment; filename=\"old.pdf\"; filename*=a.pdf", "old.pdf"),
            ("attachment; x; filename=a.pdf; filename=b.pdf", "a.pdf"),
            ("attachment; filename=\"unclosed.pdf", "unclosed.pdf"),
        ] {
            assert_eq!(name(header.as_bytes()).as_deref(), Some(expected), "{header}");
        }
        assert_eq!(name(b"attachment; filename=\"\xe9.pdf\"").as_deref(), Some("é.pdf"));
    }

    #[test]
    fn what_names_nothing_gives_no_name() {
        assert_eq!(named(&HeaderMap::new(), str::to_owned), None);
        for header in [
            "attachment",
            "filename=a.pdf",
            "attachment; filename=\" \"",
            "attachment; name=a",
            ";;=;",
            "",
        ] {
            assert_eq!(name(header.as_bytes()), None, "{header}");
        }
    }
}

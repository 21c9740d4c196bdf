//! Paths of operations as paths of actions.

use std::fmt::Write as _;

/// A path taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Path {
    /// Literal text, percent-encoded, and names of placeholders, one after the other.
    pub(super) pieces: Vec<Piece>,
    /// Query parameters that are written in the path.
    pub(super) query: Vec<(String, String)>,
    /// Those whose values have placeholders, which are mostly declared as such as well.
    pub(super) open_query: Vec<OpenPair>,
}

/// A query parameter that is written in a path with placeholders.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct OpenPair {
    /// What the API calls it.
    pub(super) name: String,
    /// As it is written.
    pub(super) written: String,
}

impl OpenPair {
    /// The names of its placeholders.
    pub(super) fn placeholders(&self) -> impl Iterator<Item = &str> {
        let parts = self.written.split('{').skip(1);
        parts.filter_map(|part| Some(part.split_once('}')?.0.trim()))
    }

    /// Whether its value is one placeholder and nothing else, and its name has none.
    pub(super) fn is_plain(&self) -> bool {
        let value = self.written.split_once('=').map_or("", |(_, value)| value.trim());
        let inner = value.strip_prefix('{').and_then(|value| value.strip_suffix('}'));
        !self.name.contains(['{', '}']) && inner.is_some_and(|name| !name.contains(['{', '}']))
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Literal(String),
    Placeholder(String),
}

/// Takes apart what a description writes as a path. A fragment only tells operations apart and is never sent.
///
/// # Errors
/// Why there can be no such request.
pub(super) fn parse(written: &str) -> Result<Path, String> {
    let written = written.split('#').next().unwrap_or_default();
    let (path, query) = split_query(written);
    // Between placeholders a dot is text: `/{name}.{format}`.
    if path.split('/').any(|segment| matches!(segment.trim(), "." | "..")) {
        return Err("its path has a segment that is `.` or `..`".to_owned());
    }
    let mut pieces = Vec::new();
    let mut rest = path.trim();
    while let Some(open) = rest.find('{') {
        let Some(length) = rest[open..].find('}') else {
            return Err("a `{` in its path is never closed".to_owned());
        };
        push_literal(&rest[..open], &mut pieces)?;
        let name = rest[open + 1..open + length].trim();
        if name.is_empty() || name.contains('{') {
            return Err("a placeholder in its path has no name".to_owned());
        }
        pieces.push(Piece::Placeholder(name.to_owned()));
        rest = &rest[open + length + 1..];
    }
    push_literal(rest, &mut pieces)?;
    match pieces.first() {
        Some(Piece::Literal(text)) if text.starts_with('/') => {}
        Some(Piece::Literal(text)) => {
            let text = format!("/{text}");
            pieces[0] = Piece::Literal(text);
        }
        _ => pieces.insert(0, Piece::Literal("/".to_owned())),
    }
    let mut pairs = Vec::new();
    let mut open_query = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decode = |text: &str| {
            percent_encoding::percent_decode_str(text)
                .decode_utf8_lossy()
                .into_owned()
        };
        let (plain_name, plain_value) = (decode(name), decode(value));
        // Braces that are encoded would be those of a template, which a description is not.
        if [&plain_name, &plain_value].iter().any(|text| text.contains(['{', '}'])) {
            open_query.push(OpenPair {
                name: plain_name,
                written: pair.to_owned(),
            });
        } else {
            pairs.push((plain_name, plain_value));
        }
    }
    Ok(Path {
        pieces,
        query: pairs,
        open_query,
    })
}

/// The path without its query, and the query. `{?a,b}` (RFC 6570) is no query.
fn split_query(written: &str) -> (&str, &str) {
    let mut depth = 0usize;
    for (at, character) in written.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            '?' if depth == 0 => return (&written[..at], &written[at + 1..]),
            _ => {}
        }
    }
    (written, "")
}

fn push_literal(text: &str, pieces: &mut Vec<Piece>) -> Result<(), String> {
    if text.contains('}') {
        return Err("a `}` in its path closes nothing".to_owned());
    }
    let mut encoded = String::with_capacity(text.len());
    let bytes = text.as_bytes();
    for (index, byte) in bytes.iter().enumerate() {
        let is_escape = *byte == b'%'
            && bytes
                .get(index + 1..index + 3)
                .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        if is_escape || byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=:@".contains(byte) {
            encoded.push(char::from(*byte));
        } else {
            // Writing to a string does not fail.
            write!(encoded, "%{byte:02X}").map_err(|error| error.to_string())?;
        }
    }
    if !encoded.is_empty() {
        pieces.push(Piece::Literal(encoded));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(written: &str) -> Result<String, String> {
        parse(written).map(|path| {
            let pieces: Vec<String> = path
                .pieces
                .into_iter()
                .map(|piece| match piece {
                    Piece::Literal(text) => text,
                    Piece::Placeholder(name) => format!("<{name}>"),
                })
                .collect();
            let query: Vec<String> = path
                .query
                .iter()
                .map(|(name, value)| format!(" {name}={value}"))
                .collect();
            pieces.concat() + &query.concat()
        })
    }

    #[test]
    fn encoded_braces_make_no_template() {
        let path = parse("/w?x=%7B%7Bsettings.y%7D%7D&%7By=1&z=%7D").unwrap();
        assert!(path.query.is_empty(), "{:?}", path.query);
        assert_eq!(path.open_query.len(), 3);
        assert!(path.open_query.iter().all(|pair| !pair.is_plain()));
    }

    #[test]
    fn placeholders_of_a_query_are_told_from_what_is_more() {
        let path = parse("/a?x=1&b%20c={d}&e=f-{g}.{h}&{i}&{j}={k}").unwrap();
        let shown: Vec<(&str, Vec<&str>, bool)> = path
            .open_query
            .iter()
            .map(|pair| (pair.name.as_str(), pair.placeholders().collect(), pair.is_plain()))
            .collect();
        assert_eq!(
            shown,
            [
                ("b c", vec!["d"], true),
                ("e", vec!["g", "h"], false),
                ("{i}", vec!["i"], false),
                ("{j}", vec!["j", "k"], false),
            ]
        );
    }

    #[test]
    fn paths_are_taken_apart() {
        for (written, expected) in [
            ("/pets/{petId}/toys", "/pets/<petId>/toys"),
            ("/a.{format}", "/a.<format>"),
            ("/{name}.{format}", "/<name>.<format>"),
            ("/{from}..{to}", "/<from>..<to>"),
            ("pets", "/pets"),
            ("{id}", "/<id>"),
            ("/a b/ü/%20", "/a%20b/%C3%BC/%20"),
            ("/a?x=1&y=a%20b&z={z}", "/a x=1 y=a b"),
            ("/#Action=List", "/"),
            ("/a:verb", "/a:verb"),
            ("/a{?x,y}", "/a<?x,y>"),
            ("", "/"),
        ] {
            assert_eq!(shown(written).as_deref(), Ok(expected), "{written}");
        }
        for (written, part) in [
            ("/a/{id", "never closed"),
            ("/a/id}", "closes nothing"),
            ("/a/{}", "no name"),
            ("/a/../b", "`..`"),
            ("/./{a}", "`..`"),
            ("{a}/..", "`..`"),
        ] {
            assert!(shown(written).unwrap_err().contains(part), "{written}");
        }
    }
}

//! The header `Link` names the next page: `Link: <https://…>; rel="next"` (RFC 8288).

use http::HeaderValue;

use super::target::target;
use super::{Kind, Page, PageError, Step, Style};

pub(super) const KIND: Kind = Kind {
    name: "link",
    description: "The header `Link` names the next page (RFC 8288).",
    keeps_url: false,
    needs: &[],
    takes: &[],
    read: |_| Some(Box::new(Link)),
};

#[derive(Debug)]
struct Link;

impl Style for Link {
    fn next(&self, page: &Page<'_>) -> Result<Option<Step>, PageError> {
        let target_of = |line: &HeaderValue| next_target(&String::from_utf8_lossy(line.as_bytes()));
        match page.links.iter().find_map(target_of) {
            Some(text) => target(page, &text).map(|url| Some(Step::Url(url))),
            None => Ok(None),
        }
    }
}

/// The target of the first link in `line` that leads to the next page.
fn next_target(line: &str) -> Option<String> {
    let mut rest = line;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let (target, parameters) = rest.strip_prefix('<')?.split_once('>')?;
        let mut said = Parameters::default();
        rest = said.read(parameters);
        // A link with an anchor is one of something else than this answer (RFC 8288, section 3.2).
        if said.is_next && !said.has_anchor {
            return Some(target.trim().to_owned());
        }
    }
}

/// What the parameters of a link say.
#[derive(Default)]
struct Parameters {
    is_next: bool,
    has_anchor: bool,
    /// Whether `rel` was there: only the first one counts (RFC 8288, section 3.3).
    has_relation: bool,
}

impl Parameters {
    /// Reads the parameters at the beginning of `text`; returns what follows the link.
    fn read<'t>(&mut self, text: &'t str) -> &'t str {
        let mut rest = text.trim_start_matches(SPACE);
        while let Some(parameter) = rest.strip_prefix(';') {
            let parameter = parameter.trim_start_matches(SPACE);
            let end = parameter.find(['=', ';', ',', ' ', '\t']).unwrap_or(parameter.len());
            let (name, after) = parameter.split_at(end);
            rest = after.trim_start_matches(SPACE);
            let mut value = String::new();
            if let Some(written) = rest.strip_prefix('=') {
                (value, rest) = read_value(written.trim_start_matches(SPACE));
                rest = rest.trim_start_matches(SPACE);
            }
            self.note(name, &value);
        }
        // What is left before the next comma is no parameter.
        rest.find(',').map_or("", |comma| &rest[comma..])
    }

    fn note(&mut self, name: &str, value: &str) {
        if name.eq_ignore_ascii_case("anchor") {
            self.has_anchor = true;
        } else if name.eq_ignore_ascii_case("rel") && !self.has_relation {
            self.has_relation = true;
            self.is_next = value
                .split_ascii_whitespace()
                .any(|relation| relation.eq_ignore_ascii_case("next"));
        }
    }
}

const SPACE: [char; 2] = [' ', '\t'];

/// A token or a quoted string (RFC 9110, section 5.6.4), and what follows it.
fn read_value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ',', ' ', '\t']).unwrap_or(text.len());
        let (token, rest) = text.split_at(end);
        return (token.to_owned(), rest);
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            character => value.push(character),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::step_with_links;
    use super::*;

    #[test]
    fn the_next_link_is_found() {
        let table = [
            ("<a?page=2>; rel=\"next\"", Some("a?page=2")),
            ("<a>; rel=next", Some("a")),
            ("<a>;rel=NEXT", Some("a")),
            ("<a>; REL = \"next\" ; title=x", Some("a")),
            ("<a>; rel=\"prev\", <b>; rel=\"next\", <c>; rel=\"last\"", Some("b")),
            (
                "<a,b>; title=\"x, <y>; rel=\\\"next\\\"\"; rel=prev, <c;d>; rel=\"last next\"",
                Some("c;d"),
            ),
            (" , <a>; title*=UTF-8''%e2; rel=next", Some("a")),
            ("<a>; rel=prev; rel=next", None),
            ("<a>; anchor=\"#x\"; rel=next", None),
            ("<a>; anchor=\"#x\"; rel=next, <b>; rel=next", Some("b")),
            ("<a>; rev=next", None),
            ("<a>", None),
            ("<a>; rel=\"nextish\"", None),
            ("<a>; rel=\"next", Some("a")),
            ("<a", None),
            ("a; rel=next", None),
            ("", None),
            ("<a> rel=next, <b>; rel=next", Some("b")),
        ];
        for (line, expected) in table {
            assert_eq!(next_target(line).as_deref(), expected, "{line}");
        }
    }

    #[test]
    fn links_may_stand_in_several_lines() {
        let links = ["<?page=1>; rel=prev", "<?page=3>; rel=next"];
        let step = step_with_links(json!({"style": "link"}), None, 1, &json!([]), &links);
        let url = "https://api.example.com/v1/list?page=3".parse().expect("a URL");
        assert_eq!(step, Ok(Some(Step::Url(url))));
        let step = step_with_links(json!({"style": "link"}), None, 1, &json!([]), &[]);
        assert_eq!(step, Ok(None));
    }

    proptest::proptest! {
        #[test]
        fn no_line_is_too_odd(line in "[<>;,=\"\\\\ a-z*?é]{0,60}") {
            drop(next_target(&line));
        }
    }
}

//! The text of an HTML or XML page: gateways answer with pages where an API would say what is wrong.

/// Elements that stand within a word or a line. Everything else parts words.
const INLINE: [&str; 20] = [
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "kbd", "mark", "s", "samp", "small", "span",
    "strong", "tt", "u", "wbr",
];

/// Elements whose content is no text, and what ends them.
const SKIPPED: [(&str, &str); 3] = [("<script", "</script"), ("<style", "</style"), ("<!--", "-->")];

/// `text` without tags, comments, scripts and styles, with character references read; as it is when it is no page.
///
/// Words that only markup parts come together again, so that a secret in them is found.
pub(super) fn without_markup(text: &str) -> String {
    let mut rest = text.trim_start();
    if !rest.starts_with('<') {
        return text.to_owned();
    }
    let mut plain = String::new();
    while let Some(open) = rest.find('<') {
        plain.push_str(&rest[..open]);
        rest = &rest[open..];
        let skipped = SKIPPED.iter().find(|(start, _)| starts_with_ignoring_case(rest, start));
        let end = skipped.map_or(Some(0), |(_, end)| find_ignoring_case(rest, end));
        let Some(close) = end.and_then(|end| Some(end + rest[end..].find('>')?)) else {
            rest = "";
            break;
        };
        if parts_words(&rest[1..close]) {
            plain.push(' ');
        }
        rest = &rest[close + 1..];
    }
    plain.push_str(rest);
    with_references_read(&plain)
}

/// Whether a tag, given without its brackets, stands between words. Comments do not.
fn parts_words(tag: &str) -> bool {
    let name = tag.trim_start_matches('/');
    let end = name
        .find(|character: char| !character.is_ascii_alphanumeric())
        .unwrap_or(name.len());
    !tag.starts_with("!--") && !INLINE.iter().any(|inline| inline.eq_ignore_ascii_case(&name[..end]))
}

/// Reads numeric character references and the names that XML and most pages use.
fn with_references_read(text: &str) -> String {
    let mut read = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        read.push_str(&rest[..start]);
        rest = &rest[start..];
        // The longest that is known has ten characters: `&#1114111;`.
        let end = rest.bytes().take(10).position(|byte| byte == b';');
        if let Some((end, character)) = end.and_then(|end| Some((end, character(&rest[1..end])?))) {
            read.push(character);
            rest = &rest[end + 1..];
        } else {
            read.push('&');
            rest = &rest[1..];
        }
    }
    read.push_str(rest);
    read
}

fn character(reference: &str) -> Option<char> {
    match reference {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        number => {
            let number = number.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
                None => number.parse(),
            };
            code.ok().and_then(char::from_u32)
        }
    }
}

fn starts_with_ignoring_case(text: &str, wanted: &str) -> bool {
    text.get(..wanted.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(wanted))
}

/// Where `wanted`, which is ASCII, begins in `text`. Then both its ends are character boundaries.
pub(super) fn find_ignoring_case(text: &str, wanted: &str) -> Option<usize> {
    text.as_bytes()
        .windows(wanted.len())
        .position(|window| window.eq_ignore_ascii_case(wanted.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_lose_their_markup() {
        let table = [
            (
                "<html><head><title>502 Bad&nbsp;Gateway</title><style>p{}</style></head><body><!-- x --><h1>502</h1><script>if(a<b){}</script>a &amp; b</body></html>",
                "502 Bad Gateway 502 a & b",
            ),
            ("  <p>broken", "broken"),
            ("<p", ""),
            ("<script>never closed", ""),
            ("<STYLE>x</Style>y", "y"),
            (
                "<p>to<b>ge</b><wbr>th<!-- x -->er<BR/>apart<li>again",
                "together apart again",
            ),
            (
                "<p>&#65;&#x42;&lt;&#0;&bogus;&#xD800; & é&#99999999999;",
                "AB<\0&bogus;&#xD800; & é&#99999999999;",
            ),
            ("a < b is plain &lt;", "a < b is plain &lt;"),
            (" \n ", ""),
        ];
        for (page, expected) in table {
            let text = without_markup(page);
            assert_eq!(
                text.split(' ')
                    .filter(|word| !word.trim().is_empty())
                    .collect::<Vec<_>>()
                    .join(" "),
                expected,
                "{page}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(page in "(?s)(<|</|script|style|!--|-->|>|&#x?[0-9a-f]{0,3};|é|𝄞|b| |a){0,40}") {
            drop(without_markup(&page));
        }
    }
}

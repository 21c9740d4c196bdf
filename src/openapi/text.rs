//! Texts of a description as a model should read them: short, without markup, without the API's address.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// Longest text that is ever asked for, in characters.
const LONGEST: usize = 700;

/// How much of a text is looked at: the rest would be cut off anyway.
const MOST_READ: usize = 4 * LONGEST;

/// Shorter texts are cleaned faster than they are found.
const WORTH_KEEPING: usize = 24;

/// Names of the HTML tags that stand in descriptions.
const TAGS: [&str; 55] = [
    "a",
    "abbr",
    "b",
    "big",
    "blockquote",
    "br",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "iframe",
    "img",
    "ins",
    "kbd",
    "li",
    "nobr",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
];

/// Those that stand within a line.
const INLINE_TAGS: [&str; 20] = [
    "a", "abbr", "b", "cite", "code", "del", "em", "font", "i", "ins", "kbd", "mark", "s", "small", "span", "strong",
    "sub", "sup", "tt", "u",
];

/// Those that are also words for what may stand at a place: only what is closed somewhere is a tag.
const TELLING_TAGS: [&str; 32] = [
    "address", "article", "aside", "body", "button", "caption", "details", "footer", "form", "head", "header", "html",
    "input", "label", "legend", "link", "main", "mark", "menu", "nav", "object", "option", "picture", "section",
    "select", "source", "style", "summary", "time", "title", "tt", "u",
];

/// What is cleaned out of every text.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// Origins of the API, e.g. `https://crm.example.com`: agents must not see them (contract S1-34).
    origins: Vec<String>,
    hosts: Vec<String>,
    /// What became of texts: the same schema stands in many tools, and is tried with several limits in each.
    kept: RefCell<HashMap<String, Rc<str>>>,
}

impl Texts {
    /// Texts of an API at these base URLs.
    pub(super) fn new<'u>(base_urls: impl IntoIterator<Item = &'u url::Url>) -> Self {
        let mut texts = Self::default();
        for url in base_urls {
            if let Some(host) = url.host_str() {
                let host = url
                    .port()
                    .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
                for scheme in ["https", "http"] {
                    texts.origins.push(format!("{scheme}://{host}"));
                }
                texts.hosts.push(host);
                texts.hosts.extend(url.host_str().map(str::to_owned));
            }
        }
        texts.hosts.dedup();
        texts
    }

    /// `text` on one line, without markup, at most about `longest` characters: whole sentences while they fit.
    pub(super) fn short(&self, text: &str, longest: usize) -> String {
        if text.len() < WORTH_KEEPING {
            return cut(&self.plain(text), longest);
        }
        if let Some(plain) = self.kept.borrow().get(text) {
            return cut(plain, longest);
        }
        let plain: Rc<str> = cut(&self.plain(text), LONGEST).into();
        self.kept.borrow_mut().insert(text.to_owned(), Rc::clone(&plain));
        cut(&plain, longest)
    }

    /// The beginning of `text` on one line, without markup.
    fn plain(&self, text: &str) -> String {
        let end = text.char_indices().nth(MOST_READ).map_or(text.len(), |(at, _)| at);
        let begin = &text[..end];
        let mut plain = without_links(&without_tags(begin));
        for origin in &self.origins {
            if plain.contains(origin.as_str()) {
                plain = plain
                    .replace(&format!("{origin}/"), "/")
                    .replace(origin.as_str(), "the API");
            }
        }
        for host in &self.hosts {
            plain = replaced(plain, host, "the API");
        }
        // Templates of connectors begin so, and a description is not one.
        let plain = replaced(plain, "{{", "{ {");
        let words: Vec<Cow<'_, str>> = plain
            .split_whitespace()
            .map(without_marks)
            .filter(|word| {
                !word.is_empty() && !word.chars().all(|character| matches!(character, '#' | '-' | '=' | '|'))
            })
            .collect();
        words.join(" ")
    }
}

/// A word without what Markdown marks code and emphasis with. A star of code stays: it is one of a pattern, as in `*.txt`.
fn without_marks(word: &str) -> Cow<'_, str> {
    if word.contains('`') {
        let plain = word.replace('`', "");
        return if word.starts_with('*') {
            Cow::Owned(without_marks(&plain).into_owned())
        } else {
            Cow::Owned(plain)
        };
    }
    let body = word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')']);
    let inner = body.trim_matches('*');
    if inner.len() == body.len() {
        return Cow::Borrowed(word);
    }
    // Of one star at one end only, nobody can tell what it means.
    let is_marked = body.starts_with("**") || body.ends_with("**") || body.starts_with('*') && body.ends_with('*');
    if is_marked {
        Cow::Owned(format!("{inner}{}", &word[body.len()..]))
    } else {
        Cow::Borrowed(word)
    }
}

/// `text` with `new` in place of `old`, which most texts do not hold.
fn replaced(text: String, old: &str, new: &str) -> String {
    if text.contains(old) {
        text.replace(old, new)
    } else {
        text
    }
}

/// `text` up to the end of the last sentence that fits, else of the last word.
fn cut(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let end = text.char_indices().nth(longest).map_or(text.len(), |(at, _)| at);
    let begin = &text[..end];
    let sentence = [". ", "! ", "? "].iter().filter_map(|mark| begin.rfind(mark)).max();
    if let Some(at) = sentence.filter(|at| *at * 3 > end) {
        return begin[..=at].to_owned();
    }
    let word = begin.rfind(' ').unwrap_or(end);
    format!("{}...", begin[..word].trim_end_matches([',', ';', ':', '.', ' ']))
}

/// `text` without HTML tags: `<p>`, `</a>`, `<br/>`. A `<` that begins none stays, as in `<owner>/<repo>`.
fn without_tags(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        let (before, tag) = rest.split_at(open);
        plain.push_str(before);
        if let Some(close) = tag.find('>').filter(|close| is_tag(&tag[1..*close], text)) {
            if !is_inline(&tag[1..close]) {
                plain.push(' ');
            }
            rest = &tag[close + 1..];
        } else {
            plain.push('<');
            rest = &tag[1..];
        }
    }
    plain.push_str(rest);
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ];
    entities
        .iter()
        .fold(plain, |text, (entity, meant)| replaced(text, entity, meant))
}

/// The name of a tag, and what follows it.
fn name_of_tag(inner: &str) -> (&str, &str) {
    let name = inner.strip_prefix('/').unwrap_or(inner);
    let end = name
        .find(|one: char| !one.is_ascii_alphanumeric())
        .unwrap_or(name.len());
    name.split_at(end)
}

/// Whether a tag stands within a line of text, and separates nothing.
fn is_inline(inner: &str) -> bool {
    let (name, _) = name_of_tag(inner);
    INLINE_TAGS.iter().any(|tag| tag.eq_ignore_ascii_case(name))
}

/// Whether what stands between angle brackets in `text` is an HTML tag.
fn is_tag(inner: &str, text: &str) -> bool {
    let (name, rest) = name_of_tag(inner);
    if inner.starts_with('!') {
        return true;
    }
    if !rest.is_empty() && !rest.starts_with(|one: char| one == '/' || one.is_whitespace()) {
        return false;
    }
    let name = name.to_ascii_lowercase();
    TAGS.contains(&name.as_str()) || TELLING_TAGS.contains(&name.as_str()) && text.contains(&format!("</{name}>"))
}

/// `text` with the words of Markdown links in place of the links. What a model cannot open is not worth its tokens.
fn without_links(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(middle) = rest.find("](") {
        let Some(open) = rest[..middle].rfind('[') else {
            plain.push_str(&rest[..middle + 2]);
            rest = &rest[middle + 2..];
            continue;
        };
        let Some(close) = rest[middle..].find(')') else { break };
        plain.push_str(&rest[..open]);
        plain.push_str(&rest[open + 1..middle]);
        rest = &rest[middle + close + 1..];
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_made_short_and_plain() {
        let url = url::Url::parse("https://crm.example.com/v1").unwrap();
        let texts = Texts::new([&url]);
        for (text, longest, expected) in [
            ("One  two\n three.", 50, "One two three."),
            ("<p>Creates a <code>Link</code>.</p>", 50, "Creates a Link."),
            ("<li>One</li><li><B>two</B>three</li>", 50, "One twothree"),
            (
                "Overrides `icon_url`. Must (`jwt` format)",
                50,
                "Overrides icon_url. Must (jwt format)",
            ),
            (
                "is `GET /containers/json`) or ``x``",
                50,
                "is GET /containers/json) or x",
            ),
            (
                "Filters: `id=<ID>`, `*.txt`, `*` and **`all`**.",
                60,
                "Filters: id=<ID>, *.txt, * and all.",
            ),
            ("* **Bold**, *soft*: a * b 2*3 *open", 50, "Bold, soft: a b 2*3 *open"),
            ("a < b and b > c", 50, "a < b and b > c"),
            ("Use `<owner>/<repo>` or <ID>.", 50, "Use <owner>/<repo> or <ID>."),
            ("<!-- no --><B class=\"x\">One</B><br/>two<h2>", 50, "One two"),
            (
                "List<string> and <a-b> of </p> <custom-tag>",
                50,
                "List<string> and <a-b> of <custom-tag>",
            ),
            (
                "See [the guide](https://x.example/a) or [this].",
                50,
                "See the guide or [this].",
            ),
            (
                "Call https://crm.example.com/v1/a at crm.example.com",
                50,
                "Call /v1/a at the API",
            ),
            ("# Title\n\n**Bold** and `code`", 50, "Title Bold and code"),
            ("Hello {{settings.x}}", 50, "Hello { {settings.x}}"),
            ("First one. Second one is long.", 20, "First one."),
            ("word word word word", 12, "word word..."),
            ("x](y", 9, "x](y"),
            ("", 9, ""),
        ] {
            assert_eq!(texts.short(text, longest), expected, "{text}");
        }
    }

    #[test]
    fn a_cut_never_splits_a_character() {
        let text = "äöü 日本語テキスト é";
        for longest in 0..text.chars().count() {
            let short = Texts::default().short(text, longest);
            let kept = short.strip_suffix("...").expect("a cut that shows");
            assert!(
                text.starts_with(kept) && kept.chars().count() <= longest,
                "{longest}: {short}"
            );
            // Within a word only where there is no end of one.
            let word = if longest < 4 {
                longest
            } else if longest < 12 {
                3
            } else {
                11
            };
            assert_eq!(kept.chars().count(), word, "{longest}: {short}");
        }
        assert_eq!(Texts::default().short(text, text.chars().count()), text);
    }
}

//! JavaScript, cut into the pieces that the rules look at. It knows where comments, texts and regular expressions end and
//! no more: what is no JavaScript gives tokens all the same, and the engine says what is wrong with it.

use std::ops::Range;

/// A piece of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: Kind,
    /// Where it stands, in bytes; of a text what is between the quotes.
    pub range: Range<usize>,
}

/// What a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or a keyword.
    Word,
    Number,
    /// A text, or a part of a template between its placeholders.
    Text,
    Pattern,
    /// Any other character.
    Sign(char),
}

/// Words behind which a slash begins a regular expression.
const BEFORE_PATTERN: [&str; 13] = [
    "return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "else", "do", "await", "yield",
];

/// Words whose parentheses stand in front of a statement, which may begin with a regular expression.
const BEFORE_STATEMENT: [&str; 4] = ["if", "while", "for", "with"];

/// The pieces of `source`, without comments and white space.
pub(super) fn tokens(source: &str) -> Vec<Token> {
    let mut scanner = Scanner {
        source,
        at: 0,
        found: Vec::new(),
        templates: Vec::new(),
        parentheses: Vec::new(),
        begins_statement: false,
    };
    while scanner.step().is_some() {}
    scanner.found
}

struct Scanner<'a> {
    source: &'a str,
    at: usize,
    found: Vec<Token>,
    /// For each placeholder of a template that is open: how many braces are open in it.
    templates: Vec<usize>,
    /// For each open parenthesis: whether a statement follows it.
    parentheses: Vec<bool>,
    /// Whether a statement follows the parenthesis that was closed last.
    begins_statement: bool,
}

impl Scanner<'_> {
    fn step(&mut self) -> Option<()> {
        let rest = &self.source[self.at..];
        let first = rest.chars().next()?;
        if first.is_whitespace() || first == '\u{feff}' {
            self.at += first.len_utf8();
        } else if rest.starts_with("//") {
            self.at += rest.find(['\n', '\r']).unwrap_or(rest.len());
        } else if let Some(comment) = rest.strip_prefix("/*") {
            self.at += comment.find("*/").map_or(rest.len(), |end| end + 4);
        } else if is_part(first) {
            let length = rest.find(|character| !is_part(character)).unwrap_or(rest.len());
            let kind = if first.is_ascii_digit() {
                Kind::Number
            } else {
                Kind::Word
            };
            self.push(kind, length);
        } else if matches!(first, '"' | '\'') {
            self.at += 1;
            let length = end_of_text(&self.source[self.at..], first);
            self.push(Kind::Text, length);
            self.skip(first);
        } else if first == '`' {
            self.at += 1;
            self.template();
        } else if first == '/' && self.may_be_pattern() {
            self.push(Kind::Pattern, end_of_pattern(rest));
        } else {
            self.sign(first);
        }
        Some(())
    }

    fn sign(&mut self, sign: char) {
        if sign == '(' {
            let is_condition = self.ends_with_word(&BEFORE_STATEMENT);
            self.parentheses.push(is_condition);
        } else if sign == ')' {
            self.begins_statement = self.parentheses.pop().unwrap_or(false);
        }
        self.push(Kind::Sign(sign), sign.len_utf8());
        match (sign, self.templates.last_mut()) {
            ('{', Some(open)) => *open += 1,
            ('}', Some(0)) => {
                self.templates.pop();
                self.template();
            }
            ('}', Some(open)) => *open -= 1,
            _ => {}
        }
    }

    fn push(&mut self, kind: Kind, length: usize) {
        let range = self.at..self.at + length;
        self.at = range.end;
        self.found.push(Token { kind, range });
    }

    fn skip(&mut self, character: char) {
        if self.source[self.at..].starts_with(character) {
            self.at += character.len_utf8();
        }
    }

    /// The text of a template up to its next placeholder or its end.
    fn template(&mut self) {
        let rest = &self.source[self.at..];
        let bytes = rest.as_bytes();
        let mut end = 0;
        while end < bytes.len() && bytes[end] != b'`' && !rest.as_bytes()[end..].starts_with(b"${") {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        let end = rest.floor_char_boundary(end);
        self.push(Kind::Text, end);
        if self.source[self.at..].starts_with("${") {
            self.at += 1;
            self.push(Kind::Sign('{'), 1);
            self.templates.push(0);
        } else {
            self.skip('`');
        }
    }

    /// Whether a slash here begins a regular expression: it cannot divide what is no value.
    fn may_be_pattern(&self) -> bool {
        let Some(last) = self.found.last() else { return true };
        match last.kind {
            Kind::Word => self.ends_with_word(&BEFORE_PATTERN),
            Kind::Sign(')') => self.begins_statement,
            // `a++ / 2`: the signs of both together stand behind what they change.
            Kind::Sign('+' | '-') => {
                let before = self.found.len().checked_sub(2).and_then(|at| self.found.get(at));
                !before.is_some_and(|before| before.kind == last.kind && before.range.end == last.range.start)
            }
            Kind::Sign(sign) => !matches!(sign, ']' | '.'),
            Kind::Number | Kind::Text | Kind::Pattern => false,
        }
    }

    /// Whether the last piece is one of `words`, and no member of something that is called so.
    fn ends_with_word(&self, words: &[&str]) -> bool {
        let mut last = self.found.iter().rev();
        let is_one = last
            .next()
            .is_some_and(|token| token.kind == Kind::Word && words.contains(&&self.source[token.range.clone()]));
        is_one && last.next().is_none_or(|token| token.kind != Kind::Sign('.'))
    }
}

fn is_part(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$' | '#')
}

/// How long the text at the beginning of `rest` is, which ends with `quote` or, broken, with the line.
fn end_of_text(rest: &str, quote: char) -> usize {
    let mut characters = rest.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => {
                let escaped = characters.next();
                // A line goes on behind both of its ends.
                if escaped.is_some_and(|(_, escaped)| escaped == '\r') {
                    characters.next_if(|(_, next)| *next == '\n');
                }
            }
            '\n' => return at,
            _ if character == quote => return at,
            _ => {}
        }
    }
    rest.len()
}

/// How long the regular expression at the beginning of `rest` is; its flags are another word.
fn end_of_pattern(rest: &str) -> usize {
    let mut in_class = false;
    let mut characters = rest.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => _ = characters.next(),
            '\n' => return at,
            '[' => in_class = true,
            ']' => in_class = false,
            '/' if !in_class => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::{Kind, tokens};

    #[test]
    fn finds_where_texts_comments_and_patterns_end() {
        for (source, expected) in [
            ("a.b // c", vec!["a", ".", "b"]),
            ("a /* b\n * c */ + 1", vec!["a", "+", "1"]),
            ("'it\\'s' + \"x // y\"", vec!["'it\\'s'", "+", "'x // y'"]),
            ("'broken\nb", vec!["'broken'", "b"]),
            ("a / b / c", vec!["a", "/", "b", "/", "c"]),
            (
                "return /[/'`]/g.test(a)",
                vec!["return", "/[/'`]/", "g", ".", "test", "(", "a", ")"],
            ),
            ("(a) / 2 // b", vec!["(", "a", ")", "/", "2"]),
            (
                "if (a) /'/.test(b)",
                vec!["if", "(", "a", ")", "/'/", ".", "test", "(", "b", ")"],
            ),
            (
                "f(g(1)) / 2 / b",
                vec!["f", "(", "g", "(", "1", ")", ")", "/", "2", "/", "b"],
            ),
            (
                "a.if(b) / 2 / c",
                vec!["a", ".", "if", "(", "b", ")", "/", "2", "/", "c"],
            ),
            (
                "{ a }\n/'/.test(b)",
                vec!["{", "a", "}", "/'/", ".", "test", "(", "b", ")"],
            ),
            ("a++ / 2 - /'/", vec!["a", "+", "+", "/", "2", "-", "/'/"]),
            ("a.in / 1. / 2", vec!["a", ".", "in", "/", "1", ".", "/", "2"]),
            ("`a${b}c`", vec!["'a'", "{", "b", "}", "'c'"]),
            (
                "`${ {a: `x${1}`} }` + d",
                vec![
                    "''", "{", "{", "a", ":", "'x'", "{", "1", "}", "''", "}", "}", "''", "+", "d",
                ],
            ),
            ("`\\${a}`", vec!["'\\${a}'"]),
            ("`é\\", vec!["'é\\'"]),
            ("/* open", vec![]),
        ] {
            let found: Vec<String> = tokens(source)
                .into_iter()
                .map(|token| match token.kind {
                    Kind::Text => format!("'{}'", &source[token.range]),
                    _ => source[token.range].to_owned(),
                })
                .collect();
            assert_eq!(found, expected, "{source}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_gives_tokens_in_order(source in r#"[a1'"`$\{\}/\\*\[\]. \né]{0,40}"#) {
            let mut end = 0;
            for token in tokens(&source) {
                proptest::prop_assert!(end <= token.range.start && source.get(token.range.clone()).is_some());
                end = token.range.end;
            }
        }
    }
}

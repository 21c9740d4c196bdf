//! What is questionable about the JavaScript of an action, although it may run.
//!
//! Looks at the source and nothing else: the engine decides what is JavaScript, and the sandbox what it may do. Must never
//! quote a key that it finds.

mod fields;
mod globals;
mod handles;
mod hosts;
mod keys;
mod members;
mod scopes;
mod tokens;

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;

use scopes::Brackets;
use tokens::{Kind, Token, tokens};

/// Most findings about one source: a bundle of something else would give thousands.
const MOST_FINDINGS: usize = 50;

/// What of a connector's settings decides what its scripts may do.
pub(super) struct Rules {
    /// Whether there is `fetch`.
    pub aliases: bool,
    /// Fields of `data.auth` that are handles.
    pub handles: Vec<String>,
}

/// Something questionable.
#[derive(Debug)]
pub(super) struct Finding {
    pub code: &'static str,
    /// Where in the source, in bytes.
    pub range: Range<usize>,
    pub message: String,
    pub help: String,
    /// Whether nobody should see what stands there.
    pub is_secret: bool,
}

/// What is questionable in `source`, in its order.
pub(super) fn findings(source: &str, rules: &Rules) -> Vec<Finding> {
    let script = Script::new(source);
    let mut found: Vec<Finding> = (0..script.tokens.len())
        .filter_map(|at| {
            members::unknown(&script, at)
                .or_else(|| globals::absent(&script, at, rules))
                .or_else(|| without_locale(&script, at))
                .or_else(|| key(&script, at))
        })
        .collect();
    found.extend(handles::inspected(&script, &rules.handles));
    found.extend(hosts::from_input(&script));
    found.sort_by_key(|finding| finding.range.start);
    // Keys stay: what hides them goes by these.
    let mut room = MOST_FINDINGS;
    found.retain(|finding| {
        room = room.saturating_sub(1);
        room > 0 || finding.is_secret
    });
    found
}

/// A source and its pieces.
struct Script<'a> {
    source: &'a str,
    tokens: Vec<Token>,
    brackets: Brackets,
    /// See [`scopes::declaring`].
    declaring: Vec<Option<usize>>,
    /// Where names hold that were asked for.
    known: RefCell<HashMap<&'a str, Vec<Range<usize>>>>,
}

impl<'a> Script<'a> {
    fn new(source: &'a str) -> Self {
        let tokens = tokens(source);
        Self {
            source,
            brackets: Brackets::of(&tokens),
            declaring: scopes::declaring(source, &tokens),
            known: RefCell::default(),
            tokens,
        }
    }

    /// The word at `at`, or nothing when something else is there.
    fn word(&self, at: usize) -> Option<&'a str> {
        let token = self.tokens.get(at)?;
        (token.kind == Kind::Word).then(|| &self.source[token.range.clone()])
    }

    fn is_word(&self, at: usize, word: &str) -> bool {
        self.word(at) == Some(word)
    }

    fn is_sign(&self, at: usize, sign: char) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == Kind::Sign(sign))
    }

    /// Whether the word at `at` is a member of something, and so no global name.
    fn is_member(&self, at: usize) -> bool {
        // The three dots of a spread are no access.
        at > 0 && self.is_sign(at - 1, '.') && !(at > 1 && self.is_sign(at - 2, '.'))
    }

    /// Where the name behind `.` or `?.` stands, if one of them is at `at`.
    fn access(&self, at: usize) -> Option<usize> {
        let dot = at + usize::from(self.is_sign(at, '?'));
        (self.is_sign(dot, '.') && self.word(dot + 1).is_some()).then_some(dot + 1)
    }
}

fn finding(code: &'static str, range: Range<usize>, message: String, help: impl Into<String>) -> Finding {
    Finding {
        code,
        range,
        message,
        help: help.into(),
        is_secret: false,
    }
}

/// What to do where code would need the languages and time zones of `Intl`.
const WITHOUT_LOCALE: &str = "there are no locales and no time zone but UTC: write the text from its parts, as with \
    `toISOString()` and `toFixed(2)`, or bundle a library that does";

/// A method that elsewhere writes what a locale and a time zone ask for. It runs, and writes something else.
fn without_locale(script: &Script<'_>, at: usize) -> Option<Finding> {
    let name = script.word(at)?;
    let writes = ["toLocaleString", "toLocaleDateString", "toLocaleTimeString"].contains(&name);
    if !writes || !script.is_member(at) || !script.is_sign(at + 1, '(') {
        return None;
    }
    Some(finding(
        "without-locale",
        script.tokens[at].range.clone(),
        format!("`{name}` writes the same text for every locale and time zone"),
        WITHOUT_LOCALE,
    ))
}

/// A key that is written into the code.
fn key(script: &Script<'_>, at: usize) -> Option<Finding> {
    let token = script.tokens.get(at).filter(|token| token.kind == Kind::Text)?;
    let key = keys::find(&script.source[token.range.clone()])?;
    let message = format!(
        "this looks like a key of {} characters: whoever reads the code has it",
        key.len()
    );
    let help =
        "name it under [auth.fields], e.g. api_key = \"env:API_KEY\", read `data.auth.api_key`, and replace the key";
    let range = token.range.start + key.start..token.range.start + key.end;
    Some(Finding {
        is_secret: true,
        ..finding("hard-coded-key", range, message, help)
    })
}

#[cfg(test)]
mod tests;

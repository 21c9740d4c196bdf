//! Which names a script declares, and where each of them holds.
//!
//! Goes by words and brackets alone. Where that leaves a doubt a name counts as declared: the engine tells what is missed
//! here, and nobody can silence a false warning.

use std::ops::Range;

use super::Script;
use super::tokens::{Kind, Token};

/// Places of one name that are looked at: a bundle may have thousands.
const MOST_NAMED: usize = 200;

/// Words whose parentheses hold no parameters, although a block may follow.
const NO_PARAMETERS: [&str; 6] = ["if", "for", "await", "while", "switch", "with"];

/// Words behind which a function or a class is a value.
const BEFORE_VALUE: [&str; 10] = [
    "return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "await",
];

/// How the brackets of a script belong together, by their places among its pieces.
pub(super) struct Brackets {
    /// For each bracket the other one of its pair; behind the last piece for one that stays open.
    partners: Vec<usize>,
    /// For each piece the innermost bracket that is open around it.
    around: Vec<Option<usize>>,
}

impl Brackets {
    pub(super) fn of(tokens: &[Token]) -> Self {
        let mut partners = vec![tokens.len(); tokens.len()];
        let mut around = Vec::with_capacity(tokens.len());
        let mut open: Vec<usize> = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            if let Kind::Sign(')' | ']' | '}') = token.kind
                && let Some(opened) = open.pop()
            {
                partners[opened] = at;
                partners[at] = opened;
            }
            around.push(open.last().copied());
            if let Kind::Sign('(' | '[' | '{') = token.kind {
                open.push(at);
            }
        }
        Self { partners, around }
    }

    /// The innermost bracket around the piece at `at`.
    pub(super) fn around(&self, at: usize) -> Option<usize> {
        self.around.get(at).copied().flatten()
    }

    /// The other bracket of the pair of the one at `at`.
    pub(super) fn partner(&self, at: usize) -> usize {
        self.partners.get(at).copied().unwrap_or(self.partners.len())
    }
}

/// For each piece the `const`, `let` or `var` before it in the same brackets that no semicolon has ended.
pub(super) fn declaring(source: &str, tokens: &[Token]) -> Vec<Option<usize>> {
    let mut declaring = Vec::with_capacity(tokens.len());
    // Of each bracket that is open.
    let mut outer = Vec::new();
    let mut last = None;
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Sign('(' | '[' | '{') => outer.push(last.take()),
            Kind::Sign(')' | ']' | '}') => last = outer.pop().flatten(),
            Kind::Sign(';') => last = None,
            Kind::Word if matches!(&source[token.range.clone()], "const" | "let" | "var") => last = Some(at),
            Kind::Sign(_) | Kind::Word | Kind::Number | Kind::Text | Kind::Pattern => {}
        }
        declaring.push(last);
    }
    declaring
}

impl<'a> Script<'a> {
    /// Whether `name` is one of the script's own at `at`, or the script asks somewhere whether there is one.
    pub(super) fn knows(&self, name: &'a str, at: usize) -> bool {
        let mut known = self.known.borrow_mut();
        let scopes = known.entry(name).or_insert_with(|| self.scopes_of(name));
        let next = scopes.partition_point(|scope| scope.start <= at);
        next > 0 && scopes[next - 1].contains(&at)
    }

    /// Where the script's own `name` holds, in order and apart.
    fn scopes_of(&self, name: &str) -> Vec<Range<usize>> {
        let everywhere = 0..self.tokens.len();
        let named: Vec<usize> = everywhere.clone().filter(|at| self.is_word(*at, name)).collect();
        if named.iter().any(|at| *at > 0 && self.is_word(at - 1, "typeof")) {
            return vec![everywhere];
        }
        let mut scopes: Vec<_> = named
            .iter()
            .take(MOST_NAMED)
            .filter_map(|at| self.declared(*at))
            .collect();
        if named.len() > MOST_NAMED && !scopes.is_empty() {
            return vec![everywhere];
        }
        scopes.sort_unstable_by_key(|scope| scope.start);
        scopes.dedup_by(|next, before| {
            let meets = next.start <= before.end;
            if meets {
                before.end = before.end.max(next.end);
            }
            meets
        });
        scopes
    }

    /// Whether the word at `at` is the name of a method where that is defined, as in `{ fetch(url) { … } }`. A call is
    /// hardly ever followed by a block.
    pub(super) fn is_method(&self, at: usize) -> bool {
        self.is_sign(at + 1, '(') && self.is_sign(self.brackets.partner(at + 1) + 1, '{')
    }

    /// Where the name at `at` holds, if that is where it is declared.
    fn declared(&self, at: usize) -> Option<Range<usize>> {
        if self.is_arrow(at + 1) {
            return Some(at..self.end_of_body(at + 1));
        }
        let before = at.checked_sub(1)?;
        let keyword = before.saturating_sub(usize::from(self.is_sign(before, '*')));
        if self.is_word(keyword, "function") || self.is_word(before, "class") {
            return Some(self.scope_of_function(keyword, at));
        }
        let ends_part = self.is_one_of(at + 1, &[',', ';', '=', ')', ']', '}']);
        let is_name = !self.is_member(at) && (ends_part || self.declaring(before).is_some());
        is_name.then(|| self.scope_of_part(at)).flatten()
    }

    /// Where the name of the function or class at `at` holds, which has its `keyword` in front.
    fn scope_of_function(&self, keyword: usize, at: usize) -> Range<usize> {
        let is_async = keyword > 0 && self.is_word(keyword - 1, "async");
        let before = (keyword - usize::from(is_async)).checked_sub(1);
        let is_value = before.is_some_and(|before| match self.tokens[before].kind {
            Kind::Sign(sign) => !matches!(sign, ';' | '{' | '}' | ')' | ']'),
            Kind::Word => self.word(before).is_some_and(|word| BEFORE_VALUE.contains(&word)),
            Kind::Number | Kind::Text | Kind::Pattern => false,
        });
        if !is_value {
            return self.inside(self.brackets.around(at));
        }
        // The name of a value holds in the value alone.
        let is_body =
            |place: &usize| self.is_sign(*place, '{') && self.brackets.around(*place) == self.brackets.around(at);
        let body = (at..self.tokens.len()).find(is_body);
        at..body.map_or(self.tokens.len(), |body| self.brackets.partner(body))
    }

    /// Where the name at `at` holds as a part of a declaration or of parameters, if it is one.
    fn scope_of_part(&self, at: usize) -> Option<Range<usize>> {
        let mut part = at;
        loop {
            let before = part.checked_sub(1)?;
            if let Some(keyword) = self.declaring(before) {
                return Some(self.scope_of_variable(keyword));
            }
            let opened = self.brackets.around(part)?;
            if !self.is_one_of(before, &['(', '[', '{', ',', ':', '.']) {
                return None;
            }
            if self.is_sign(opened, '(') {
                let end = self.brackets.partner(opened) + 1;
                return self.takes_parameters(opened).then(|| opened..self.end_of_body(end));
            }
            let behind = self.brackets.partner(opened) + 1;
            let is_pattern = self.is_one_of(behind, &['=', ',', ')', ']', '}'])
                || self.is_word(behind, "of")
                || self.is_word(behind, "in");
            if !is_pattern {
                return None;
            }
            part = opened;
        }
    }

    /// The `const`, `let` or `var` that `before` ends or goes on with, where a comma stands.
    fn declaring(&self, before: usize) -> Option<usize> {
        let is_keyword = |at: usize| {
            self.word(at)
                .is_some_and(|word| matches!(word, "const" | "let" | "var"))
        };
        if is_keyword(before) {
            return Some(before);
        }
        self.is_sign(before, ',').then(|| self.declaring[before]).flatten()
    }

    /// Where the names hold that `keyword` declares.
    fn scope_of_variable(&self, keyword: usize) -> Range<usize> {
        let mut around = self.brackets.around(keyword);
        if self.is_word(keyword, "var") {
            while let Some(opened) = around
                && !self.is_body_of_function(opened)
            {
                around = self.brackets.around(opened);
            }
        } else if let Some(opened) = around.filter(|opened| self.is_sign(*opened, '(')) {
            // Of a loop.
            return opened..self.end_of_body(self.brackets.partner(opened) + 1);
        }
        self.inside(around)
    }

    fn is_body_of_function(&self, opened: usize) -> bool {
        let Some(before) = opened.checked_sub(1).filter(|_| self.is_sign(opened, '{')) else {
            return false;
        };
        let is_arrow = before > 0 && self.is_arrow(before - 1);
        is_arrow || self.is_sign(before, ')') && self.takes_parameters(self.brackets.partner(before))
    }

    /// Whether the parenthesis at `opened` holds the parameters of a function, or what `catch` catches.
    fn takes_parameters(&self, opened: usize) -> bool {
        let behind = self.brackets.partner(opened) + 1;
        let before = opened.checked_sub(1).and_then(|before| self.word(before));
        self.is_arrow(behind) || self.is_sign(behind, '{') && !before.is_some_and(|word| NO_PARAMETERS.contains(&word))
    }

    /// Where the body ends that begins at `start`, with an arrow or without one.
    fn end_of_body(&self, start: usize) -> usize {
        let start = start + if self.is_arrow(start) { 2 } else { 0 };
        if self.is_sign(start, '{') {
            return self.brackets.partner(start);
        }
        let around = self.brackets.around(start);
        let last = around.map_or(self.tokens.len(), |opened| self.brackets.partner(opened));
        let mut here = (start..last).filter(|at| self.brackets.around(*at) == around);
        here.find(|at| self.is_one_of(*at, &[',', ';'])).unwrap_or(last)
    }

    /// What stands inside of the bracket at `opened`, or everything.
    fn inside(&self, opened: Option<usize>) -> Range<usize> {
        opened.map_or(0..self.tokens.len(), |opened| opened..self.brackets.partner(opened))
    }

    fn is_arrow(&self, at: usize) -> bool {
        self.is_sign(at, '=') && self.is_sign(at + 1, '>')
    }

    /// Whether one of `signs` is at `at`.
    pub(super) fn is_one_of(&self, at: usize, signs: &[char]) -> bool {
        signs.iter().any(|sign| self.is_sign(at, *sign))
    }
}

//! Regular expressions that every client reads alike.
//!
//! A validator that does not take one pattern refuses the whole schema, and some clients then lose every tool. Those of
//! the TypeScript clients compile patterns as ECMA-262 has them with the flag `u`, those of the Python clients as `re`
//! does. Real descriptions hold the dialects of Java, Ruby, Perl and Go.

use std::iter::Peekable;
use std::str::Chars;

/// `pattern` without the escapes that some dialects refuse and none needs; `None` when it says something that not all
/// have, such as `\p{Alnum}`, `\A`, `(?i)` and `[[:alpha:]]`.
///
/// What comes out may yet be no pattern at all: whoever asks has to compile it.
pub(super) fn portable(pattern: &str) -> Option<String> {
    let pattern = unquoted(pattern)?;
    let mut reader = Reader {
        rest: pattern.chars().peekable(),
        written: String::with_capacity(pattern.len()),
    };
    reader.read()?;
    Some(reader.written)
}

/// What stands between the slashes of a literal of JavaScript, such as `/^a$/`, which nothing fits as it is; `None` when
/// letters behind them change what it means. Other patterns stay as they are.
fn unquoted(pattern: &str) -> Option<&str> {
    let literal = pattern.strip_prefix('/').and_then(|rest| rest.rsplit_once('/'));
    let Some((inner, flags)) = literal else {
        return Some(pattern);
    };
    let is_anchored = inner.starts_with('^') || inner.ends_with('$') && !inner.ends_with("\\$");
    if !is_anchored || !flags.bytes().all(|flag| flag.is_ascii_lowercase()) {
        return Some(pattern);
    }
    // Where the next search begins, and that characters are those of Unicode.
    flags.chars().all(|flag| "guy".contains(flag)).then_some(inner)
}

/// Characters with a meaning of their own, which may be escaped in every dialect (`SyntaxCharacter` of ECMA-262).
const SYNTAX: &str = "^$\\.*+?()[]{}|/";

/// What stands before a place within brackets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Nothing that a range could begin with.
    Nothing,
    /// A single character.
    Character,
    /// A `-` after one: the next character ends the range.
    Dash,
}

struct Reader<'p> {
    rest: Peekable<Chars<'p>>,
    written: String,
}

impl Reader<'_> {
    fn read(&mut self) -> Option<()> {
        // Whether there is something that `*` could repeat.
        let mut can_repeat = false;
        while let Some(character) = self.rest.next() {
            can_repeat = match character {
                '\\' => match self.rest.peek()? {
                    'b' | 'B' => {
                        self.written.push('\\');
                        self.written.extend(self.rest.next());
                        false
                    }
                    _ => {
                        self.escape("")?;
                        true
                    }
                },
                '[' => {
                    self.brackets()?;
                    true
                }
                '(' => {
                    self.group()?;
                    false
                }
                '*' | '+' | '?' | '{' => self.repetition(character, can_repeat)?,
                '}' | ']' => {
                    self.written.extend(['\\', character]);
                    true
                }
                _ => {
                    self.written.push(character);
                    !matches!(character, '^' | '$' | '|')
                }
            };
        }
        Some(())
    }

    /// What follows a backslash; `more` may be escaped, too. Whether it stands for a single character.
    fn escape(&mut self, more: &str) -> Option<bool> {
        let escaped = self.rest.next()?;
        match escaped {
            'd' | 'D' | 'w' | 'W' | 's' | 'S' | 'n' | 'r' | 't' | 'f' | 'v' => self.written.extend(['\\', escaped]),
            'u' | 'x' => {
                self.written.extend(['\\', escaped]);
                for _ in 0..if escaped == 'u' { 4 } else { 2 } {
                    let digit = self.rest.next().filter(char::is_ascii_hexdigit)?;
                    self.written.push(digit);
                }
            }
            _ if SYNTAX.contains(escaped) || more.contains(escaped) => self.written.extend(['\\', escaped]),
            _ if escaped.is_ascii_alphanumeric() => return None,
            _ => self.written.push(escaped),
        }
        Some(!"dDwWsS".contains(escaped))
    }

    /// What follows `(`: a group that is counted or not, or a look ahead or behind.
    fn group(&mut self) -> Option<()> {
        self.written.push('(');
        if self.rest.next_if_eq(&'?').is_some() {
            self.written.push('?');
            if self.rest.next_if_eq(&'<').is_some() {
                self.written.push('<');
                self.written.push(self.rest.next_if(|next| matches!(next, '=' | '!'))?);
            } else {
                self.written
                    .push(self.rest.next_if(|next| matches!(next, ':' | '=' | '!'))?);
            }
        }
        Some(())
    }

    /// `*`, `+`, `?`, `{2,3}`, or a brace that is only text. Whether the result can be repeated.
    fn repetition(&mut self, first: char, can_repeat: bool) -> Option<bool> {
        if first == '{' {
            let ahead: String = self.rest.clone().take_while(|next| *next != '}').collect();
            let is_count = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let (least, most) = ahead.split_once(',').unwrap_or((&ahead, ""));
            if least.is_empty() && is_count(most) {
                // As many as that in some dialects, text in others.
                return None;
            }
            let is_closed = self.rest.clone().count() > ahead.chars().count();
            if !(is_closed && is_count(least) && (most.is_empty() || is_count(most))) {
                self.written.push_str("\\{");
                return Some(true);
            }
            self.written.push('{');
            self.written.push_str(&ahead);
            self.written.push('}');
            self.rest.nth(ahead.chars().count());
        } else {
            self.written.push(first);
        }
        if !can_repeat {
            return None;
        }
        self.written.extend(self.rest.next_if_eq(&'?'));
        Some(false)
    }

    /// What follows `[`.
    fn brackets(&mut self) -> Option<()> {
        self.written.push('[');
        self.written.extend(self.rest.next_if_eq(&'^'));
        if self.rest.peek() == Some(&']') {
            return None;
        }
        let mut before = Before::Nothing;
        loop {
            let is_single = match self.rest.next()? {
                ']' => {
                    self.written.push(']');
                    return Some(());
                }
                '[' if matches!(self.rest.peek(), Some(':' | '.' | '=')) => return None,
                '[' => {
                    self.written.push_str("\\[");
                    true
                }
                '-' if before == Before::Character && self.begins_a_range() => {
                    self.written.push('-');
                    before = Before::Dash;
                    continue;
                }
                '-' => {
                    self.written.push_str("\\-");
                    true
                }
                '\\' => self.escape("-")?,
                character => {
                    self.written.push(character);
                    true
                }
            };
            before = if is_single && before != Before::Dash {
                Before::Character
            } else {
                Before::Nothing
            };
        }
    }

    /// Whether a `-` that was read has a single character after it.
    fn begins_a_range(&self) -> bool {
        let mut ahead = self.rest.clone();
        match ahead.next() {
            None | Some(']') => false,
            Some('\\') => ahead.next().is_some_and(|next| !"dDwWsS".contains(next)),
            Some(_) => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_all_dialects_have_stays() {
        for pattern in [
            "",
            "^[a-z0-9]+(?:-[a-z]{2,3}?)*$",
            r"^\d{4}-\d\d(T\d{1,}:[0-5]\d)?$",
            r"(?=a)(?!b)(?<=c)(?<!d)\bx\B",
            r"[^\]\\/\s\-]\.\u00e4\x41",
            "[+-9]|[ü-ÿ]",
        ] {
            assert_eq!(portable(pattern).as_deref(), Some(pattern));
        }
    }

    #[test]
    fn what_some_refuse_is_written_as_all_read_it() {
        for (pattern, expected) in [
            (r"^2021\-03\-31\_\#\'\ $", "^2021-03-31_#' $"),
            (r"[a-z\-\_\:\.]+", r"[a-z\-_:\.]+"),
            (r"[\w-.]", r"[\w\-.]"),
            (r"[.-\w]", r"[.\-\w]"),
            ("[-a-z-]", r"[\-a-z\-]"),
            ("[a-c-e]", r"[a-c\-e]"),
            ("[[a]", r"[\[a]"),
            ("{a}]", r"\{a\}\]"),
            ("a{x", r"a\{x"),
            ("a{2", r"a\{2"),
            (r"/^[a-z\/]+$/", r"^[a-z\/]+$"),
            ("/^[a-z]+/gu", "^[a-z]+"),
            ("/[a-z]+$/", "[a-z]+$"),
            ("/[a-z]+/", "/[a-z]+/"),
            (r"/a\$/", r"/a\$/"),
            ("/^a|b", "/^a|b"),
        ] {
            assert_eq!(portable(pattern).as_deref(), Some(expected), "{pattern}");
        }
    }

    #[test]
    fn what_only_some_have_is_none() {
        for pattern in [
            r"\p{Alnum}+",
            r"\A\S\z",
            "(?i)a",
            "(?P<name>a)",
            "(?<name>a)",
            "(?>a)",
            "[[:alpha:]]",
            "[]a]",
            "a{,3}",
            "a++",
            "a{2}{3}",
            "^*",
            "(*)",
            "{2}",
            r"\u{1F600}",
            r"\x4",
            r"a\1",
            "a\\",
            "[a",
            r"[\b]",
            "/^[a-z]+$/i",
        ] {
            assert_eq!(portable(pattern), None, "{pattern}");
        }
    }
}

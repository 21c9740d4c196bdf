//! Regular expressions that are none: the parser compiles them apart, and does not say where they stand.

use std::ops::Range;

/// Sources that are longer are not looked through: each step costs one parse.
const LONGEST_SOURCE: usize = 512 * 1024;

/// An expression that is longer is not repeated. None is cut: the host could not find part of a secret in it.
const LONGEST_SHOWN: usize = 200;

/// What is wrong with the regular expression `written`, e.g. `/(abc/`.
pub(super) fn told(written: &str, problem: &str) -> String {
    let problem = match problem {
        "invalid regular expression flags" => "a flag is not known, or is written twice",
        "expecting ')'" => "a group is not closed: `)` is missing, or `\\(` is meant",
        problem => problem,
    };
    if written.len() > LONGEST_SHOWN {
        format!("Invalid regular expression: {problem}")
    } else {
        format!("Invalid regular expression: {written}: {problem}")
    }
}

/// Where the literal stands that `fails`: parsed up to its end the source fails as a whole, and before it does not.
pub(super) fn find(source: &str, fails: impl Fn(&str) -> bool) -> Option<Range<usize>> {
    if source.len() > LONGEST_SOURCE {
        return None;
    }
    let fails_up_to = |end: usize| fails(&source[..source.floor_char_boundary(end)]);
    let (mut sound, mut broken) = (0, source.len());
    while broken - sound > 1 {
        let middle = sound.midpoint(broken);
        if fails_up_to(middle) {
            broken = middle;
        } else {
            sound = middle;
        }
    }
    let close = source[..broken].rfind('/')?;
    let line = source[..close].rfind('\n').map_or(0, |newline| newline + 1);
    let opens = |at: &usize| body_end(source, *at) == Some(close);
    let start = source[line..close]
        .match_indices('/')
        .map(|(at, _)| line + at)
        .find(opens)?;
    let flags = source[close + 1..]
        .find(|character: char| !character.is_ascii_alphanumeric())
        .unwrap_or(source.len() - close - 1);
    Some(start..close + 1 + flags)
}

/// Where the literal that begins at `start` has its second slash.
fn body_end(source: &str, start: usize) -> Option<usize> {
    let mut is_class = false;
    let mut is_escaped = false;
    for (at, character) in source[start + 1..].char_indices() {
        match character {
            '\n' => return None,
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '[' => is_class = true,
            ']' => is_class = false,
            // `//` begins a comment.
            '/' if !is_class => return (at > 0).then_some(start + 1 + at),
            _ => {}
        }
    }
    None
}

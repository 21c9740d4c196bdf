//! What an author reads of a source that cannot be parsed: the place in the author's file, and what is likely meant.
//!
//! Runs only when parsing has failed, so it may parse again. Must never make anything of a source that can be parsed.

use rquickjs::Ctx;

use crate::Failure;
use crate::source::{fault, is_whole};

mod hints;
mod regexp;

/// Where something stands in a source: line and column, from 1.
type Place = (usize, usize);

/// Whoever copies code from a chat copies what shows it as code there, too. It can be parsed, as templates, and fails with
/// nothing that says why.
pub(crate) fn fenced(name: &str, source: &str) -> Option<Failure> {
    let start = source.len() - source.trim_start().len();
    let is_fence = source[start..].starts_with("```");
    is_fence.then(|| {
        let message = "SyntaxError: the code begins with ```, which marks code in Markdown: remove the lines that begin with \
                       it";
        failure(message.to_owned(), name, Some(place_of(source, start)))
    })
}

/// A source that ends the action before its own end.
pub(crate) fn ends_early(name: &str, place: Option<Place>) -> Failure {
    failure(
        "SyntaxError: a closing brace ends the action early".to_owned(),
        name,
        place,
    )
}

/// Where the brace stands that ends the action: the first one after which the text so far is a whole function. Only
/// looked for in short sources, as every brace costs one parse.
pub(crate) fn early_end(ctx: &Ctx<'_>, source: &str) -> Option<Place> {
    const LONGEST: usize = 16 * 1024;
    if source.len() > LONGEST {
        return None;
    }
    let mut braces = source.match_indices('}').map(|(at, _)| at);
    let end = braces.find(|&at| is_whole(ctx, &source[..=at]))?;
    Some(place_of(source, end))
}

/// Makes a syntax error speak of the author's file alone, and of what is likely meant.
pub(crate) fn explained(ctx: &Ctx<'_>, mut error: Failure, name: &str, source: &str) -> Failure {
    let Some((line, column)) = error.stack.as_deref().and_then(first_place) else {
        return unplaced(ctx, error, name, source);
    };
    if line > source.split('\n').count() {
        // The parser ran into the wrapper: a brace too many, or something that was opened is still open.
        if let Some(place) = early_end(ctx, source) {
            return ends_early(name, Some(place));
        }
        let end = source.trim_end().len();
        let message = "SyntaxError: the action ends before it is complete: a bracket, brace or quote is not closed";
        return failure(message.to_owned(), name, Some(place_of(source, end)));
    }
    let at = offset_of(source, (line, column));
    let (message, at) = hints::with_hint(&error.message, source, at);
    error.message = message;
    error.stack = Some(frame(name, place_of(source, at)));
    error
}

/// Of what the parser finds out with other means than its own it says no place.
fn unplaced(ctx: &Ctx<'_>, error: Failure, name: &str, source: &str) -> Failure {
    let Some(problem) = error.message.strip_prefix("SyntaxError: ") else {
        return error;
    };
    if let Some((message, at)) = hints::of_private_name(problem, source) {
        return failure(message, name, Some(place_of(source, at)));
    }
    let fails_so = |part: &str| fault(ctx, part).is_some_and(|fault| fault.message == error.message);
    match regexp::find(source, fails_so) {
        Some(literal) => {
            let message = format!("SyntaxError: {}", regexp::told(&source[literal.clone()], problem));
            failure(message, name, Some(place_of(source, literal.start)))
        }
        None => error,
    }
}

fn failure(message: String, name: &str, place: Option<Place>) -> Failure {
    Failure {
        message,
        stack: place.map(|place| frame(name, place)),
    }
}

fn frame(name: &str, (line, column): Place) -> String {
    format!("    at {name}:{line}:{column}")
}

/// The place at the end of a stack's first line.
fn first_place(stack: &str) -> Option<Place> {
    let mut parts = stack.lines().next()?.trim_end_matches(')').rsplitn(3, ':');
    let column: usize = parts.next()?.parse().ok()?;
    let line: usize = parts.next()?.parse().ok()?;
    Some((line, column))
}

fn place_of(source: &str, at: usize) -> Place {
    let line_start = source[..at].rfind('\n').map_or(0, |newline| newline + 1);
    (
        1 + source[..at].matches('\n').count(),
        1 + source[line_start..at].chars().count(),
    )
}

/// The byte at a place, or the end of its line.
fn offset_of(source: &str, (line, column): Place) -> usize {
    let start: usize = source
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let text = source[start..].split('\n').next().unwrap_or_default();
    let before = text.chars().take(column.saturating_sub(1));
    start + before.map(char::len_utf8).sum::<usize>()
}

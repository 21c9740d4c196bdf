//! What editing has in common whatever the notation: places in a text, and putting other text there.

use std::ops::Range;

/// Why a file is not edited.
#[derive(Debug)]
pub(super) struct Problem {
    /// Where in the text, when it is somewhere.
    pub(super) range: Option<Range<usize>>,
    /// What is wrong.
    pub(super) message: String,
}

impl Problem {
    /// Something is wrong at a place.
    pub(super) fn at(range: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            range: Some(range),
            message: message.into(),
        }
    }

    /// The edit would not have changed what it should, or more.
    pub(super) fn beyond_editing() -> Self {
        Self {
            range: None,
            message: "the file is laid out in a way that cannot be edited safely".to_owned(),
        }
    }
}

/// A piece of text and what comes in its place.
#[derive(Debug)]
pub(super) struct Splice {
    range: Range<usize>,
    text: String,
}

impl Splice {
    pub(super) fn new(range: Range<usize>, text: impl Into<String>) -> Self {
        Self {
            range,
            text: text.into(),
        }
    }
}

/// `text` with all splices made. They come in the order of their places and do not overlap.
pub(super) fn spliced(text: &str, splices: impl IntoIterator<Item = Splice>) -> String {
    let mut edited = String::with_capacity(text.len());
    let mut copied = 0;
    for Splice { range, text: other } in splices {
        edited.push_str(text.get(copied..range.start).unwrap_or_default());
        edited.push_str(&other);
        copied = range.end.max(copied);
    }
    edited.push_str(text.get(copied..).unwrap_or_default());
    edited
}

/// Where the line begins that `at` is on.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// Where the line ends that `at` is on, its line break included.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |newline| at + newline + 1)
}

/// The line break that a text uses.
pub(super) fn newline_of(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

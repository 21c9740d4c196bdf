//! A word of a record, whether or not this version knows it.

use std::fmt;

use serde::{Serialize, Serializer};

use super::vocabulary::Vocabulary;

/// A word that a record holds. A store may hold words of an earlier or a later version: such a record is read like any
/// other, and its word is shown as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recorded<Word> {
    /// One that this version writes.
    Known(Word),
    /// One that it does not.
    Other(String),
}

impl<Word: Vocabulary> Recorded<Word> {
    /// The word as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(word) => word.as_str(),
            Self::Other(text) => text,
        }
    }

    /// The word, if this version knows it.
    #[must_use]
    pub fn known(&self) -> Option<Word> {
        match self {
            Self::Known(word) => Some(*word),
            Self::Other(_) => None,
        }
    }
}

impl<Word: Vocabulary> From<Word> for Recorded<Word> {
    fn from(word: Word) -> Self {
        Self::Known(word)
    }
}

/// Reads a word.
impl<Word: Vocabulary> From<&str> for Recorded<Word> {
    fn from(text: &str) -> Self {
        Word::all()
            .find(|word| word.as_str() == text)
            .map_or_else(|| Self::Other(text.to_owned()), Self::Known)
    }
}

impl<Word: Vocabulary> PartialEq<Word> for Recorded<Word> {
    fn eq(&self, word: &Word) -> bool {
        self.known() == Some(*word)
    }
}

/// No word at all, as of a record that is not filled in.
impl<Word> Default for Recorded<Word> {
    fn default() -> Self {
        Self::Other(String::new())
    }
}

impl<Word: Vocabulary> fmt::Display for Recorded<Word> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl<Word: Vocabulary> Serialize for Recorded<Word> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

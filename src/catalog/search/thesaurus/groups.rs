//! Words that stand for one another, in groups.

use std::collections::HashMap;

use super::super::stems::stem;

/// Groups of words of one kind, and in which of them a word is.
pub(super) struct Groups {
    members: Vec<Vec<String>>,
    by_word: HashMap<String, Vec<usize>>,
}

impl Groups {
    /// Reads a group from each of `lines`.
    pub(super) fn read(lines: &str) -> Self {
        let members: Vec<Vec<String>> = lines
            .lines()
            .map(|line| line.split_whitespace().map(stem).collect())
            .collect();
        let mut by_word: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, group) in members.iter().enumerate() {
            for member in group {
                by_word.entry(member.clone()).or_default().push(index);
            }
        }
        Self { members, by_word }
    }

    /// The stems in the groups of the word with this stem, itself included.
    pub(super) fn with(&self, stem: &str) -> impl Iterator<Item = &str> {
        let groups = self.by_word.get(stem).map(Vec::as_slice).unwrap_or_default();
        groups
            .iter()
            .flat_map(|group| self.members[*group].iter().map(String::as_str))
    }

    /// The stems of all words.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.by_word.keys().map(String::as_str)
    }
}

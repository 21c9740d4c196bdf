//! Words that stand for one another, in groups.

use std::collections::HashMap;

use super::super::stems::stem;

/// Groups of words of one kind, and in which of them a word is.
pub(super) struct Groups {
    members: Vec<Vec<String>>,
    by_word: HashMap<String, Vec<usize>>,
}

impl Groups {
    /// Reads a group from each of `lines`. What stands behind a `>` stands for the words before it, and not the other way
    /// round.
    pub(super) fn read(lines: &str) -> Self {
        let mut groups = Self {
            members: Vec::new(),
            by_word: HashMap::new(),
        };
        for (index, line) in lines.lines().enumerate() {
            let (said, meant) = line.split_once('>').unwrap_or((line, ""));
            let said: Vec<String> = said.split_whitespace().map(stem).collect();
            for member in &said {
                groups.by_word.entry(member.clone()).or_default().push(index);
            }
            groups
                .members
                .push(said.into_iter().chain(meant.split_whitespace().map(stem)).collect());
        }
        groups
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

//! Which action has which word, and where.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::super::snapshot::Tool;
use super::builder::Builder;
use super::named::Uses;
use super::stems::root;
use super::thesaurus::Intent;

/// The number of a word.
pub(super) type TermId = u32;

/// What is noted of one action beside its words.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about an action")]
pub(super) struct Document {
    /// Number of its connector.
    pub(super) connector: usize,
    /// The words of its name, of its title and of the sentence that sums it up.
    pub(super) labels: [Vec<Label>; 3],
    /// What it does.
    pub(super) intent: Intent,
    /// Whether it needs to be told which one thing it is about.
    pub(super) needs_one: bool,
    /// How many things its path must be told.
    pub(super) places: usize,
    /// Whether it is about the caller's own things: `update_my_profile`.
    pub(super) is_own: bool,
    /// Whether another should be used in its place.
    pub(super) is_deprecated: bool,
    /// Whether it takes words to look for.
    pub(super) searches: bool,
}

/// A word of a name.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about a word")]
pub(super) struct Label {
    pub(super) term: TermId,
    pub(super) plural: bool,
    /// What it does, if it is the verb.
    pub(super) verb: Option<Intent>,
    /// Whether it says no more than what kind of thing is done, as "create" does.
    pub(super) general: bool,
    /// Whether it says that several things are shown, as "list" does.
    pub(super) lists: bool,
    /// Whether it is the thing that the name is about.
    pub(super) is_head: bool,
    /// Whether it says that the caller is meant: "current user".
    pub(super) is_own: bool,
}

/// That an action has a word, and how much it counts there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Posting {
    pub(super) holder: u32,
    pub(super) weight: f32,
}

/// Everything that is looked up when actions are searched.
#[derive(Debug, Default)]
pub struct Index {
    pub(super) documents: Vec<Document>,
    pub(super) terms: HashMap<String, TermId>,
    /// Words that differ only in endings, by what they share.
    pub(super) roots: HashMap<String, Vec<TermId>>,
    /// Actions that have a word, by its number.
    pub(super) of_actions: Vec<Vec<Posting>>,
    /// Connectors that have it in the texts about themselves.
    pub(super) of_connectors: Vec<Vec<Posting>>,
    /// Whose actions have a word in their names.
    pub(super) uses: HashMap<TermId, Uses>,
    /// How many actions each connector has.
    pub(super) sizes: Vec<usize>,
    /// The words of each connector's slug, and those of its name.
    pub(super) names: Vec<[Vec<TermId>; 2]>,
}

impl Index {
    /// Reads all that is said about `tools`.
    #[must_use]
    pub fn build(tools: &[Arc<Tool>]) -> Self {
        Self::build_by(tools, Builder::add)
    }

    /// Only a bug of `add` panics. Then one action is not found by its words, and all others are: texts of many authors
    /// are read here, and whoever asks must not lose every connector by one.
    fn build_by(tools: &[Arc<Tool>], add: impl Fn(&mut Builder, &Tool)) -> Self {
        let mut builder = Builder::default();
        for tool in tools {
            // What it has noted until then is whole: a document comes last.
            if catch_unwind(AssertUnwindSafe(|| add(&mut builder, tool))).is_err() {
                tracing::error!(tool = tool.name, "cannot be found by words: reading its texts failed");
                builder.add_unread(tool);
            }
        }
        builder.index
    }

    pub(super) fn term(&self, stem: &str) -> Option<TermId> {
        self.terms.get(stem).copied()
    }

    /// Words with the same root as `stem`, itself included.
    pub(super) fn relatives(&self, stem: &str) -> &[TermId] {
        self.roots.get(root(stem)).map(Vec::as_slice).unwrap_or_default()
    }

    /// All words, in no order.
    pub(super) fn vocabulary(&self) -> impl Iterator<Item = (&str, TermId)> {
        self.terms.iter().map(|(stem, term)| (stem.as_str(), *term))
    }

    pub(super) fn actions_with(&self, term: TermId) -> &[Posting] {
        self.of_actions
            .get(term as usize)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    pub(super) fn connectors_with(&self, term: TermId) -> &[Posting] {
        self.of_connectors
            .get(term as usize)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{connector, loaded};
    use super::*;

    #[test]
    fn an_action_that_cannot_be_read_keeps_no_other_from_being_found() {
        let actions = |name| {
            [
                ("GET", "/a", name, "Reads one"),
                ("GET", "/b", "list_things", "Reads all"),
            ]
        };
        let catalog = loaded(vec![
            connector("acme", &actions("get_contract")),
            connector("globex", &actions("get_article")),
        ]);
        for broken in catalog.tools() {
            let index = Index::build_by(catalog.tools(), |builder, tool| {
                assert_ne!(tool.name, broken.name, "the bug");
                builder.add(tool);
            });
            for (sentence, name) in [
                ("contract", "acme__get_contract"),
                ("acme things", "acme__list_things"),
                ("article", "globex__get_article"),
                ("globex things", "globex__list_things"),
            ] {
                let hits = index.search(sentence, 1, |_| true);
                let found = hits.first().map(|hit| catalog.tools()[hit.tool].name.as_str());
                assert_eq!(
                    found == Some(name),
                    broken.name != name,
                    "{sentence} without {}",
                    broken.name
                );
            }
        }
    }
}

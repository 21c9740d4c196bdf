//! Finding actions by what a person says: a ranking by words (BM25F), with what is known about verbs and plurals.
//!
//! Deterministic and without a model (ruling C-33). Must never run anything, and must never know who asks: whoever asks
//! says which tools there are for them.
//!
//! 1. `words` takes names and texts apart: `getCustomerOrders` has three words, `deployed` has that of `deploy`.
//! 2. `index` notes for every word which actions have it, and where: in a name it counts for more than in a text.
//! 3. `sentence` reads what is asked for: which words count, what is to be done, what in it is only data.
//! 4. `ranking` looks the words up, with their `thesaurus` and, for those that nothing has, with their
//!    `spelling`, and puts the actions in order.

mod index;
mod lexicon;
mod ranking;
mod sentence;
mod spelling;
mod spoken;
mod thesaurus;
mod words;

pub use index::{Index, first_sentence};

/// An action that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// Its position among [`super::Catalog::tools`].
    pub tool: usize,
    /// How well it fits. Only good for comparing hits of one sentence.
    pub score: f32,
}

#[cfg(test)]
mod tests;

//! Finding actions by what a person says: a ranking by words (BM25F), with what is known about verbs and plurals.
//!
//! Deterministic and without a model (ruling C-33). Must never run anything, and must never know who asks: whoever asks
//! says which tools there are for them.
//!
//! 1. `words` takes names and texts apart: `getCustomerOrders` has three words. `stems` removes endings: `deployed` is
//!    `deploy`.
//! 2. `index` notes for every word which actions have it, and where: in a name it counts for more than in a text. It is
//!    built by `builder`, with what `labels` (with `of_requests`) and `reading` tell of an action.
//! 3. `sentence` reads what is asked for, by its words (`spoken`), their places (`grammar`) and what they imply
//!    (`implied`): which words count, what is to be done, what in it is only data.
//! 4. `wanted` adds what can stand for those words: their `thesaurus` and, for words that nothing has, their `spelling`.
//! 5. `ranking` looks all of them up and puts the actions in order; `named` knows which connector is meant, `fitting`
//!    compares the best actions in detail.

mod builder;
mod fitting;
mod grammar;
mod implied;
mod index;
mod labels;
mod lexicon;
mod named;
mod of_requests;
mod ranking;
mod reading;
mod sentence;
mod spelling;
mod spoken;
mod stems;
mod thesaurus;
mod wanted;
mod words;

pub use index::Index;
pub use reading::first_sentence;

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

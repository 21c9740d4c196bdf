//! Reading all that is said about actions into an index.

use std::collections::HashMap;

use super::super::snapshot::Tool;
use super::index::{Document, Index, Label, Posting, TermId};
use super::labels::{self, Word};
use super::lexicon::is_filler;
use super::reading;
use super::stems::{root, stem};
use super::thesaurus::{self, Intent};
use super::words::each_word;
use crate::connector::model::Connector;

/// Most different words that are noted of one action, and of the texts about one connector.
const MOST_WORDS: usize = 400;
/// How much the length of a text counts (b of BM25).
const LENGTH: f32 = 0.6;
/// What a word that is repeated within a text adds to the first.
const REPEATED: f32 = 0.4;

/// A place where words stand: how much one counts there, and how many there usually are. In a longer text each counts
/// for less.
#[derive(Clone, Copy)]
struct Field {
    weight: f32,
    usual: f32,
}

const NAME: Field = Field {
    weight: 5.0,
    usual: 2.5,
};
const TITLE: Field = Field {
    weight: 2.0,
    usual: 3.0,
};
const FIRST_SENTENCE: Field = Field {
    weight: 1.8,
    usual: 5.0,
};
const DESCRIPTION: Field = Field {
    weight: 0.7,
    usual: 20.0,
};
const PATH: Field = Field {
    weight: 0.8,
    usual: 3.0,
};
const ARGUMENT_NAMES: Field = Field {
    weight: 0.6,
    usual: 6.0,
};
const ARGUMENT_TEXTS: Field = Field {
    weight: 0.4,
    usual: 30.0,
};
const OUTPUT: Field = Field {
    weight: 0.4,
    usual: 12.0,
};
const CONNECTOR_NAME: Field = Field {
    weight: 2.0,
    usual: 2.0,
};
const CONNECTOR_TEXT: Field = Field {
    weight: 0.8,
    usual: 20.0,
};
const SKILL: Field = Field {
    weight: 0.5,
    usual: 200.0,
};

/// Builds an index. Every word is taken apart once, however often it stands somewhere.
#[derive(Default)]
pub(super) struct Builder {
    pub(super) index: Index,
    known: HashMap<String, Option<TermId>>,
    connectors: HashMap<String, usize>,
}

/// What the words of one action or connector weigh.
type Weights = HashMap<TermId, f32>;

impl Builder {
    pub(super) fn add(&mut self, tool: &Tool) {
        let connector = self.connector(&tool.connector);
        let action = &tool.action;
        let mut weights = Weights::new();
        let name = labels::name(action);
        let title = labels::title(action);
        self.note(&text(&name), NAME, &mut weights);
        self.note(&text(title.as_ref().unwrap_or(&name)), TITLE, &mut weights);
        let (first, rest) = reading::described(action);
        self.note(first, FIRST_SENTENCE, &mut weights);
        self.note(rest, DESCRIPTION, &mut weights);
        self.note(&reading::literal_parts(reading::path(action)), PATH, &mut weights);
        let (names, texts) = reading::arguments(action);
        self.note(&names, ARGUMENT_NAMES, &mut weights);
        self.note(&texts, ARGUMENT_TEXTS, &mut weights);
        if let Some(schema) = &action.output_schema {
            let mut names = String::new();
            reading::property_names(schema, 0, &mut names);
            self.note(&names, OUTPUT, &mut weights);
        }
        let holder = u32::try_from(self.index.documents.len()).unwrap_or(u32::MAX);
        post(&mut self.index.of_actions, holder, weights);
        let labels =
            [&name, &title.unwrap_or_default(), &labels::summary(action, &name)].map(|words| self.label(words));
        for word in labels.iter().flatten() {
            self.index.uses.entry(word.term).or_default().add(connector);
        }
        self.index.documents.push(Document {
            connector,
            labels,
            intent: reading::intent(action, &name),
            needs_one: reading::needs_one(action),
            is_own: reading::is_own(action, &name),
            places: reading::path(action).matches('{').count(),
            is_deprecated: reading::is_deprecated(action, &name),
            searches: reading::searches(action),
        });
    }

    /// Adds an action of which nothing is known but whose it is: those behind it keep their places.
    pub(super) fn add_unread(&mut self, tool: &Tool) {
        let connector = self.number(&tool.connector);
        self.index.documents.push(Document {
            connector,
            labels: [Vec::new(), Vec::new(), Vec::new()],
            intent: Intent::default(),
            needs_one: false,
            is_own: false,
            places: 0,
            is_deprecated: false,
            searches: false,
        });
    }

    fn number(&mut self, connector: &Connector) -> usize {
        if let Some(known) = self.connectors.get(&connector.slug) {
            return *known;
        }
        let number = self.connectors.len();
        self.connectors.insert(connector.slug.clone(), number);
        self.index.sizes.push(0);
        self.index.names.push([Vec::new(), Vec::new()]);
        number
    }

    /// The number of a connector; notes its texts with its first action.
    fn connector(&mut self, connector: &Connector) -> usize {
        let number = self.number(connector);
        self.index.sizes[number] += 1;
        if self.index.sizes[number] > 1 {
            return number;
        }
        let names = [&connector.slug, &connector.name].map(|name| {
            let mut words = Vec::new();
            let mut is_common = false;
            each_word(name, |word| {
                is_common |= thesaurus::nouns_like(&stem(word)).next().is_some();
                words.extend(self.term(word));
            });
            // "Which people ..." is no question about a connector of that name.
            if is_common { Vec::new() } else { words }
        });
        self.index.names[number] = names;
        let mut weights = Weights::new();
        self.note(&connector.slug, CONNECTOR_NAME, &mut weights);
        self.note(&connector.name, CONNECTOR_NAME, &mut weights);
        self.note(&connector.description, CONNECTOR_TEXT, &mut weights);
        if let Some(skill) = &connector.skill {
            self.note(skill, SKILL, &mut weights);
        }
        post(
            &mut self.index.of_connectors,
            u32::try_from(number).unwrap_or(u32::MAX),
            weights,
        );
        number
    }

    fn note(&mut self, text: &str, field: Field, weights: &mut Weights) {
        let mut terms = Vec::new();
        each_word(text, |word| terms.extend(self.term(word)));
        // Counted in a float: no text here has so many words that it would matter.
        let length = f32::from(u16::try_from(terms.len()).unwrap_or(u16::MAX));
        let each = field.weight / (1.0 - LENGTH + LENGTH * length / field.usual);
        for term in terms {
            if weights.len() < MOST_WORDS || weights.contains_key(&term) {
                let weight = weights.entry(term).or_default();
                // A word that is repeated within a text says little more the second time.
                *weight += if *weight > 0.0 { each * REPEATED } else { each };
            }
        }
    }

    fn label(&mut self, words: &[Word]) -> Vec<Label> {
        let head = labels::head(words);
        let labels = words.iter().enumerate().filter_map(|(position, word)| {
            let term = self.term(&word.text)?;
            Some(Label {
                term,
                is_head: head == Some(position),
                is_own: labels::is_own(words, position),
                plural: word.plural,
                verb: word.verb,
                lists: word.verb.is_some() && thesaurus::is_listing(&stem(&word.text)),
                general: word.verb.is_some() && thesaurus::is_general(&stem(&word.text)),
            })
        });
        labels.collect()
    }

    /// The number of a word; none for one that says nothing.
    fn term(&mut self, word: &str) -> Option<TermId> {
        if let Some(known) = self.known.get(word) {
            return *known;
        }
        let term = (!is_filler(word)).then(|| {
            let stem = stem(word);
            let index = &mut self.index;
            let next = TermId::try_from(index.terms.len()).unwrap_or(TermId::MAX);
            *index.terms.entry(stem).or_insert_with_key(|stem| {
                index.roots.entry(root(stem).to_owned()).or_default().push(next);
                index.of_actions.push(Vec::new());
                index.of_connectors.push(Vec::new());
                next
            })
        });
        self.known.insert(word.to_owned(), term);
        term
    }
}

fn text(words: &[Word]) -> String {
    let words: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    words.join(" ")
}

fn post(postings: &mut [Vec<Posting>], holder: u32, weights: Weights) {
    for (term, weight) in weights {
        postings[term as usize].push(Posting { holder, weight });
    }
}

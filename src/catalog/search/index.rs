//! Which action has which word, and where.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use http::Method;
use serde_json::{Map, Value};

use super::super::snapshot::Tool;
use super::lexicon::is_filler;
use super::thesaurus::{self, Intent};
use super::words::{each_word, is_plural, root, stem};
use crate::connector::model::{Action, Connector, Effect};

/// Most different words that are noted of one action, and of the texts about one connector.
const MOST_WORDS: usize = 400;
/// Deepest level of an output schema whose names are read.
const DEEPEST: usize = 5;

/// The number of a word.
pub(super) type TermId = u32;

/// A place where words stand: how much one counts there, and how many there usually are. In a longer text each counts
/// for less.
#[derive(Clone, Copy)]
struct Field {
    weight: f32,
    usual: f32,
}

const NAME: Field = Field {
    weight: 5.0,
    usual: 3.0,
};
const TITLE: Field = Field {
    weight: 2.0,
    usual: 3.0,
};
const FIRST_SENTENCE: Field = Field {
    weight: 1.4,
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

/// What is noted of one action beside its words.
#[derive(Debug)]
pub(super) struct Document {
    /// Number of its connector.
    pub(super) connector: usize,
    /// The words of its name, and those of its title.
    pub(super) labels: [Vec<Label>; 2],
    /// What it does.
    pub(super) intent: Intent,
    /// Whether it needs to be told which one thing it is about.
    pub(super) needs_one: bool,
    /// Whether it takes words to look for.
    pub(super) searches: bool,
}

/// A word of a name.
#[derive(Debug)]
pub(super) struct Label {
    pub(super) term: TermId,
    pub(super) plural: bool,
    /// What it does, if it is the verb.
    pub(super) verb: Option<Intent>,
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
    pub(super) connectors: usize,
    terms: HashMap<String, TermId>,
    /// Words that differ only in endings, by what they share.
    roots: HashMap<String, Vec<TermId>>,
    /// Actions that have a word, by its number.
    of_actions: Vec<Vec<Posting>>,
    /// Connectors that have it in the texts about themselves.
    of_connectors: Vec<Vec<Posting>>,
    /// The words of each connector's slug, and those of its name.
    names: Vec<[Vec<TermId>; 2]>,
}

impl Index {
    /// Reads all that is said about `tools`.
    #[must_use]
    pub fn build(tools: &[Arc<Tool>]) -> Self {
        let mut builder = Builder::default();
        for tool in tools {
            builder.add(tool);
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

    /// Which connectors a sentence with these words names: those with all words of their slug or name in it. A word of
    /// the names of others' actions is no name: "the calendar" may be any.
    pub(super) fn named_connectors(&self, words: &HashSet<TermId>) -> Vec<bool> {
        let is_of_others = |word: TermId, connector: usize| {
            let holders = self
                .actions_with(word)
                .iter()
                .map(|posting| &self.documents[posting.holder as usize]);
            let mut others = holders.filter(|document| document.connector != connector);
            others.any(|document| document.labels.iter().flatten().any(|label| label.term == word))
        };
        let is_named = |name: &[TermId], connector: usize| {
            !name.is_empty()
                && name
                    .iter()
                    .all(|word| words.contains(word) && !is_of_others(*word, connector))
        };
        let connectors = self.names.iter().enumerate();
        connectors
            .map(|(connector, names)| names.iter().any(|name| is_named(name, connector)))
            .collect()
    }

    pub(super) fn connectors_with(&self, term: TermId) -> &[Posting] {
        self.of_connectors
            .get(term as usize)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }
}

/// Builds an index. Every word is taken apart once, however often it stands somewhere.
#[derive(Default)]
struct Builder {
    index: Index,
    known: HashMap<String, Option<TermId>>,
    connectors: HashMap<String, usize>,
}

/// What the words of one action or connector weigh.
type Weights = HashMap<TermId, f32>;

impl Builder {
    fn add(&mut self, tool: &Tool) {
        let connector = self.connector(&tool.connector);
        let action = &tool.action;
        let mut weights = Weights::new();
        let name = self.label(&action.name);
        let title = self.label(&action.title);
        self.note(&action.name, NAME, &mut weights);
        self.note(&action.title, TITLE, &mut weights);
        let (first, rest) = first_sentence(&action.description);
        self.note(first, FIRST_SENTENCE, &mut weights);
        self.note(rest, DESCRIPTION, &mut weights);
        self.note(&literal_parts(path(action)), PATH, &mut weights);
        let (names, texts) = arguments(action);
        self.note(&names, ARGUMENT_NAMES, &mut weights);
        self.note(&texts, ARGUMENT_TEXTS, &mut weights);
        if let Some(schema) = &action.output_schema {
            let mut names = String::new();
            property_names(schema, 0, &mut names);
            self.note(&names, OUTPUT, &mut weights);
        }
        let holder = u32::try_from(self.index.documents.len()).unwrap_or(u32::MAX);
        post(&mut self.index.of_actions, holder, weights);
        let words = |label: &[Label]| label.iter().map(|word| word.term).collect::<Vec<_>>();
        let labels = if words(&name) == words(&title) {
            [name, Vec::new()]
        } else {
            [name, title]
        };
        self.index.documents.push(Document {
            connector,
            labels,
            intent: intent(action),
            needs_one: needs_one(action),
            searches: searches(action),
        });
    }

    /// The number of a connector; notes its texts when it is a new one.
    fn connector(&mut self, connector: &Connector) -> usize {
        if let Some(known) = self.connectors.get(&connector.slug) {
            return *known;
        }
        let number = self.connectors.len();
        self.connectors.insert(connector.slug.clone(), number);
        self.index.connectors = number + 1;
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
        self.index.names.push(names);
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
        let each = field.weight / (0.4 + 0.6 * length / field.usual);
        for term in terms {
            if weights.len() < MOST_WORDS || weights.contains_key(&term) {
                let weight = weights.entry(term).or_default();
                // A word that is repeated within a text says little more the second time.
                *weight += if *weight > 0.0 { each * 0.5 } else { each };
            }
        }
    }

    fn label(&mut self, name: &str) -> Vec<Label> {
        let mut label = Vec::new();
        each_word(name, |word| {
            let stem = stem(word);
            // In front it says what is done, elsewhere more often to what: `file_report`, `upload_file`.
            let intent = thesaurus::intent(&stem);
            let is_verb = if label.is_empty() {
                !intent.is_unknown()
            } else {
                thesaurus::is_only_verb(&stem)
            };
            let verb = (is_verb && !is_plural(word)).then_some(intent);
            let plural = is_plural(word);
            label.extend(self.term(word).map(|term| Label { term, plural, verb }));
        });
        label
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

fn post(postings: &mut [Vec<Posting>], holder: u32, weights: Weights) {
    for (term, weight) in weights {
        postings[term as usize].push(Posting { holder, weight });
    }
}

/// The first sentence of a description, and the rest.
#[must_use]
pub fn first_sentence(text: &str) -> (&str, &str) {
    let end = text
        .char_indices()
        .find(|(at, character)| match character {
            '\n' => true,
            '.' | '!' | '?' => text[at + 1..].starts_with(char::is_whitespace) && !text[..*at].ends_with("e.g"),
            _ => false,
        })
        .map_or(text.len(), |(at, character)| at + character.len_utf8());
    let (first, rest) = text.split_at(end);
    (first.trim(), rest.trim())
}

/// What a path says beside its placeholders.
fn literal_parts(path: &str) -> String {
    path.split('{')
        .map(|part| part.rsplit('}').next().unwrap_or(part))
        .collect::<Vec<_>>()
        .join(" ")
}

/// The names of the arguments, and what is said about them.
fn arguments(action: &Action) -> (String, String) {
    let mut names = String::new();
    let mut texts = String::new();
    let properties = action.input.document().get("properties").and_then(Value::as_object);
    for (name, schema) in properties.into_iter().flatten() {
        names.push_str(name);
        names.push(' ');
        for key in ["title", "description"] {
            if let Some(text) = schema.get(key).and_then(Value::as_str) {
                texts.push_str(text);
                texts.push(' ');
            }
        }
        for choice in schema.get("enum").and_then(Value::as_array).into_iter().flatten() {
            if let Some(text) = choice.as_str() {
                texts.push_str(text);
                texts.push(' ');
            }
        }
    }
    (names, texts)
}

fn property_names(schema: &Map<String, Value>, depth: usize, names: &mut String) {
    if depth == DEEPEST {
        return;
    }
    for (name, schema) in schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        names.push_str(name);
        names.push(' ');
        if let Some(schema) = schema.as_object() {
            property_names(schema, depth + 1, names);
        }
    }
    if let Some(items) = schema.get("items").and_then(Value::as_object) {
        property_names(items, depth + 1, names);
    }
}

/// What an action does, by its name as far as that agrees with what it may do, else by its method.
fn intent(action: &Action) -> Intent {
    if action.effect == Effect::Read {
        return Intent::READ;
    }
    let mut by_name = Vec::new();
    each_word(&action.name, |word| {
        by_name.push(thesaurus::intent(&stem(word)).writes());
    });
    let first = by_name.first().copied().unwrap_or_default();
    let last = by_name.last().copied().unwrap_or_default();
    let any = by_name.iter().find(|intent| !intent.is_unknown()).copied();
    let method = action.request().map(|request| &request.method);
    let by_method = match method {
        Some(&Method::DELETE) => Intent::DELETE,
        Some(&Method::PUT | &Method::PATCH) => Intent::UPDATE,
        _ => Intent::CREATE.and(Intent::UPDATE),
    };
    let by_name = [first, last].into_iter().find(|intent| !intent.is_unknown()).or(any);
    match by_name {
        Some(by_name) if method == Some(&Method::DELETE) => by_name.and(by_method),
        Some(by_name) => by_name,
        None => by_method,
    }
}

/// The path that an action's request goes to; nothing is known of those of code.
fn path(action: &Action) -> &str {
    action.request().map_or("", |request| request.path_source.as_str())
}

/// Whether an identifier must be given.
fn needs_one(action: &Action) -> bool {
    let required = action.input.document().get("required").and_then(Value::as_array);
    required.into_iter().flatten().filter_map(Value::as_str).any(|name| {
        let mut last = String::new();
        each_word(name, |word| word.clone_into(&mut last));
        matches!(
            last.as_str(),
            "id" | "ids" | "key" | "number" | "slug" | "uuid" | "code" | "sku"
        ) || path(action).contains(&format!("{{{name}}}"))
    })
}

/// Whether words to look for can be given.
fn searches(action: &Action) -> bool {
    const PLACES: [&str; 7] = ["query", "q", "search", "text", "keyword", "keywords", "term"];
    let properties = action.input.document().get("properties").and_then(Value::as_object);
    action.effect == Effect::Read
        && properties.is_some_and(|properties| PLACES.iter().any(|name| properties.contains_key(*name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_cut_after_its_first_sentence() {
        for (text, first, rest) in [
            ("Gets it. Then more.", "Gets it.", "Then more."),
            ("Gets v1.2 of it", "Gets v1.2 of it", ""),
            ("Takes an id, e.g. 7. More", "Takes an id, e.g. 7.", "More"),
            ("One line\nand another", "One line", "and another"),
            ("What? Yes", "What?", "Yes"),
            ("", "", ""),
        ] {
            assert_eq!(first_sentence(text), (first, rest));
        }
    }

    #[test]
    fn placeholders_are_no_part_of_what_a_path_says() {
        assert_eq!(
            literal_parts("/customers/{customer_id}/tickets").trim(),
            "/customers/ /tickets"
        );
        assert_eq!(
            literal_parts("/a/{{b}}/c").split_whitespace().collect::<String>(),
            "/a//c"
        );
    }
}

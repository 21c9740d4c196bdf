//! Keys that a text holds twice. A tree has one of them, and what the other held must not be lost without a word.

use std::borrow::Cow;

use serde_json::{Map, Value};

/// Most keys that are told of one text.
const MOST_TOLD: usize = 20;

/// What was found of them in one text.
#[derive(Debug, Default)]
pub(super) struct Repeated {
    /// Pointers to them, and what became of their values.
    found: Vec<(String, &'static str)>,
    /// How many more there are.
    more: usize,
}

impl Repeated {
    /// Notes that the table that `way` leads to holds `name` twice, of which `last` is kept. Two path items are put
    /// together: descriptions that were joined by hand have one for each method.
    pub(super) fn take<'w>(
        &mut self,
        way: impl Iterator<Item = Cow<'w, str>>,
        name: &str,
        earlier: Value,
        last: &mut Value,
    ) {
        let way: Vec<Cow<'_, str>> = way.collect();
        let pointer: String = way.iter().map(|step| segment(step)).chain([segment(name)]).collect();
        match (earlier, last) {
            (Value::Object(earlier), Value::Object(last)) if way == ["paths"] => {
                let later = std::mem::replace(last, earlier);
                self.put_together(&pointer, later, last);
            }
            _ => self.tell(pointer, "the last one counts"),
        }
    }

    fn put_together(&mut self, pointer: &str, later: Map<String, Value>, whole: &mut Map<String, Value>) {
        for (name, value) in later {
            let place = format!("{pointer}{}", segment(&name));
            if whole.insert(name, value).is_some() {
                self.tell(place, "the last one counts");
            }
        }
        self.tell(pointer.to_owned(), "what both hold is put together");
    }

    fn tell(&mut self, pointer: String, outcome: &'static str) {
        if self.found.len() < MOST_TOLD {
            self.found.push((pointer, outcome));
        } else {
            self.more += 1;
        }
    }

    /// A line for each, of the document called `name`; the root has no name.
    pub(super) fn notes(&self, name: &str) -> impl Iterator<Item = String> {
        let place = if name.is_empty() {
            String::new()
        } else {
            format!(" of {name}")
        };
        let more = (self.more > 0).then(|| format!("{} more keys{place} are written twice", self.more));
        let told = self
            .found
            .iter()
            .map(move |(pointer, outcome)| format!("`{pointer}`{place} is written twice: {outcome}"));
        told.chain(more)
    }
}

/// One step of a JSON Pointer.
fn segment(step: &str) -> String {
    format!("/{}", step.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_written_twice_is_told_as_often_as_it_can_be_read() {
        let mut repeated = Repeated::default();
        for index in 0..MOST_TOLD + 2 {
            let way = ["a/b".into(), index.to_string().into()];
            repeated.take(way.into_iter(), "~", json!(1), &mut json!(2));
        }
        let notes: Vec<String> = repeated.notes("x.yaml").collect();
        assert_eq!(notes[0], "`/a~1b/0/~0` of x.yaml is written twice: the last one counts");
        assert_eq!(
            (notes.len(), notes[MOST_TOLD].as_str()),
            (MOST_TOLD + 1, "2 more keys of x.yaml are written twice")
        );
    }

    #[test]
    fn path_items_are_put_together_and_nothing_else_is() {
        for (way, kept) in [
            (vec!["paths"], json!({"get": 1, "put": 4, "post": 3})),
            (vec!["a", "paths"], json!({"post": 3, "put": 4})),
            (vec![], json!({"post": 3, "put": 4})),
        ] {
            let mut last = json!({"post": 3, "put": 4});
            let mut repeated = Repeated::default();
            let steps = way.iter().map(|step| Cow::Borrowed(*step));
            repeated.take(steps, "/a", json!({"get": 1, "put": 2}), &mut last);
            assert_eq!(last, kept, "{way:?}");
        }
    }
}

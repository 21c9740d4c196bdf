//! Keys that a text holds twice. A tree has one of them, and what the other held must not be lost without a word.

use std::borrow::Cow;

use serde_json::Value;

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
    ///
    /// A text may hold a key a million times, at the end of a long way: this takes no longer than reading `last`, and the
    /// way is only followed for those that are told.
    pub(super) fn take<'w>(
        &mut self,
        way: &(impl Iterator<Item = Cow<'w, str>> + Clone),
        name: &str,
        earlier: Value,
        last: &mut Value,
    ) {
        let pointer = || -> String { way.clone().map(|step| segment(&step)).chain([segment(name)]).collect() };
        match (earlier, last) {
            (Value::Object(earlier), Value::Object(last)) if way.clone().take(2).eq(["paths"]) => {
                let later = std::mem::replace(last, earlier);
                for (name, value) in later {
                    // The table takes the name before it says whether it has it already.
                    let place = self.is_told().then(|| segment(&name));
                    if last.insert(name, value).is_some() {
                        let place = || place.map(|place| pointer() + &place).unwrap_or_default();
                        self.tell(place, "the last one counts");
                    }
                }
                self.tell(pointer, "what both hold is put together");
            }
            _ => self.tell(pointer, "the last one counts"),
        }
    }

    fn is_told(&self) -> bool {
        self.found.len() < MOST_TOLD
    }

    fn tell(&mut self, pointer: impl FnOnce() -> String, outcome: &'static str) {
        if self.is_told() {
            self.found.push((pointer(), outcome));
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
    use std::cell::Cell;

    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_written_twice_is_told_as_often_as_it_can_be_read() {
        let mut repeated = Repeated::default();
        for index in 0..MOST_TOLD + 2 {
            let way = ["a/b".into(), index.to_string().into()];
            repeated.take(&way.into_iter(), "~", json!(1), &mut json!(2));
        }
        let notes: Vec<String> = repeated.notes("x.yaml").collect();
        assert_eq!(notes[0], "`/a~1b/0/~0` of x.yaml is written twice: the last one counts");
        assert_eq!(
            (notes.len(), notes[MOST_TOLD].as_str()),
            (MOST_TOLD + 1, "2 more keys of x.yaml are written twice")
        );
    }

    #[test]
    fn no_way_is_followed_for_what_is_not_told() {
        let mut repeated = Repeated::default();
        let followed = Cell::new(0);
        for index in 0..1_000 {
            let way = (0..100).map(|step| {
                followed.set(followed.get() + 1);
                Cow::Owned(format!("step {step}"))
            });
            let both = || json!({"get": 1});
            repeated.take(&way, &index.to_string(), both(), &mut both());
        }
        assert_eq!(repeated.notes("").count(), MOST_TOLD + 1);
        // That it is not the way to a path item shows at its beginning.
        assert!(followed.get() <= MOST_TOLD * 100 + 1_000 * 2, "{}", followed.get());
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
            repeated.take(&steps, "/a", json!({"get": 1, "put": 2}), &mut last);
            assert_eq!(last, kept, "{way:?}");
        }
    }
}

//! JSON texts as trees without room to grow: a description is read, not added to, and most of its tables have one or two
//! members, for which a table that grew by itself has room for four.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};

use serde::Serialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Number, Value};

use super::repeated::Repeated;

/// Most members of a table that is looked through: hashing a key takes longer.
const FEW: usize = 12;

/// The member of `value` called `key`; none of anything but a table.
pub(super) fn member<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    let members = value.as_object()?;
    if members.len() <= FEW {
        let mut named = members.iter().filter(|(name, _)| *name == key);
        return named.next().map(|(_, member)| member);
    }
    members.get(key)
}

/// How many bytes `value` takes as a text.
pub(super) fn length(value: &impl Serialize) -> usize {
    let mut counted = Counted(0);
    // Counting does not fail, and what is counted here has texts as keys.
    serde_json::to_writer(&mut counted, value).map_or(0, |()| counted.0)
}

/// Bytes that were written, and are nowhere.
struct Counted(usize);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reads a whole text, and the keys that it holds twice.
pub(super) fn parse(text: &str) -> Result<(Value, Repeated), serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let mut open = Open::default();
    let tree = open.deserialize(&mut reader)?;
    reader.end()?;
    Ok((tree, open.repeated))
}

/// `members`, without room for more.
pub(super) fn fitted(members: Map<String, Value>) -> Map<String, Value> {
    let mut kept = Map::with_capacity(members.len());
    kept.extend(members);
    kept
}

/// A table as its text, which takes a tenth of the memory: there may be tens of thousands, and each is needed once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written(Box<str>);

impl Written {
    /// The text of `table`.
    #[must_use]
    pub fn of(table: &Map<String, Value>) -> Self {
        // Tables of values can always be written.
        Self(serde_json::to_string(table).unwrap_or_default().into_boxed_str())
    }

    /// The table.
    #[must_use]
    pub fn read(&self) -> Map<String, Value> {
        // What was written by serde_json is read by it.
        serde_json::from_str(&self.0).unwrap_or_default()
    }

    /// How many bytes it takes.
    pub(super) fn length(&self) -> usize {
        self.0.len()
    }
}

/// Members and items of the tables and lists that are not at their end, the outermost first. Each table is made when
/// it is known how many members it has.
#[derive(Default)]
struct Open {
    members: Vec<(String, Value)>,
    items: Vec<Value>,
    /// The way to what is being read.
    steps: Vec<Step>,
    repeated: Repeated,
}

/// Into a table or a list.
enum Step {
    /// To the member at this place among all that are open.
    Member(usize),
    /// To this item.
    Item(usize),
}

impl Open {
    /// Makes a table of the members from the one at `first` on.
    fn table(&mut self, first: usize) -> Map<String, Value> {
        let mut table = Map::with_capacity(self.members.len() - first);
        let mut repeated = Vec::new();
        for (name, value) in self.members.drain(first..) {
            match table.entry(name) {
                Entry::Vacant(entry) => {
                    entry.insert(value);
                }
                Entry::Occupied(entry) => repeated.push((entry.key().clone(), value)),
            }
        }
        // In their order, so that each is put to those before it, of which there may be many, and not they to it.
        for (name, later) in repeated {
            let way = self.steps.iter().map(|step| match step {
                Step::Member(at) => Cow::Borrowed(self.members[*at].0.as_str()),
                Step::Item(index) => Cow::Owned(index.to_string()),
            });
            if let Some(last) = table.get_mut(&name) {
                let earlier = std::mem::replace(last, later);
                self.repeated.take(&way, &name, earlier, last);
            }
        }
        table
    }
}

impl<'de> DeserializeSeed<'de> for &mut Open {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &mut Open {
    type Value = Value;

    fn expecting(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        text.write_str("any JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        // JSON has no number that is not finite.
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let first = self.items.len();
        self.steps.push(Step::Item(0));
        while let Some(item) = list.next_element_seed(&mut *self)? {
            self.items.push(item);
            self.steps.pop();
            self.steps.push(Step::Item(self.items.len() - first));
        }
        self.steps.pop();
        // A drain knows its length, so that the list gets no more room than it needs.
        Ok(Value::Array(self.items.drain(first..).collect()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Value, A::Error> {
        let first = self.members.len();
        while let Some(name) = table.next_key::<String>()? {
            // It is on the way to what stands in it.
            let at = self.members.len();
            self.members.push((name, Value::Null));
            self.steps.push(Step::Member(at));
            self.members[at].1 = table.next_value_seed(&mut *self)?;
            self.steps.pop();
        }
        Ok(Value::Object(self.table(first)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_are_those_of_the_usual_parser() {
        for text in [
            "{}",
            "[]",
            " [ ] ",
            r#"{"b": [1, -2, 3.5, 1e300, 18446744073709551615, true, null, "\u00e9\ud83d\ude00"], "a": {"x": {}, "y": [[], [{}]]}}"#,
            r#"{"twice": 1, "other": 2, "twice": {"last": "counts"}}"#,
            r#"[{"a": 1}, {"a": [2, {"b": 3}]}, 4]"#,
        ] {
            let usual: Value = serde_json::from_str(text).unwrap();
            let (tree, _) = parse(text).unwrap();
            assert_eq!(tree, usual, "{text}");
            assert_eq!(tree.to_string(), usual.to_string(), "{text}");
        }
    }

    #[test]
    fn mistakes_are_those_of_the_usual_parser() {
        let deep = "[".repeat(200);
        for text in [
            "",
            "{",
            r#"{"a" 1}"#,
            "{} x",
            "[1,]",
            r#"{"a": 1e999}"#,
            "\"\u{1}\"",
            &deep,
        ] {
            let usual = serde_json::from_str::<Value>(text).unwrap_err();
            assert_eq!(parse(text).unwrap_err().to_string(), usual.to_string(), "{text}");
        }
    }

    #[test]
    fn what_is_written_twice_is_told_with_its_place() {
        let text = r#"{"a": [0, {"b": 1, "c": [], "b": [{"x": 1, "x": 2}], "b": 3}], "a/b": {"y": 1}, "a": 5}"#;
        let (tree, repeated) = parse(text).unwrap();
        let usual: Value = serde_json::from_str(text).unwrap();
        assert_eq!(tree, usual);
        let told: Vec<String> = repeated.notes("").collect();
        let places: Vec<&str> = told.iter().filter_map(|note| note.split('`').nth(1)).collect();
        assert_eq!(places, ["/a/1/b/0/x", "/a/1/b", "/a/1/b", "/a"]);
    }

    #[test]
    fn path_items_are_put_together_in_their_order() {
        let text = r#"{"paths": {"/a": {"get": 1, "x": 1}, "/b": {}, "/a": {"get": 2, "put": 2}, "/a": {"post": 3}}}"#;
        let (tree, repeated) = parse(text).unwrap();
        assert_eq!(
            tree.to_string(),
            r#"{"paths":{"/a":{"get":2,"x":1,"put":2,"post":3},"/b":{}}}"#
        );
        let told: Vec<String> = repeated.notes("").collect();
        assert_eq!(told[0], "`/paths/~1a/get` is written twice: the last one counts");
        assert_eq!(told.len(), 3, "{told:?}");
    }

    #[test]
    fn members_are_found_however_many_there_are() {
        for count in [0, 1, FEW, FEW + 1] {
            let table: Value = (0..count)
                .map(|index| (format!("key{index}"), Value::from(index)))
                .collect();
            for index in 0..=count {
                let key = format!("key{index}");
                assert_eq!(member(&table, &key), table.get(&key), "{key} of {count}");
            }
        }
        assert_eq!(member(&Value::Array(vec![Value::Null]), "0"), None);
    }

    #[test]
    fn lengths_are_those_of_the_text() {
        for text in ["{}", r#"{"a":["\u00e9 \"",1.5,null],"b":{"c":true}}"#] {
            let value: Value = serde_json::from_str(text).unwrap();
            assert_eq!(length(&value), value.to_string().len());
        }
    }

    #[test]
    fn what_was_written_is_read_again() {
        let text = r#"{"b":[1,-2.5,0.1,1e-7,{"\"":"\u0001"}],"a":{}}"#;
        let table: Map<String, Value> = serde_json::from_str(text).unwrap();
        let written = Written::of(&table);
        assert_eq!(written.length(), text.len());
        assert_eq!(Value::Object(written.read()).to_string(), text);
    }

    #[test]
    fn nothing_has_room_to_grow() {
        let (tree, _) = parse(r#"{"a": [1, 2, 3, 4, 5], "b": {"c": "d"}}"#).unwrap();
        let Value::Array(items) = &tree["a"] else {
            panic!("{tree}");
        };
        assert_eq!(items.capacity(), 5);
    }
}

//! Keys of `pagination` that find nothing in an answer because of how they are written. Many APIs leave out what is empty,
//! and what says where the next page is on the last one: only what looks like a slip of the pen is told.

use serde_json::Value;

use super::Pagination;
use crate::mapping::Place;

/// Levels of an answer in which lists are looked for.
const LEVELS: usize = 2;

/// Shortest name, in bytes, in which one slip is believed, and in which two are.
const ONE_SLIP: usize = 5;
const TWO_SLIPS: usize = 8;

/// Longest name, in bytes, that is compared and told: an answer may hold any.
const LONGEST_NAME: usize = 64;

/// Lists of nothing that a walk through pages would be about.
const OTHER_LISTS: [&str; 6] = ["links", "_links", "errors", "warnings", "messages", "included"];

/// A key that finds nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// The key.
    pub key: &'static str,
    /// Its value.
    pub written: String,
    /// What stands in the answer and is probably meant, e.g. `data.items`.
    pub meant: String,
}

/// The first of the keys that finds nothing in `body`, where something else there is probably meant.
pub(super) fn of(pagination: &Pagination, body: &Value) -> Option<Slip> {
    let mut slips = pagination.places.iter().filter_map(|(key, place)| {
        let meant = place.nearly_in(body, is_alike)?;
        Some(Slip {
            key,
            written: place.written().to_owned(),
            meant,
        })
    });
    slips.next().or_else(|| no_items(&pagination.items, body))
}

/// Items that are nowhere, in an answer that has lists of records.
fn no_items(items: &Place, body: &Value) -> Option<Slip> {
    if items.find(body).is_some() {
        return None;
    }
    let mut found = Vec::new();
    lists(body, "", LEVELS, &mut found);
    // An API that leaves out an empty list may have others; only one alone is probably it.
    let [meant] = found.as_slice() else { return None };
    Some(Slip {
        key: "items",
        written: items.written().to_owned(),
        meant: meant.clone(),
    })
}

fn lists(value: &Value, path: &str, levels: usize, found: &mut Vec<String>) {
    let Value::Object(members) = value else { return };
    for (name, member) in members {
        if name.len() > LONGEST_NAME || OTHER_LISTS.contains(&name.as_str()) || found.len() > 1 {
            continue;
        }
        let path = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        match member {
            Value::Array(elements) if elements.first().is_some_and(Value::is_object) => found.push(path),
            Value::Object(_) if levels > 1 => lists(member, &path, levels - 1, found),
            _ => {}
        }
    }
}

/// Whether one name is the other with a slip of the pen, or written in another case.
fn is_alike(written: &str, other: &str) -> bool {
    if other.len() > LONGEST_NAME || !other.bytes().all(|byte| byte.is_ascii_graphic()) {
        return false;
    }
    let plain = |name: &str| name.replace(['_', '-'], "").to_lowercase();
    let (written, other) = (plain(written), plain(other));
    let believed = usize::from(written.len() >= ONE_SLIP) + usize::from(written.len() >= TWO_SLIPS);
    strsim::damerau_levenshtein(&written, &other) <= believed
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_alike_and_other_names_are_not() {
        for (written, other, alike) in [
            ("has_mor", "has_more", true),
            ("nxt", "next", false),
            ("nextPage", "next_page", true),
            ("itmes", "items", true),
            ("next_curser", "next_cursor", true),
            ("next", "text", false),
            ("items", "items\n", false),
            ("next", "prev", false),
            ("next", "total", false),
            ("id", "at", false),
        ] {
            assert_eq!(is_alike(written, other), alike, "{written} {other}");
        }
    }

    #[test]
    fn lists_of_records_are_found() {
        let mut found = Vec::new();
        let body = json!({"a": [1], "b": [{}], "c": {"d": [{}], "e": {"f": [{}]}}, "g": []});
        lists(&body, "", LEVELS, &mut found);
        assert_eq!(found, ["b", "c.d"]);
    }
}

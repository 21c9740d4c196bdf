//! What pagination an operation looks like it has: a hint for whoever imports it. Nothing follows from it by itself.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::model::{Action, ArgumentPlace};

/// An operation that looks as if it answered in pages.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Paged {
    /// In capitals.
    pub method: String,
    /// With placeholders for the arguments.
    pub path: String,
    /// What could be written as its `x-toolgate.pagination`.
    pub pagination: Value,
}

/// Names of parameters that take what an answer said, as they are compared: lower case, without separators.
const CURSORS: [&str; 14] = [
    "cursor",
    "after",
    "pagetoken",
    "nexttoken",
    "nextpagetoken",
    "continuationtoken",
    "continuation",
    "continue",
    "marker",
    "startingafter",
    "startcursor",
    "pagecursor",
    "pageafter",
    "scrollid",
];

/// Members of answers that hold the value for the next page.
const NEXT_VALUES: [&str; 13] = [
    "nextcursor",
    "nextpagetoken",
    "nexttoken",
    "continuationtoken",
    "nextmarker",
    "nextpage",
    "endcursor",
    "cursor",
    "after",
    "next",
    "continue",
    "scrollid",
    "nextpagecursor",
];

/// Members of answers that hold the next page's URL.
const NEXT_URLS: [&str; 8] = [
    "next",
    "nexturl",
    "nextlink",
    "nextpageurl",
    "nextpageuri",
    "nextrecordsurl",
    "odata.nextlink",
    "@odata.nextlink",
];

/// Parameters that count pages, and items.
const PAGES: [&str; 5] = ["page", "pagenumber", "pagenum", "pageno", "pageindex"];
const OFFSETS: [&str; 5] = ["offset", "skip", "startindex", "startat", "pageoffset"];

/// Members of answers that say how long the whole list is.
const TOTALS: [&str; 7] = [
    "total",
    "totalcount",
    "totalresults",
    "totalitems",
    "count",
    "totalrecords",
    "size",
];
const TOTAL_PAGES: [&str; 5] = ["totalpages", "pages", "pagecount", "numpages", "lastpage"];

/// Members of answers that say whether there are more pages.
const MORE: [&str; 4] = ["hasmore", "hasnextpage", "hasnext", "morepages"];

/// Deepest member of an answer that is looked at.
const DEEPEST: usize = 2;

/// How `action` looks paged.
pub(super) fn hint(action: &Action) -> Option<Paged> {
    let reads = action.method == "GET" && !action.settings.contains_key("pagination");
    let schema = action.response.as_ref()?.read();
    let answer = Answer::of(&schema);
    let (items, record) = answer.list()?;
    let mut keys = reads.then(|| style(action, &answer, &items))??;
    if items != "@" {
        keys.insert("items".to_owned(), json!(items));
    }
    if keys.get("style") == Some(&json!("cursor")) && !keys.contains_key("next") {
        // The last item's id, where records have one.
        record.get("id")?;
        let last = if items == "@" {
            "[-1].id".to_owned()
        } else {
            format!("{items}[-1].id")
        };
        keys.insert("next".to_owned(), json!(last));
    }
    Some(Paged {
        method: action.method.clone(),
        path: action.path.clone(),
        pagination: Value::Object(keys),
    })
}

/// The keys of the style that fits best, but for where the items are.
fn style(action: &Action, answer: &Answer<'_>, items: &str) -> Option<Map<String, Value>> {
    let parameter = |names: &[&str]| {
        let mut query = action.input.iter().filter(|one| one.place == ArgumentPlace::Query);
        query.find(|one| names.contains(&plain(&one.sent_as).as_str()))
    };
    let mut keys = Map::new();
    let mut put = |key: &str, value: String| keys.insert(key.to_owned(), Value::String(value));
    if let Some(cursor) = parameter(&CURSORS) {
        put("style", "cursor".to_owned());
        put("parameter", cursor.sent_as.clone());
        if let Some(next) = answer.member(&NEXT_VALUES, &["string", "integer"]) {
            put("next", next);
        }
        if let Some(more) = answer.member(&MORE, &["boolean"]) {
            put("more", more);
        }
    } else if let Some(offset) = parameter(&OFFSETS) {
        put("style", "offset".to_owned());
        put("parameter", offset.sent_as.clone());
        if let Some(total) = answer.member(&TOTALS, &["integer", "number"]) {
            put("total", total);
        }
    } else if let Some(next) = answer.member(&NEXT_URLS, &["string"]).filter(|next| *next != items) {
        put("style", "url".to_owned());
        put("next", next);
    } else {
        let page = parameter(&PAGES)?;
        put("style", "page".to_owned());
        put("parameter", page.sent_as.clone());
        if let Some(total) = answer.member(&TOTAL_PAGES, &["integer", "number"]) {
            put("total_pages", total);
        }
    }
    Some(keys)
}

/// A name without what is written differently everywhere.
fn plain(name: &str) -> String {
    name.to_ascii_lowercase()
        .trim_start_matches('$')
        .replace(['_', '-', '[', ']'], "")
}

/// The schema of an answer.
struct Answer<'a> {
    root: &'a Map<String, Value>,
}

impl<'a> Answer<'a> {
    fn of(root: &'a Map<String, Value>) -> Self {
        Self { root }
    }

    /// What `schema` is, one local reference followed.
    fn resolved(&self, schema: &'a Map<String, Value>) -> &'a Map<String, Value> {
        let name = schema
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|text| text.strip_prefix("#/$defs/"));
        let found = name.and_then(|name| self.root.get("$defs")?.get(name)?.as_object());
        found.unwrap_or(schema)
    }

    /// Every member with its path, those of the outside first.
    fn members(&self) -> Vec<(String, &'a str, &'a Map<String, Value>)> {
        let mut found = Vec::new();
        let mut level = vec![(String::new(), self.resolved(self.root))];
        for _ in 0..DEEPEST {
            let mut below = Vec::new();
            for (path, schema) in level {
                for (name, member) in schema
                    .get("properties")
                    .and_then(Value::as_object)
                    .into_iter()
                    .flatten()
                {
                    let Some(member) = member.as_object() else { continue };
                    let member = self.resolved(member);
                    let path = if path.is_empty() {
                        written(name)
                    } else {
                        format!("{path}.{}", written(name))
                    };
                    found.push((path.clone(), name.as_str(), member));
                    below.push((path, member));
                }
            }
            level = below;
        }
        found
    }

    /// The path of the first member of one of these names and types.
    fn member(&self, names: &[&str], types: &[&str]) -> Option<String> {
        let members = self.members();
        let of_name = |wanted: &&str| {
            members
                .iter()
                .find(|(_, found, schema)| plain(found) == **wanted && types.iter().any(|kind| is(schema, kind)))
        };
        names.iter().find_map(of_name).map(|(path, ..)| path.clone())
    }

    /// Where the one list of records is, and the members of a record.
    fn list(&self) -> Option<(String, Map<String, Value>)> {
        let root = self.resolved(self.root);
        if is(root, "array") {
            return Some(("@".to_owned(), self.record(root)));
        }
        let members = self.members();
        // Outside before inside; several lists beside each other leave it open which one is meant.
        for depth in 0..DEEPEST {
            let lists: Vec<_> = members
                .iter()
                .filter(|(path, _, schema)| depth_of(path) == depth && is(schema, "array"))
                .collect();
            match lists.as_slice() {
                [] => {}
                [(path, _, schema)] => return Some((path.clone(), self.record(schema))),
                _ => return None,
            }
        }
        None
    }

    fn record(&self, list: &'a Map<String, Value>) -> Map<String, Value> {
        let record = list
            .get("items")
            .and_then(Value::as_object)
            .map(|items| self.resolved(items));
        let members = record.and_then(|record| record.get("properties")?.as_object());
        members.cloned().unwrap_or_default()
    }
}

/// How many members lead to the one that `path` names.
fn depth_of(path: &str) -> usize {
    let mut in_quotes = false;
    path.chars()
        .filter(|character| {
            in_quotes ^= *character == '"';
            *character == '.' && !in_quotes
        })
        .count()
}

/// Whether values of `schema` may be of this type.
fn is(schema: &Map<String, Value>, kind: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(name)) => name == kind,
        Some(Value::Array(names)) => names.iter().any(|name| name == kind),
        _ => false,
    }
}

/// A member's name in a JMESPath.
fn written(name: &str) -> String {
    let is_plain = |text: &str| {
        text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && text.chars().all(|one| one.is_ascii_alphanumeric() || one == '_')
    };
    if is_plain(name) {
        name.to_owned()
    } else {
        Value::from(name).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::{Documents, Options, import};
    use crate::pagination;

    /// The hint for an operation with these query parameters and this schema of its answer.
    fn hinted(parameters: &[&str], answer: &Value) -> Option<Value> {
        let parameters: Vec<Value> = parameters
            .iter()
            .map(|name| json!({"name": name, "in": "query", "schema": {"type": "string"}}))
            .collect();
        let root = json!({"openapi": "3.1.0", "paths": {"/things": {"get": {"parameters": parameters,
            "responses": {"200": {"content": {"application/json": {"schema": answer}}}}}}}});
        let documents = Documents::read(&root.to_string()).expect("a description");
        let import = import(&documents, &Options::default());
        hint(&import.actions[0]).map(|paged| paged.pagination)
    }

    #[test]
    fn hints_name_what_can_be_written() {
        let record = json!({"type": "object", "properties": {"id": {"type": "string"}}});
        let list = json!({"type": "array", "items": record});
        let object = |members: Value| json!({"type": "object", "properties": members});
        let text = json!({"type": "string"});
        let number = json!({"type": "integer"});
        let table = [
            (
                &["limit", "cursor"][..],
                object(json!({"data": list, "next_cursor": text})),
                Some(json!({"style": "cursor", "parameter": "cursor", "next": "next_cursor", "items": "data"})),
            ),
            (
                &["starting_after"],
                object(json!({"data": list, "has_more": {"type": "boolean"}})),
                Some(
                    json!({"style": "cursor", "parameter": "starting_after", "more": "has_more", "next": "data[-1].id",
                    "items": "data"}),
                ),
            ),
            (
                &["pageToken"],
                object(json!({"items": list, "nextPageToken": text})),
                Some(json!({"style": "cursor", "parameter": "pageToken", "next": "nextPageToken", "items": "items"})),
            ),
            (
                &["page"],
                list.clone(),
                Some(json!({"style": "page", "parameter": "page"})),
            ),
            (
                &["page"],
                object(json!({"results": list, "meta": object(json!({"total_pages": number}))})),
                Some(
                    json!({"style": "page", "parameter": "page", "total_pages": "meta.total_pages", "items": "results"}),
                ),
            ),
            (
                &["$skip"],
                object(json!({"value": list, "total": number})),
                Some(json!({"style": "offset", "parameter": "$skip", "total": "total", "items": "value"})),
            ),
            (
                &[],
                object(json!({"value": list, "@odata.nextLink": text})),
                Some(json!({"style": "url", "next": "\"@odata.nextLink\"", "items": "value"})),
            ),
            // Nothing to go by: no list, two lists, no parameter, no value for the parameter.
            (&["page"], object(json!({"name": text})), None),
            (&["page"], object(json!({"a": list, "b": list})), None),
            (&["limit"], object(json!({"data": list})), None),
            (
                &["cursor"],
                object(json!({"data": {"type": "array", "items": text}})),
                None,
            ),
        ];
        for (parameters, answer, expected) in table {
            let found = hinted(parameters, &answer);
            assert_eq!(found, expected, "{parameters:?} {answer}");
            if let Some(keys) = found {
                let keys = serde_json::from_value(keys).expect("keys");
                assert!(pagination::compile(&keys).is_ok(), "{keys:?}");
            }
        }
    }
}

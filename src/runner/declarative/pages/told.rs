//! What the agent is told when it gets only a part of a list.

use serde_json::{Map, Value};

use crate::pagination::{End, Pagination, Step};

/// The member of a result that says so. Some clients show a model nothing but structured content.
const KEY: &str = "incomplete";

/// Longest value, in bytes, that an agent is told to send along.
const LONGEST_VALUE: usize = 1000;

/// What to say of a list of `items` on so many `pages` that ended like this.
pub(super) fn told(pagination: &Pagination, end: &End, pages: u32, items: usize) -> String {
    let read = format!(
        "{} ({})",
        counted(usize::try_from(pages).unwrap_or(usize::MAX), "page"),
        counted(items, "item")
    );
    match end {
        End::Complete => format!("the whole list was read: {read}"),
        End::Cut(step) => format!(
            "this is a part of a longer list: {read} were read, which is the most that one call reads; {}",
            advice(pagination, step)
        ),
        End::Lost => format!(
            "the list may not be whole: after {read} the answer does not hold what would lead to the next page, or tell \
             whether there is one; tell the operator to check `pagination` of this action"
        ),
        End::Mistaken(slip) => format!(
            "the list may not be whole: the answer has nothing at `{}`, where `{}` of `pagination` says, and something at \
             `{}`; tell the operator to check `pagination` of this action",
            slip.written, slip.key, slip.meant
        ),
        End::NamedAgain => {
            format!("the list may not be whole: after {read} the API named a next page that was read already")
        }
        End::SameItems => format!(
            "the list may not be whole: after {read} the API answered with the items of the page before; \
             tell the operator that it does not seem to know the parameter of `pagination`"
        ),
    }
}

/// What to do for the rest of a list.
fn advice(pagination: &Pagination, step: &Step) -> String {
    if let (Some(argument), Step::Value(value)) = (&pagination.argument, step) {
        let value = value.to_string();
        if value.len() <= LONGEST_VALUE {
            return format!("for more call again with `{argument}` = {value}");
        }
    }
    "ask for less with the other arguments, or tell the operator to raise `max_pages` of this action".to_owned()
}

/// Says in a result that it is a part, where the tool's output schema leaves room for that.
pub(super) fn note(members: &mut Map<String, Value>, schema: Option<&Map<String, Value>>, told: &str) {
    let is_open = schema.is_none_or(|schema| {
        let closing = [
            "additionalProperties",
            "unevaluatedProperties",
            "maxProperties",
            "propertyNames",
        ];
        let others = ["patternProperties", "allOf", "anyOf", "oneOf", "not", "$ref", "if"];
        let says_more = |keyword: &&str| schema.get(*keyword).is_some_and(|value| *value != true);
        let is_declared = schema
            .get("properties")
            .is_some_and(|members| members.get(KEY).is_some());
        !is_declared && !closing.iter().chain(&others).any(says_more)
    });
    if is_open && !members.contains_key(KEY) {
        members.insert(KEY.to_owned(), Value::from(told));
    }
}

fn counted(number: usize, what: &str) -> String {
    let end = if number == 1 { "" } else { "s" };
    format!("{number} {what}{end}")
}

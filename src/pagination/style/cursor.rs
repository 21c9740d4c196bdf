//! A value of the answer goes into the request for the next page: a token, or the last item's id.

use serde_json::Value;

use super::{Kind, Page, PageError, Step, Style, kind};
use crate::mapping::Expression;

pub(super) const KIND: Kind = Kind {
    name: "cursor",
    description: "A value of the answer goes into the next request, such as a token or the last item's id.",
    keeps_url: true,
    needs: &["parameter", "next"],
    takes: &["in", "more"],
    read: |parts| Some(Box::new(Cursor { next: parts.next? })),
};

#[derive(Debug)]
struct Cursor {
    next: Expression,
}

impl Style for Cursor {
    fn next(&self, page: &Page<'_>) -> Result<Option<Step>, PageError> {
        match page.find("next", &self.next)? {
            // Some APIs say `false` where there is no next page.
            Value::Null | Value::Bool(false) => Ok(None),
            Value::String(text) if text.is_empty() => Ok(None),
            value @ (Value::String(_) | Value::Number(_)) => Ok(Some(Step::Value(value))),
            other => Err(PageError::WrongKind {
                key: "next",
                wanted: "text or a number",
                found: kind(&other),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::step;
    use super::*;

    #[test]
    fn the_next_value_is_what_the_answer_says() {
        let table = [
            ("meta.next", json!({"meta": {"next": "b"}}), Some(json!("b"))),
            ("meta.next", json!({"meta": {"next": 7}}), Some(json!(7))),
            ("meta.next", json!({"meta": {"next": null}}), None),
            ("meta.next", json!({"meta": {"next": ""}}), None),
            ("meta.next", json!({"meta": {"next": false}}), None),
            ("meta.next", json!({}), None),
            (
                "data[-1].id",
                json!({"data": [{"id": "x"}, {"id": "y"}]}),
                Some(json!("y")),
            ),
            ("data[-1].id", json!({"data": []}), None),
            (
                "d.pageInfo.hasNextPage && d.pageInfo.endCursor || null",
                json!({"d": {"pageInfo": {"hasNextPage": false, "endCursor": "z"}}}),
                None,
            ),
        ];
        for (next, body, expected) in table {
            let keys = json!({"style": "cursor", "parameter": "after", "next": next});
            let expected = expected.map(Step::Value);
            assert_eq!(step(keys, None, 1, &body), Ok(expected), "{next} {body}");
        }
    }

    #[test]
    fn what_cannot_be_sent_is_no_cursor() {
        for value in [json!(["a"]), json!({"a": 1}), json!(true)] {
            let keys = json!({"style": "cursor", "parameter": "after", "next": "next"});
            let error = step(keys, None, 1, &json!({"next": value})).expect_err("no cursor");
            assert!(matches!(error, PageError::WrongKind { key: "next", .. }), "{error}");
        }
    }
}

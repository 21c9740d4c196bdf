//! Items are counted: the next page begins behind the items that were received.

use serde_json::Value;

use super::{Kind, Page, PageError, Step, Style};
use crate::mapping::Expression;

pub(super) const KIND: Kind = Kind {
    name: "offset",
    description: "Items are counted.",
    keeps_url: true,
    needs: &["parameter"],
    takes: &["in", "more", "start", "page_size", "total"],
    read: |parts| {
        Some(Box::new(Offset {
            start: parts.start.unwrap_or(0),
            page_size: parts.page_size,
            total: parts.total,
        }))
    },
};

#[derive(Debug)]
struct Offset {
    start: u64,
    page_size: Option<u64>,
    total: Option<Expression>,
}

impl Style for Offset {
    fn next(&self, page: &Page<'_>) -> Result<Option<Step>, PageError> {
        // By what came, not by what was asked for: an API may give fewer.
        let next = page.position(self.start)?.saturating_add(page.count());
        let is_short = self.page_size.is_some_and(|full| page.count() < full);
        let read = next.saturating_sub(self.start);
        let total = page.number("total", self.total.as_ref())?;
        let is_last = page.items == 0 || is_short || total.is_some_and(|total| read >= total);
        Ok((!is_last).then(|| Step::Value(Value::from(next))))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::step;
    use super::*;

    #[test]
    fn items_are_counted_until_there_are_no_more() {
        let total = json!({"total": 7});
        let table = [
            // Keys, what was sent, items, body, the next offset.
            (json!({}), None, 3, json!({}), Some(3)),
            (json!({}), Some(json!(3)), 2, json!({}), Some(5)),
            (json!({}), Some(json!("3")), 0, json!({}), None),
            (json!({"start": 1}), None, 3, json!({}), Some(4)),
            (json!({"page_size": 3}), None, 3, json!({}), Some(3)),
            (json!({"page_size": 3}), None, 2, json!({}), None),
            (json!({"total": "total"}), Some(json!(3)), 3, total.clone(), Some(6)),
            (json!({"total": "total"}), Some(json!(6)), 1, total.clone(), None),
            (
                json!({"total": "total", "start": 1}),
                Some(json!(4)),
                3,
                total.clone(),
                Some(7),
            ),
            (json!({"total": "total", "start": 1}), Some(json!(7)), 1, total, None),
        ];
        for (mut keys, sent, items, body, expected) in table {
            keys["style"] = json!("offset");
            keys["parameter"] = json!("offset");
            let shown = format!("{keys} {sent:?} {items} {body}");
            let expected = expected.map(|number: u64| Step::Value(json!(number)));
            assert_eq!(step(keys, sent.as_ref(), items, &body), Ok(expected), "{shown}");
        }
    }
}

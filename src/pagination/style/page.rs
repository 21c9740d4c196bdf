//! Pages are counted: the next one has the next number.

use serde_json::Value;

use super::{Kind, Page, PageError, Step, Style};
use crate::mapping::Expression;

pub(super) const KIND: Kind = Kind {
    name: "page",
    description: "Pages are counted.",
    keeps_url: true,
    needs: &["parameter"],
    takes: &["in", "more", "start", "page_size", "total_pages"],
    read: |parts| {
        Some(Box::new(Counted {
            start: parts.start.unwrap_or(1),
            page_size: parts.page_size,
            total_pages: parts.total_pages,
        }))
    },
};

#[derive(Debug)]
struct Counted {
    start: u64,
    page_size: Option<u64>,
    total_pages: Option<Expression>,
}

impl Style for Counted {
    fn next(&self, page: &Page<'_>) -> Result<Option<Step>, PageError> {
        let number = page.position(self.start)?;
        let next = number.saturating_add(1);
        let is_short = self.page_size.is_some_and(|full| page.count() < full);
        let read = next.saturating_sub(self.start);
        let total = page.number("total_pages", self.total_pages.as_ref())?;
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
    fn pages_are_counted_until_one_is_the_last() {
        let two = json!({"pages": 2});
        let table = [
            // Keys, what was sent, items, body, the next page.
            (json!({}), None, 5, json!({}), Some(2)),
            (json!({}), Some(json!(2)), 5, json!({}), Some(3)),
            (json!({}), Some(json!("2")), 5, json!({}), Some(3)),
            (json!({}), Some(json!(2)), 0, json!({}), None),
            (json!({"start": 0}), None, 5, json!({}), Some(1)),
            (json!({"page_size": 5}), None, 5, json!({}), Some(2)),
            (json!({"page_size": 5}), None, 4, json!({}), None),
            (json!({"total_pages": "pages"}), None, 5, two.clone(), Some(2)),
            (json!({"total_pages": "pages"}), Some(json!(2)), 5, two.clone(), None),
            (
                json!({"total_pages": "pages", "start": 0}),
                None,
                5,
                two.clone(),
                Some(1),
            ),
            (
                json!({"total_pages": "pages", "start": 0}),
                Some(json!(1)),
                5,
                two,
                None,
            ),
            (json!({"total_pages": "pages"}), None, 5, json!({"pages": "1"}), None),
            (json!({"total_pages": "pages"}), None, 5, json!({}), Some(2)),
            (json!({}), Some(json!(u64::MAX)), 1, json!({}), Some(u64::MAX)),
        ];
        for (mut keys, sent, items, body, expected) in table {
            keys["style"] = json!("page");
            keys["parameter"] = json!("page");
            let shown = format!("{keys} {sent:?} {items} {body}");
            let expected = expected.map(|number: u64| Step::Value(json!(number)));
            assert_eq!(step(keys, sent.as_ref(), items, &body), Ok(expected), "{shown}");
        }
    }

    #[test]
    fn what_is_no_number_cannot_be_counted() {
        let keys = json!({"style": "page", "parameter": "page"});
        assert_eq!(
            step(keys, Some(&json!("last")), 1, &json!({})),
            Err(PageError::NoNumber)
        );
        let keys = json!({"style": "page", "parameter": "page", "total_pages": "pages"});
        let error = step(keys, None, 1, &json!({"pages": [3]})).expect_err("no number");
        assert!(
            error.to_string().contains("`pagination.total_pages` finds a list"),
            "{error}"
        );
    }
}

//! The answer holds the next page's URL, absolute or relative.

use serde_json::Value;

use super::target::target;
use super::{Kind, Page, PageError, Step, Style, kind};
use crate::mapping::Expression;

pub(super) const KIND: Kind = Kind {
    name: "url",
    description: "The answer holds the next page's URL.",
    keeps_url: false,
    needs: &["next"],
    takes: &["more"],
    read: |parts| Some(Box::new(InAnswer { next: parts.next? })),
};

#[derive(Debug)]
struct InAnswer {
    next: Expression,
}

impl Style for InAnswer {
    fn next(&self, page: &Page<'_>) -> Result<Option<Step>, PageError> {
        match page.find("next", &self.next)? {
            Value::Null | Value::Bool(false) => Ok(None),
            Value::String(text) if text.is_empty() => Ok(None),
            Value::String(text) => target(page, &text).map(|url| Some(Step::Url(url))),
            other => Err(PageError::WrongKind {
                key: "next",
                wanted: "a URL",
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

    fn after(next: &Value) -> Result<Option<String>, PageError> {
        let keys = json!({"style": "url", "next": "links.next"});
        let step = step(keys, None, 1, &json!({"links": {"next": next}}))?;
        Ok(step.map(|step| match step {
            Step::Url(url) => url.into(),
            Step::Value(value) => value.to_string(),
        }))
    }

    #[test]
    fn the_url_is_absolute_or_relative_to_the_page() {
        let table = [
            (
                json!("https://api.example.com/v1/list?page=2"),
                Some("https://api.example.com/v1/list?page=2"),
            ),
            (json!("https://other.example/x#y"), Some("https://other.example/x")),
            (json!("/v2/list?page=2"), Some("https://api.example.com/v2/list?page=2")),
            (json!("?page=2"), Some("https://api.example.com/v1/list?page=2")),
            (json!("more"), Some("https://api.example.com/v1/more")),
            (json!(null), None),
            (json!(""), None),
        ];
        for (next, expected) in table {
            assert_eq!(after(&next), Ok(expected.map(str::to_owned)), "{next}");
        }
    }

    #[test]
    fn what_is_no_url_ends_the_call() {
        assert_eq!(after(&json!("https://")), Err(PageError::NoUrl));
        assert!(matches!(after(&json!(7)), Err(PageError::WrongKind { .. })));
    }
}

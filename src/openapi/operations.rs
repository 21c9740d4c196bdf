//! The operations of a description, as they stand in it.

use http::Method;
use serde_json::Value;

use super::documents::{Documents, JoinedPaths, Place};
use super::report::{Report, Skipped};
use super::security::Asking;

/// Keys of a path item that are methods (`OpenAPI` 3.2, section "Path Item Object").
const METHODS: [&str; 9] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace", "query",
];

/// An operation as it stands in the description.
pub(super) struct Found<'d> {
    pub(super) method: String,
    pub(super) path: &'d str,
    pub(super) item: Place<'d>,
    /// What it is; in Swagger 2.0 not yet in the shape of 3.x.
    pub(super) place: Place<'d>,
}

impl<'d> Found<'d> {
    pub(super) fn id(&self) -> Option<&'d str> {
        self.place.text("operationId").filter(|id| !id.trim().is_empty())
    }

    pub(super) fn tags(&self) -> Vec<&'d str> {
        let tags = self.place.value.get("tags").and_then(Value::as_array);
        tags.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// What it may ask for a credential with.
    pub(super) fn asking(&self) -> Asking<'d> {
        Asking {
            place: self.place,
            item: self.item,
        }
    }

    /// The options that select it alone.
    pub(super) fn selected(&self) -> String {
        match self.id() {
            Some(id) => format!("--operation '{id}'"),
            None => format!("--path '{}' --method {}", self.path, self.method),
        }
    }

    pub(super) fn skipped(&self, reason: String) -> Skipped {
        Skipped {
            method: self.method.clone(),
            path: self.path.to_owned(),
            operation_id: self.id().map(str::to_owned),
            reason,
        }
    }
}

/// Whether a member of a path item is an operation. Some descriptions write methods in capitals, or have some that their
/// version does not know: none may be lost without a word.
fn is_method(key: &str, place: Place<'_>) -> bool {
    METHODS.iter().any(|method| method.eq_ignore_ascii_case(key))
        || !key.starts_with("x-") && (place.get("responses").is_some() || place.get("operationId").is_some())
}

/// Whether requests of that method, in any case, change nothing.
pub(super) fn is_safe(method: &str) -> bool {
    Method::from_bytes(method.to_ascii_uppercase().as_bytes()).is_ok_and(|method| method.is_safe())
}

/// Every operation of the description, whose path items are put together in `joined`; what cannot be one is skipped.
pub(super) fn operations<'d>(documents: &'d Documents, joined: &'d JoinedPaths, report: &mut Report) -> Vec<Found<'d>> {
    let mut found = Vec::new();
    let mut callbacks = 0;
    let root = documents.root();
    for (path, written) in root.get("paths").into_iter().flat_map(Place::members) {
        if path.starts_with("x-") {
            continue;
        }
        let item = match joined.resolve(documents, path, written) {
            Ok(item) => item,
            Err(problem) => {
                report
                    .notes
                    .push(format!("everything under `{path}` is left out: {problem}"));
                continue;
            }
        };
        for (key, place) in item.members() {
            let more = if key == "additionalOperations" {
                // OpenAPI 3.2: methods of any name.
                place.members().map(|(method, place)| (method.clone(), place)).collect()
            } else if is_method(key, place) {
                vec![(key.to_ascii_uppercase(), place)]
            } else {
                Vec::new()
            };
            for (method, place) in more {
                report.operations += 1;
                let one = Found {
                    method,
                    path: path.as_str(),
                    item,
                    place,
                };
                callbacks += place.get("callbacks").map_or(0, |all| all.members().count());
                if place.value.is_object() {
                    found.push(one);
                } else {
                    report.skipped.push(one.skipped("it is not described".to_owned()));
                }
            }
        }
    }
    let webhooks = root.get("webhooks").or_else(|| root.get("x-webhooks"));
    let webhooks = webhooks.map_or(0, |all| all.members().count());
    for (what, count) in [("webhooks", webhooks), ("callbacks", callbacks)] {
        if count > 0 {
            report.notes.push(format!(
                "{what} are left out ({count}): they are requests that the API makes"
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_operation_is_lost() {
        let one = json!({"responses": {}});
        let root = json!({"openapi": "3.2.0", "paths": {
            "/a": {"get": one, "POST": one, "Put": {}, "propfind": one, "summary": "Things", "parameters": [],
                "x-more": one, "servers": [], "additionalOperations": {"COPY": one}},
            "x-b": {"get": one},
        }});
        let documents = Documents::read(&root.to_string()).unwrap();
        let mut report = Report::default();
        let joined = documents.joined_paths();
        let found = operations(&documents, &joined, &mut report);
        let methods: Vec<&str> = found.iter().map(|one| one.method.as_str()).collect();
        assert_eq!(methods, ["GET", "POST", "PUT", "PROPFIND", "COPY"]);
        assert_eq!(report.operations, methods.len());
    }
}

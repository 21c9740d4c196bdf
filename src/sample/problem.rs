//! Error answers as RFC 9457 problem details.

use axum::Json;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::json;

/// One error answer.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    detail: String,
    fields: Vec<FieldProblem>,
}

/// What is wrong with one field of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FieldProblem {
    /// Name of the field or parameter.
    pub(super) field: String,
    /// What it must be, and what it is.
    pub(super) detail: String,
}

impl Problem {
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            status,
            detail: detail.into(),
            fields: Vec::new(),
        }
    }

    pub(super) fn not_found(what: &str, id: &str, hint: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("There is no {what} `{id}`. {hint}"))
    }

    /// 422 that names every field at fault.
    pub(super) fn fields(fields: Vec<FieldProblem>) -> Self {
        let detail = fields
            .iter()
            .map(|problem| format!("`{}` {}", problem.field, problem.detail));
        let detail = format!("{}.", detail.collect::<Vec<_>>().join("; "));
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            detail,
            fields,
        }
    }
}

impl FieldProblem {
    pub(super) fn new(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            detail: detail.into(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({
            "type": "about:blank",
            "title": self.status.canonical_reason().unwrap_or("Error"),
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        if !self.fields.is_empty() {
            let errors = self
                .fields
                .into_iter()
                .map(|problem| json!({"field": problem.field, "detail": problem.detail}));
            body["errors"] = errors.collect();
        }
        (
            self.status,
            [(header::CONTENT_TYPE, "application/problem+json")],
            Json(body),
        )
            .into_response()
    }
}

/// The query parameters; those that cannot be read are answered with a [`Problem`].
pub(super) struct Parameters<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Parameters<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(parameters)) => Ok(Self(parameters)),
            Err(rejection) => Err(Problem::new(rejection.status(), rejection.body_text())),
        }
    }
}

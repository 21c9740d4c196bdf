//! `/v1/customers`: search, one customer, their picture.

use std::collections::HashMap;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};

use super::Shared;
use super::problem::{FieldProblem, Parameters, Problem};

const AVATAR: &[u8] = include_bytes!("avatar.png");

const DEFAULT_LIMIT: usize = 10;
const MAX_LIMIT: usize = 50;

const HOW_TO_FIND_CUSTOMERS: &str = "Ids look like `cust_1001`; find them with GET /v1/customers?query=NAME.";

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/customers", get(search))
        .route("/v1/customers/{id}", get(one))
        .route("/v1/customers/{id}/avatar", get(avatar))
}

async fn search(
    State(shared): State<Shared>,
    Parameters(parameters): Parameters<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let text = |name: &str| parameters.get(name).map_or("", String::as_str);
    let mut problems = Vec::new();
    let limit = match parameters.get("limit").map(|text| text.parse()) {
        None => DEFAULT_LIMIT,
        Some(Ok(limit @ 1..=MAX_LIMIT)) => limit,
        Some(_) => {
            let detail = format!("must be a whole number from 1 to {MAX_LIMIT}, not `{}`", text("limit"));
            problems.push(FieldProblem::new("limit", detail));
            DEFAULT_LIMIT
        }
    };
    let crm = shared.crm();
    let cursor = parameters.get("cursor").map(String::as_str);
    if cursor.is_some_and(|cursor| crm.customer(cursor).is_none()) {
        let detail = format!("must be the `next_cursor` of an earlier page, not `{}`", text("cursor"));
        problems.push(FieldProblem::new("cursor", detail));
    }
    if !problems.is_empty() {
        return Err(Problem::fields(problems));
    }
    Ok(Json(crm.search(text("query"), text("company"), cursor, limit)).into_response())
}

async fn one(State(shared): State<Shared>, Path(id): Path<String>) -> Result<Response, Problem> {
    let crm = shared.crm();
    let customer = crm.customer(&id).ok_or_else(|| no_customer(&id))?;
    Ok(Json(customer).into_response())
}

async fn avatar(State(shared): State<Shared>, Path(id): Path<String>) -> Result<Response, Problem> {
    shared.crm().customer(&id).ok_or_else(|| no_customer(&id))?;
    Ok(([(header::CONTENT_TYPE, "image/png")], AVATAR).into_response())
}

pub(super) fn no_customer(id: &str) -> Problem {
    Problem::not_found("customer", id, HOW_TO_FIND_CUSTOMERS)
}

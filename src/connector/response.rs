//! What an action's API is expected to answer, and what agents are told about the result.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::document::{ActionDocument, DefaultsDocument, ValidationName};
use super::json_schema::Resolver;
use super::model::{ResponseContract, Validation};
use super::scope::Scope;
use crate::document::Node;
use crate::mapping::{Mapping, structured_schema};
use crate::schema::Schema;

/// A response contract, and the schema of the tool's structured content where one can be promised.
pub(super) struct Response {
    pub contract: ResponseContract,
    pub output_schema: Option<Arc<Map<String, Value>>>,
}

/// Compiles what an action says about its answer; reports what cannot be used.
pub(super) fn compile(
    scope: &Scope<'_>,
    node: &Node,
    document: &ActionDocument,
    defaults: &DefaultsDocument,
) -> Option<Response> {
    let schema = schema(scope, node, document)?;
    let mapping = mapping(scope, node, document)?;
    let ok_statuses = document
        .ok_statuses
        .as_ref()
        .or(defaults.ok_statuses.as_ref())
        .cloned()
        .unwrap_or_default();
    let validation = match document.validation.or(defaults.validation) {
        Some(ValidationName::Warn) => Validation::Warn,
        Some(ValidationName::Strict) | None => Validation::Strict,
    };
    if document.validation.is_some() && schema.is_none() {
        let span = node.key_span("validation");
        scope.warn(
            "no-effect",
            span,
            "`validation` has no effect without a `response_schema`",
            "describe the answer in `response_schema`",
        );
    }
    let output_schema = if ok_statuses.is_empty() && validation == Validation::Strict {
        promised(schema.as_ref().map(Schema::document), mapping.as_ref())
    } else {
        // An answer of another kind may come through: a client that checks the result would reject it.
        None
    };
    Some(Response {
        contract: ResponseContract {
            schema,
            validation,
            mapping,
            ok_statuses,
        },
        output_schema,
    })
}

/// `None` when it is written and unusable.
#[expect(clippy::option_option, reason = "the outer one is failure, the inner one absence")]
fn schema(scope: &Scope<'_>, node: &Node, document: &ActionDocument) -> Option<Option<Schema>> {
    let (Some(written), Some(place)) = (&document.response_schema, node.get("response_schema")) else {
        return Some(None);
    };
    let resolved = Resolver::new(scope.root)
        .resolve(written)
        .map_err(|problem| {
            let span = place.nearest(&problem.pointer).span.clone();
            scope.error("bad-schema", span, problem.message);
        })
        .ok()?;
    Schema::compile(&resolved)
        .map(Some)
        .map_err(|error| scope.error("bad-schema", place.nearest(&error.pointer).span.clone(), error.message))
        .ok()
}

/// `None` when it is written and unusable.
#[expect(clippy::option_option, reason = "the outer one is failure, the inner one absence")]
fn mapping(scope: &Scope<'_>, node: &Node, document: &ActionDocument) -> Option<Option<Mapping>> {
    let (Some(written), Some(place)) = (&document.response, node.get("response")) else {
        return Some(None);
    };
    Mapping::compile(written)
        .map(Some)
        .map_err(|error| {
            let leaf = place.nearest(&error.pointer);
            scope.error("bad-mapping", scope.within_text(leaf, error.offset), error.message);
        })
        .ok()
}

/// The schema of the structured content, if it is certain.
fn promised(response: Option<&Value>, mapping: Option<&Mapping>) -> Option<Arc<Map<String, Value>>> {
    let shape = match mapping {
        Some(mapping) => mapping.output_schema(response)?,
        None => response?.clone(),
    };
    structured_schema(&shape).map(Arc::new)
}

//! What an action's API is expected to answer, and what agents are told about the result.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::document::{ActionDocument, DefaultsDocument, ValidationName};
use super::json_schema::Resolver;
use super::model::{ResponseContract, Validation};
use super::scope::Scope;
use crate::document::Node;
use crate::mapping::{Mapping, Place, structured_schema};
use crate::pagination::Keys;
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
    let schema = schema(scope, node, document, defaults)?;
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
    // Without a schema there still is what claims to be JSON and is none. Code reads its answers itself.
    let is_code = document.code.is_some() || document.component.is_some();
    let is_lenient = [document.validation, defaults.validation].contains(&Some(ValidationName::Warn));
    let has_effect = is_lenient && mapping.is_none() && !is_code;
    if document.validation.is_some() && schema.is_none() && !has_effect {
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
fn schema(
    scope: &Scope<'_>,
    node: &Node,
    document: &ActionDocument,
    defaults: &DefaultsDocument,
) -> Option<Option<Schema>> {
    let (Some(written), Some(place)) = (&document.response_schema, node.get("response_schema")) else {
        return Some(None);
    };
    let mut resolved = Resolver::new(scope.root)
        .resolve(written)
        .map_err(|problem| {
            let span = place.nearest(&problem.pointer).span.clone();
            scope.error("bad-schema", span, problem.message);
        })
        .ok()?;
    if let Some(place) = document.pagination.as_ref().and_then(|keys| items(keys, defaults)) {
        without_length(&mut resolved, place.names());
    }
    Schema::compile(&resolved)
        .map(Some)
        .map_err(|error| scope.error("bad-schema", place.nearest(&error.pointer).span.clone(), error.message))
        .ok()
}

/// Where the items of a list are that comes in pages; what cannot be read is reported with the other keys.
fn items(keys: &Keys, defaults: &DefaultsDocument) -> Option<Place> {
    let below = defaults.pagination.as_ref().and_then(|below| below.items.as_deref());
    Place::compile(keys.items.as_deref().or(below).unwrap_or("@")).ok()
}

/// Removes what `schema` says about the length of the list to which `names` lead: it is that of one page.
fn without_length(schema: &mut Value, names: &[String]) {
    let Value::Object(members) = schema else { return };
    for keyword in ["allOf", "anyOf", "oneOf"] {
        if let Some(Value::Array(alternatives)) = members.get_mut(keyword) {
            for alternative in alternatives {
                without_length(alternative, names);
            }
        }
    }
    let Some((name, rest)) = names.split_first() else {
        members.shift_remove("maxItems");
        members.shift_remove("minItems");
        return;
    };
    if let Some(member) = members
        .get_mut("properties")
        .and_then(|properties| properties.get_mut(name))
    {
        without_length(member, rest);
    }
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

//! What operations ask for, as the description writes it.

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::Value;

use crate::openapi::documents::{Documents, Place};
use crate::openapi::read::Version;

/// An operation, as far as it may ask for a credential.
#[derive(Clone, Copy)]
pub(in crate::openapi) struct Asking<'d> {
    /// The operation itself.
    pub(in crate::openapi) place: Place<'d>,
    /// What stands around it: parameters of all operations of the path.
    pub(in crate::openapi) item: Place<'d>,
}

/// The schemes that the description has, by name.
pub(super) fn declared(documents: &Documents) -> impl Iterator<Item = (&str, Place<'_>)> {
    let root = documents.root();
    let declared = match documents.version() {
        Version::Two => root.get("securityDefinitions"),
        _ => root
            .get("components")
            .and_then(|components| components.get("securitySchemes")),
    };
    let all = declared.into_iter().flat_map(Place::members);
    all.map(|(name, scheme)| (name.as_str(), documents.resolve(scheme).unwrap_or(scheme)))
}

/// Alternatives, each the names of the schemes that must be met together.
///
/// Some descriptions have a key among their schemes, and have it again as a parameter that must be given where they ask
/// for another scheme only: it is needed beside that.
pub(super) fn requirements<'d>(documents: &'d Documents, operation: Asking<'d>) -> Vec<Vec<&'d str>> {
    let own = operation.place.get("security");
    let list = own.or_else(|| documents.root().get("security"));
    let alternatives = list.into_iter().flat_map(Place::items);
    let mut all: Vec<Vec<&str>> = alternatives
        .filter_map(|one| one.value.as_object())
        .map(|names| names.keys().map(String::as_str).collect())
        .collect();
    let demanded = demanded(documents, operation);
    if all.is_empty() && !demanded.is_empty() {
        return vec![demanded];
    }
    for names in all.iter_mut().filter(|names| !names.is_empty()) {
        for name in &demanded {
            if !names.contains(name) {
                names.push(name);
            }
        }
    }
    all
}

/// The schemes whose key is a parameter of the operation that must be given.
fn demanded<'d>(documents: &'d Documents, operation: Asking<'d>) -> Vec<&'d str> {
    let mut known = HashSet::new();
    let mut parameters = HashSet::new();
    let lists = [operation.place.get("parameters"), operation.item.get("parameters")];
    for written in lists.into_iter().flatten().flat_map(Place::items) {
        let Ok(one) = documents.resolve(written) else { continue };
        let called = called(one);
        // Those of the operation come first, and win.
        if known.insert(called.clone()) && one.value.get("required") == Some(&Value::Bool(true)) {
            parameters.insert(called);
        }
    }
    if parameters.is_empty() {
        return Vec::new();
    }
    let is_demanded = |scheme: Place<'_>| {
        let name = scheme.text("name").unwrap_or_default();
        // That parameter is to be ignored (OpenAPI 3.1, section 4.8.12.2).
        let is_ignored = name.eq_ignore_ascii_case("authorization");
        scheme.text("type") == Some("apiKey") && !is_ignored && parameters.contains(&called(scheme))
    };
    declared(documents)
        .filter(|(_, scheme)| is_demanded(*scheme))
        .map(|(name, _)| name)
        .collect()
}

/// Where a parameter or a key goes, and its name there; case does not count in headers.
fn called(one: Place<'_>) -> (Option<&str>, Cow<'_, str>) {
    let (place, name) = (one.text("in"), one.text("name").unwrap_or_default());
    match place {
        Some("header") => (place, Cow::Owned(name.to_ascii_lowercase())),
        _ => (place, Cow::Borrowed(name)),
    }
}

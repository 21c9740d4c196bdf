//! What operations ask for, as the description writes it.

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
    let mut parameters: Vec<Place<'_>> = Vec::new();
    let lists = [operation.place.get("parameters"), operation.item.get("parameters")];
    for written in lists.into_iter().flatten().flat_map(Place::items) {
        // Those of the operation come first, and win.
        let is_there = |one: Place<'_>| {
            let name = one.text("name").unwrap_or_default();
            let mut known = parameters.iter();
            known.any(|other| other.text("in") == one.text("in") && is_called(*other, name))
        };
        if let Some(one) = documents.resolve(written).ok().filter(|one| !is_there(*one)) {
            parameters.push(one);
        }
    }
    parameters.retain(|one| one.value.get("required") == Some(&Value::Bool(true)));
    if parameters.is_empty() {
        return Vec::new();
    }
    let is_demanded = |scheme: Place<'_>| {
        let (place, name) = (scheme.text("in"), scheme.text("name").unwrap_or_default());
        // That parameter is to be ignored (OpenAPI 3.1, section 4.8.12.2).
        let is_ignored = name.eq_ignore_ascii_case("authorization");
        scheme.text("type") == Some("apiKey")
            && !is_ignored
            && parameters
                .iter()
                .any(|one| one.text("in") == place && is_called(*one, name))
    };
    declared(documents)
        .filter(|(_, scheme)| is_demanded(*scheme))
        .map(|(name, _)| name)
        .collect()
}

/// Whether `parameter` has this name; case does not count in headers.
fn is_called(parameter: Place<'_>, name: &str) -> bool {
    let own = parameter.text("name").unwrap_or_default();
    if parameter.text("in") == Some("header") {
        own.eq_ignore_ascii_case(name)
    } else {
        own == name
    }
}

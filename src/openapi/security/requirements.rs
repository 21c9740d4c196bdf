//! What operations ask for, as the description writes it.

use serde_json::Value;

use crate::openapi::documents::{Documents, Place};
use crate::openapi::read::Version;

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
pub(super) fn requirements<'d>(documents: &'d Documents, operation: Place<'d>) -> Vec<Vec<&'d str>> {
    let list = operation.get("security").or_else(|| documents.root().get("security"));
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
fn demanded<'d>(documents: &'d Documents, operation: Place<'d>) -> Vec<&'d str> {
    let parameters: Vec<Place<'_>> = operation
        .get("parameters")
        .into_iter()
        .flat_map(Place::items)
        .filter_map(|parameter| documents.resolve(parameter).ok())
        .filter(|parameter| parameter.value.get("required") == Some(&Value::Bool(true)))
        .collect();
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

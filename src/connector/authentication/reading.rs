//! What schemes read alike: references to secrets, and names of headers.

use std::ops::Range;

use http::HeaderName;

use crate::connector::headers;
use crate::connector::model::SecretRef;
use crate::connector::scope::Scope;
use crate::connector::secret;
use crate::document::Node;

/// A header that may carry a credential: any but those that the connection itself decides.
pub(super) fn header(scope: &Scope<'_>, written: &str, span: &Range<usize>) -> Option<HeaderName> {
    match HeaderName::from_bytes(written.as_bytes()) {
        Ok(name) if !headers::is_owned(&name) => Some(name),
        _ => {
            scope.error(
                "bad-header",
                span.clone(),
                format!("`{written}` cannot be the header of a credential"),
            );
            None
        }
    }
}

/// Whether a text that is no reference was meant as one.
pub(super) fn names_a_secret(written: &str) -> bool {
    written.starts_with("env:") || secret::is_of_vault(written)
}

/// The reference at `key`; reports a secret that is written out, without repeating it.
pub(super) fn reference(scope: &Scope<'_>, node: &Node, key: &str, written: &str) -> Option<SecretRef> {
    let reference = secret::reference(written);
    if reference.is_none() {
        literal(scope, node.get(key).unwrap_or(node), key, &format!("`{key}`"));
    }
    reference
}

/// Reports the text at `place`, which is no reference, without repeating it. `key` is what the secret would be called.
pub(super) fn literal(scope: &Scope<'_>, place: &Node, key: &str, what: &str) {
    if place.text().is_some_and(secret::is_of_vault) {
        let message = format!("{what} names no secret of the vault");
        let help = "write `vault://crm/key`, or `vault://users/USER/apis/crm/key` for the secret of one user; a name is made \
                    of letters, digits, `.`, `_` and `-` between slashes";
        scope.refuse("bad-reference", place.span.clone(), message, help);
        return;
    }
    if place.text().is_some_and(secret::is_master_key) {
        let message = format!("{what} is the key of the vault, which no request may carry");
        scope.refuse(
            "bad-reference",
            place.span.clone(),
            message,
            secret::advice(scope.root, key),
        );
        return;
    }
    let message = format!("{what} must say where the secret is kept, not be the secret");
    let help = secret::advice(scope.root, key);
    scope.refuse("literal-secret", place.span.clone(), message, help);
}

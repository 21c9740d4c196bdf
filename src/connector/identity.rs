//! What a connector is called, whether it is offered, and what it asks for beyond its actions.

use super::document::{MetadataDocument, TunnelDocument};
use super::model::{LOCAL, Owner, Tier};
use super::naming::{is_slug, slug_of};
use super::scope::Scope;
use crate::diagnostics::is_disruptive;
use crate::document::Node;

/// Longest icon that is kept, in bytes: clients get it with every list of tools.
const LONGEST_ICON: usize = 64 * 1024;

/// What a connector is called, and whether it is offered.
pub(super) struct Identity {
    pub slug: String,
    pub id: Option<String>,
    pub owner: Option<Owner>,
    pub name: String,
    pub description: String,
    pub icon: Option<String>,
    pub enabled: bool,
}

/// Reads a connector's identity; reports what keeps it from being used.
pub(super) fn compile(scope: &Scope<'_>, tier: Tier) -> Option<Identity> {
    let text = |key: &str| scope.root.get(key).and_then(Node::text).map(str::to_owned);
    tunnel(scope);
    check_tier(scope, tier);
    let slug = slug(scope);
    let icon = icon(scope);
    let enabled = enabled(scope);
    let name = name(scope)?;
    let description = text("description")
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty());
    if description.is_none() {
        let span = scope.root.get("name").map_or(0..0, |value| value.span.clone());
        let message = "the connector has no description: agents will not know what it is for";
        let help = "say in `description` what the API holds and when to use it";
        scope.warn("missing-description", span, message, help);
    }
    Some(Identity {
        slug: slug?,
        id: text("id"),
        owner: owner(text("organisation"), text("user_id")),
        description: description.unwrap_or_else(|| name.clone()),
        name,
        icon: icon?,
        enabled,
    })
}

/// The name stands in lists, in instructions for agents and in questions to people: what it holds must not look like
/// another line of them.
fn name(scope: &Scope<'_>) -> Option<String> {
    let node = scope.root.get("name")?;
    let name = node.text()?;
    if name.contains(is_disruptive) {
        let message = "the name of a connector is one line, without characters that cannot be seen";
        let help = "write it without line ends; what agents should know stands in `description`";
        scope.refuse("bad-name", node.span.clone(), message, help);
        return None;
    }
    Some(name.to_owned())
}

/// Two people of different organisations may have the same name, so that a user alone is nobody.
fn owner(organisation: Option<String>, user: Option<String>) -> Option<Owner> {
    (organisation.is_some() || user.is_some()).then(|| Owner {
        organisation: organisation.unwrap_or_else(|| LOCAL.to_owned()),
        user,
    })
}

fn slug(scope: &Scope<'_>) -> Option<String> {
    let given = scope.root.get("slug").filter(|slug| !slug.is_null());
    let place = given.or_else(|| scope.root.get("name"))?;
    let written = place.text()?;
    let slug = if given.is_some() {
        written.to_owned()
    } else {
        slug_of(written)
    };
    if is_slug(&slug) {
        return Some(slug);
    }
    let message = match given {
        Some(_) => format!("the slug `{written}` cannot be used"),
        None => format!("no name for tools can be made from `{written}`"),
    };
    let help = "write a `slug` of lowercase letters, digits and single underscores, at most 64 characters";
    scope.refuse("bad-name", place.span.clone(), message, help);
    None
}

/// `None` when an icon is written and unusable.
#[expect(clippy::option_option, reason = "the outer one is failure, the inner one absence")]
fn icon(scope: &Scope<'_>) -> Option<Option<String>> {
    let Some(place) = scope.root.get("icon").filter(|icon| !icon.is_null()) else {
        return Some(None);
    };
    let written = place.text()?;
    let is_image = written.starts_with("data:image/")
        || url::Url::parse(written).is_ok_and(|url| url.scheme() == "https" && url.has_host());
    if is_image && written.len() <= LONGEST_ICON {
        return Some(Some(written.to_owned()));
    }
    let message = if is_image {
        format!("the icon is longer than {LONGEST_ICON} bytes")
    } else {
        "the icon is neither an https: URL nor a data:image/ URI".to_owned()
    };
    scope.error("bad-icon", place.span.clone(), message);
    None
}

/// Seed 001 keeps a status in `metadata`: only an active connector is offered.
fn enabled(scope: &Scope<'_>) -> bool {
    let Some(node) = scope.root.get("metadata").filter(|node| !node.is_null()) else {
        return true;
    };
    let document: Option<MetadataDocument> = scope.document(node);
    let Some(status) = document.and_then(|document| document.status) else {
        return true;
    };
    if status == "active" {
        return true;
    }
    let span = node.value_span("status");
    let message = format!("the status is `{status}`, so the tools of this connector are not offered");
    scope.warn("not-offered", span, message, "write `active` to offer them");
    false
}

fn check_tier(scope: &Scope<'_>, found: Tier) {
    let Some(place) = scope.root.get("tier") else { return };
    let message = match (place.text(), found) {
        (Some("full"), Tier::Lite) => "the tier is `full`, but there is no file in the folder `services`",
        (Some("lite"), Tier::Full) => "the tier is `lite`, but there are files in the folder `services`",
        _ => return,
    };
    let help = "remove `tier`: it follows from the files";
    scope.refuse("wrong-tier", place.span.clone(), message, help);
}

fn tunnel(scope: &Scope<'_>) {
    let Some(node) = scope.root.get("tunnel").filter(|node| !node.is_null()) else {
        return;
    };
    let Some(document) = scope.document::<TunnelDocument>(node) else {
        return;
    };
    if !document.enabled {
        return;
    }
    let span = |key: &str| {
        node.get(key)
            .or_else(|| node.get("enabled"))
            .map_or(node.span.clone(), |value| value.span.clone())
    };
    if document.r#type.is_none() {
        scope.error(
            "missing-key",
            span("type"),
            "the tunnel is enabled, but its `type` is not given",
        );
    }
    if document.tunnel_id.as_deref().unwrap_or_default().is_empty() {
        scope.error(
            "missing-key",
            span("tunnel_id"),
            "the tunnel is enabled, but its `tunnel_id` is not given",
        );
    }
    let message = "this version does not reach APIs through tunnels yet";
    let help = "write enabled = false, and name the network in `security.ip_allowlist` if this machine can reach it";
    scope.refuse("not-yet", span("enabled"), message, help);
}

//! How the value of an input is written where it goes, when its author says so.

use crate::connector::document::{InputDocument, PlaceName, StyleName};
use crate::connector::scope::Scope;
use crate::document::Node;
use crate::template::{Form, Style};

/// Keys that say how a value is written, which only means something where it goes by itself.
const KEYS: [&str; 6] = ["sent_as", "style", "explode", "allow_reserved", "media_type", "headers"];

/// The style of an input; reports keys that would have no effect.
pub(in crate::connector) fn compile(scope: &Scope<'_>, node: &Node, field: &InputDocument) -> Option<Style> {
    let refuse = |key: &str, message: String, help: &str| {
        scope.refuse("no-effect", node.key_span(key), message, help);
    };
    let Some(place) = field.r#in else {
        for key in KEYS.into_iter().filter(|key| node.get(key).is_some()) {
            let message = format!("`{key}` has no effect on `{}`, which only templates use", field.name);
            refuse(key, message, "say where it goes by itself: in = \"query\"");
        }
        return None;
    };
    if place != PlaceName::Body && field.media_type.is_some() {
        let message = format!(
            "`media_type` has no effect on `{}`: only parts of a body have one",
            field.name
        );
        refuse("media_type", message, "remove it");
    }
    if place != PlaceName::Body && !field.headers.is_empty() {
        let message = format!(
            "`headers` have no effect on `{}`: only parts of a body have some",
            field.name
        );
        refuse("headers", message, "write them in `headers` of the action");
    }
    if place != PlaceName::Query && field.allow_reserved {
        let message = format!(
            "`allow_reserved` has no effect on `{}`: only queries know it",
            field.name
        );
        refuse("allow_reserved", message, "remove it");
    }
    let usual = match place {
        PlaceName::Path | PlaceName::Header => StyleName::Simple,
        PlaceName::Query | PlaceName::Cookie | PlaceName::Body => StyleName::Form,
    };
    if field.style == Some(StyleName::Xml) {
        for key in ["explode", "allow_reserved"]
            .into_iter()
            .filter(|key| node.get(key).is_some())
        {
            refuse(
                key,
                format!("`{key}` has no effect on `{}`, which is XML", field.name),
                "remove it",
            );
        }
    }
    if field.style.is_none() && field.explode.is_none() && !field.allow_reserved {
        return None;
    }
    let name = field.style.unwrap_or(usual);
    if !fits(place, name) {
        let message = format!("this style cannot be written where `{}` goes", field.name);
        let help = match place {
            PlaceName::Path => {
                "in paths there are `simple`, `label`, `matrix`, `spaceDelimited`, `pipeDelimited`, `tabDelimited`, `json` and `urlencoded`"
            }
            PlaceName::Header => {
                "in headers there are `simple`, `spaceDelimited`, `pipeDelimited`, `tabDelimited`, `json`, `urlencoded` and `xml`"
            }
            PlaceName::Cookie => "in cookies there are `form`, `json`, `urlencoded` and `xml`",
            PlaceName::Query | PlaceName::Body => {
                "there are `form`, `spaceDelimited`, `pipeDelimited`, `tabDelimited`, `deepObject`, `json`, `urlencoded` and `xml`"
            }
        };
        scope.refuse("bad-style", node.value_span("style"), message, help);
        return None;
    }
    // A value that is XML is one text, which nothing else is said about.
    let form = form(name)?;
    Some(Style {
        form,
        explode: field.explode.unwrap_or(matches!(form, Form::Form | Form::DeepObject)),
        reserved: field.allow_reserved,
    })
}

fn fits(place: PlaceName, name: StyleName) -> bool {
    let is_of_paths = matches!(name, StyleName::Simple | StyleName::Label | StyleName::Matrix);
    // Swagger 2.0 has these in every place.
    let is_delimited = matches!(
        name,
        StyleName::SpaceDelimited | StyleName::PipeDelimited | StyleName::TabDelimited
    );
    match place {
        _ if matches!(name, StyleName::Json | StyleName::Urlencoded) => true,
        PlaceName::Path => is_of_paths || is_delimited,
        _ if name == StyleName::Xml => true,
        PlaceName::Header => name == StyleName::Simple || is_delimited,
        PlaceName::Cookie => name == StyleName::Form,
        PlaceName::Query | PlaceName::Body => !is_of_paths,
    }
}

fn form(name: StyleName) -> Option<Form> {
    Some(match name {
        StyleName::Simple => Form::Simple,
        StyleName::Label => Form::Label,
        StyleName::Matrix => Form::Matrix,
        StyleName::Form => Form::Form,
        StyleName::SpaceDelimited => Form::SpaceDelimited,
        StyleName::PipeDelimited => Form::PipeDelimited,
        StyleName::TabDelimited => Form::TabDelimited,
        StyleName::DeepObject => Form::DeepObject,
        StyleName::Json => Form::Json,
        StyleName::Urlencoded => Form::Urlencoded,
        StyleName::Xml => return None,
    })
}

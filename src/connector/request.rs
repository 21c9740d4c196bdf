//! The HTTP request of an action: templates where the author wrote them, arguments placed by themselves elsewhere.

use std::collections::BTreeSet;
use std::ops::Range;

use http::{HeaderName, Method, header};

use super::arguments::Arguments;
use super::document::{ActionDocument, MethodName, PlaceName};
use super::headers::{self, Forbidden};
use super::model::{BodyTemplate, RequestTemplate};
use super::scope::Scope;
use crate::document::{Kind, Node};
use crate::template::{PathTemplate, ValueTemplate};

/// Compiles the request of an action; reports everything that keeps it from being sent.
pub(super) fn compile(
    scope: &Scope<'_>,
    node: &Node,
    document: &ActionDocument,
    arguments: &Arguments,
    forbidden: &Forbidden,
) -> Option<RequestTemplate> {
    let mut request = Request {
        scope,
        arguments,
        used: BTreeSet::new(),
        unread: false,
        sound: true,
    };
    let path = request.path(node);
    let query = request.named_templates(node, "query");
    let mut headers = request.headers(node, forbidden);
    let cookies = request.named_templates(node, "cookies");
    for (name, _) in &cookies {
        if !headers::is_token(name) {
            let span = member_span(node, "cookies", name);
            request.refuse("bad-name", span, format!("`{name}` cannot be the name of a cookie"));
        }
    }
    let body = request.body(node, document, &mut headers);
    let placed = request.place_arguments(forbidden);
    request.check_used();
    let mut complete = RequestTemplate {
        method: method(document.method),
        path: path?,
        path_source: document.path.clone(),
        query,
        headers,
        cookies,
        body,
    };
    complete.query.extend(placed.query);
    complete.headers.extend(placed.headers);
    complete.cookies.extend(placed.cookies);
    request.sound.then_some(complete)
}

pub(super) fn method(name: MethodName) -> Method {
    match name {
        MethodName::Get => Method::GET,
        MethodName::Post => Method::POST,
        MethodName::Put => Method::PUT,
        MethodName::Patch => Method::PATCH,
        MethodName::Delete => Method::DELETE,
    }
}

struct Request<'a> {
    scope: &'a Scope<'a>,
    arguments: &'a Arguments,
    /// Names of arguments that end up somewhere.
    used: BTreeSet<String>,
    /// Whether some template could not be read: an input that seems unused may stand in it.
    unread: bool,
    sound: bool,
}

/// Arguments that go somewhere without a template.
#[derive(Default)]
struct Placed {
    query: Vec<(String, ValueTemplate)>,
    headers: Vec<(HeaderName, ValueTemplate)>,
    cookies: Vec<(String, ValueTemplate)>,
}

impl Request<'_> {
    fn refuse(&mut self, code: &'static str, span: Range<usize>, message: String) {
        self.scope.error(code, span, message);
        self.sound = false;
    }

    fn refuse_with_help(&mut self, code: &'static str, span: Range<usize>, message: String, help: &str) {
        self.scope.refuse(code, span, message, help);
        self.sound = false;
    }

    fn path(&mut self, node: &Node) -> Option<PathTemplate> {
        let place = node.get("path")?;
        let text = place.text()?;
        if !text.starts_with('/') {
            let message = format!("the path `{text}` does not start with `/`");
            let help = "write only what comes behind the base URL, e.g. `/customers`";
            self.refuse_with_help("bad-path", place.span.clone(), message, help);
            self.refused_template();
            return None;
        }
        let template = match PathTemplate::compile(text) {
            Ok(template) => template,
            Err(error) => {
                self.refuse(
                    "bad-template",
                    self.scope.within_text(place, error.offset),
                    error.message,
                );
                self.refused_template();
                return None;
            }
        };
        let used = template.arguments();
        self.use_arguments(&used, place);
        let arguments = self.arguments;
        for argument in arguments
            .list
            .iter()
            .filter(|argument| argument.place == Some(PlaceName::Path))
        {
            if !used.contains(&argument.name) {
                let message = format!("`{}` is not in the path `{text}`", argument.sent_as);
                let help = format!(
                    "write `{{{}}}` where it belongs in the path, or remove the input",
                    argument.sent_as
                );
                self.refuse_with_help("unused-input", argument.span.clone(), message, &help);
                self.used.insert(argument.name.clone());
            }
        }
        Some(template)
    }

    fn named_templates(&mut self, node: &Node, key: &str) -> Vec<(String, ValueTemplate)> {
        let mut templates = Vec::new();
        for member in node.get(key).map(Node::members).unwrap_or_default() {
            if super::secret::carries_secret(&member.key) && is_literal(&member.value) {
                self.literal_secret(&member.key, &member.value);
            }
            if let Some(template) = self.template(&member.value) {
                templates.push((member.key.clone(), template));
            }
        }
        templates
    }

    fn headers(&mut self, node: &Node, forbidden: &Forbidden) -> Vec<(HeaderName, ValueTemplate)> {
        let mut templates: Vec<(HeaderName, ValueTemplate)> = Vec::new();
        for member in node.get("headers").map(Node::members).unwrap_or_default() {
            let Some(name) = headers::name(self.scope, &member.key, &member.key_span, forbidden) else {
                self.sound = false;
                continue;
            };
            if templates.iter().any(|(other, _)| *other == name) {
                self.refuse(
                    "duplicate-key",
                    member.key_span.clone(),
                    format!("the header `{name}` is written twice"),
                );
                continue;
            }
            if is_literal(&member.value) {
                if super::secret::carries_secret(name.as_str()) {
                    self.literal_secret(name.as_str(), &member.value);
                }
                if headers::literal_value(self.scope, &member.value).is_none() {
                    self.sound = false;
                    continue;
                }
            }
            if let Some(template) = self.template(&member.value) {
                templates.push((name, template));
            }
        }
        templates
    }

    fn literal_secret(&mut self, name: &str, place: &Node) {
        let message = format!("`{name}` looks like a secret that is written out");
        let help = format!("authenticate in `[auth]`: {}", super::secret::ADVICE);
        self.refuse_with_help("literal-secret", place.span.clone(), message, &help);
    }

    fn body(
        &mut self,
        node: &Node,
        document: &ActionDocument,
        headers: &mut Vec<(HeaderName, ValueTemplate)>,
    ) -> Option<BodyTemplate> {
        let arguments = self.arguments;
        let place = node.get("body").filter(|body| !body.is_null());
        let placed = || {
            arguments
                .list
                .iter()
                .filter(|argument| argument.place == Some(PlaceName::Body))
        };
        for argument in placed() {
            self.used.insert(argument.name.clone());
        }
        if document.method == MethodName::Get {
            self.refuse_body_of_get(node);
            return None;
        }
        let media_type = self.media_type(node, document);
        let content = match place {
            None if placed().next().is_none() => {
                if let Some(member) = node.member("content_type") {
                    self.refuse(
                        "no-effect",
                        member.key_span.clone(),
                        "`content_type` has no effect without a body".to_owned(),
                    );
                }
                return None;
            }
            None => Content {
                template: None,
                tree: None,
            },
            Some(place) => self.written_body(place, media_type.as_deref())?,
        };
        let template = self.with_placed_arguments(place, content)?;
        match media_type.as_deref() {
            None | Some("application/json") => Some(BodyTemplate::Json(template)),
            Some("application/x-www-form-urlencoded") => Some(BodyTemplate::Form(template)),
            Some(media_type) if media_type.ends_with("+json") => {
                if !headers.iter().any(|(name, _)| *name == header::CONTENT_TYPE) {
                    let value = serde_json::Value::String(media_type.to_owned());
                    headers.push((header::CONTENT_TYPE, ValueTemplate::compile(&value).ok()?));
                }
                Some(BodyTemplate::Json(template))
            }
            Some(media_type) => Some(BodyTemplate::Text {
                content_type: media_type.to_owned(),
                template,
            }),
        }
    }

    fn refuse_body_of_get(&mut self, node: &Node) {
        for key in ["body", "request_body", "content_type"] {
            if let Some(member) = node.member(key).filter(|member| !member.value.is_null()) {
                let message = format!("a GET request has no body, so `{}` cannot be sent", member.written);
                let help = "use `query`, or the method POST";
                self.refuse_with_help("body-of-get", member.key_span.clone(), message, help);
            }
        }
        let arguments = self.arguments;
        for argument in arguments
            .list
            .iter()
            .filter(|argument| argument.place == Some(PlaceName::Body))
        {
            if !argument.from_body_schema {
                let message = format!(
                    "a GET request has no body, so `{}` cannot be sent in it",
                    argument.sent_as
                );
                self.refuse_with_help("body-of-get", argument.span.clone(), message, "write in = \"query\"");
            }
        }
    }

    fn media_type(&mut self, node: &Node, document: &ActionDocument) -> Option<String> {
        let written = document.content_type.as_ref()?;
        let span = node.value_span("content_type");
        let Ok(parsed) = written.parse::<mime::Mime>() else {
            self.refuse("bad-content-type", span, format!("`{written}` is not a media type"));
            return None;
        };
        match (parsed.type_().as_str(), parsed.subtype().as_str(), parsed.essence_str()) {
            ("multipart", ..) => {
                let message = format!("`{written}`: this version does not send multipart bodies yet");
                self.refuse("not-yet", span, message);
                None
            }
            (_, _, essence @ ("application/json" | "application/x-www-form-urlencoded")) => Some(essence.to_owned()),
            _ => Some(written.clone()),
        }
    }

    /// A body that the author wrote.
    fn written_body(&mut self, place: &Node, media_type: Option<&str>) -> Option<Content> {
        let is_json = media_type.is_none_or(|kind| kind == "application/json" || kind.ends_with("+json"));
        let is_form = media_type == Some("application/x-www-form-urlencoded");
        if let (Some(text), true) = (place.text(), is_json) {
            let Some(tree) = crate::template::json_from_text(text) else {
                let help = "write the body as a table, or say what it is: content_type = \"text/plain\"";
                let message = "this text is not JSON, which the body is unless `content_type` says otherwise";
                self.refuse_with_help("bad-body", place.span.clone(), message.to_owned(), help);
                self.refused_template();
                return None;
            };
            // Positions within the text are lost with its quotes, so that an error is placed at the text's beginning.
            let template = match ValueTemplate::compile(&tree) {
                Ok(template) => template,
                Err(error) => {
                    self.refuse("bad-template", place.span.clone(), error.message);
                    self.refused_template();
                    return None;
                }
            };
            self.use_arguments(&template.arguments(), place);
            return Some(Content {
                template: Some(template),
                tree: Some(Node::from_json(place.span.clone(), &tree)),
            });
        }
        if is_form && !matches!(place.kind, Kind::Table(_)) {
            self.refuse(
                "bad-body",
                place.span.clone(),
                "a form is a table of names and values".to_owned(),
            );
            self.refused_template();
            return None;
        }
        if !is_json && !is_form && place.text().is_none() {
            let message = "a body of this `content_type` must be text".to_owned();
            self.refuse("bad-body", place.span.clone(), message);
            self.refused_template();
            return None;
        }
        let template = self.template(place)?;
        Some(Content {
            template: Some(template),
            tree: Some(place.clone()),
        })
    }

    /// Adds the arguments that go into the body by themselves.
    fn with_placed_arguments(&mut self, place: Option<&Node>, content: Content) -> Option<ValueTemplate> {
        let arguments = self.arguments;
        if let Some(whole) = arguments.whole_body.and_then(|index| arguments.list.get(index)) {
            if let Some(place) = place {
                let message = "the body is written here and described by `request_body`, which is not an object";
                self.refuse_with_help("bad-body", place.span.clone(), message.to_owned(), "keep one of them");
            }
            return Some(ValueTemplate::argument(whole.name.clone()));
        }
        let mut placed: Vec<(String, ValueTemplate)> = Vec::new();
        for argument in arguments
            .list
            .iter()
            .filter(|argument| argument.place == Some(PlaceName::Body))
        {
            if content
                .tree
                .as_ref()
                .is_some_and(|tree| tree.get(&argument.sent_as).is_some())
            {
                let message = format!("`{}` is in the body already", argument.sent_as);
                self.refuse_with_help(
                    "duplicate-key",
                    argument.span.clone(),
                    message,
                    "remove it from one of the two",
                );
            }
            placed.push((argument.sent_as.clone(), ValueTemplate::argument(argument.name.clone())));
        }
        if placed.is_empty() {
            return content.template;
        }
        let mut members = Vec::new();
        if let Some(tree) = &content.tree {
            if !matches!(tree.kind, Kind::Table(_)) {
                let span = place.map_or(tree.span.clone(), |place| place.span.clone());
                let message = "inputs go into the body by themselves, so the body must be a table";
                self.refuse("bad-body", span, message.to_owned());
                return None;
            }
            for member in tree.members() {
                members.push((
                    member.key.clone(),
                    ValueTemplate::compile(&member.value.to_json()).ok()?,
                ));
            }
        }
        members.extend(placed);
        Some(ValueTemplate::object(members))
    }

    fn place_arguments(&mut self, forbidden: &Forbidden) -> Placed {
        let mut placed = Placed::default();
        let arguments = self.arguments;
        for argument in &arguments.list {
            let template = || ValueTemplate::argument(argument.name.clone());
            match argument.place {
                None | Some(PlaceName::Path | PlaceName::Body) => continue,
                Some(PlaceName::Query) => placed.query.push((argument.sent_as.clone(), template())),
                Some(PlaceName::Header) => {
                    match headers::name(self.scope, &argument.sent_as, &argument.span, forbidden) {
                        Some(name) => placed.headers.push((name, template())),
                        None => self.sound = false,
                    }
                }
                Some(PlaceName::Cookie) if !headers::is_token(&argument.sent_as) => {
                    let message = format!("`{}` cannot be the name of a cookie", argument.sent_as);
                    self.refuse("bad-name", argument.span.clone(), message);
                }
                Some(PlaceName::Cookie) => placed.cookies.push((argument.sent_as.clone(), template())),
            }
            self.used.insert(argument.name.clone());
        }
        placed
    }

    /// An input that goes nowhere is a mistake: the agent would believe that it has an effect (contract S1-25).
    fn check_used(&mut self) {
        if self.unread {
            return;
        }
        let arguments = self.arguments;
        for argument in arguments
            .list
            .iter()
            .filter(|argument| !self.used.contains(&argument.name))
        {
            let message = format!("the input `{}` is never used", argument.name);
            let help = format!(
                "write `{{{{{}}}}}` where it belongs, say where it goes (in = \"query\"), or remove it",
                argument.name
            );
            self.scope.refuse("unused-input", argument.span.clone(), message, help);
            self.sound = false;
        }
    }

    fn template(&mut self, node: &Node) -> Option<ValueTemplate> {
        let template = self.scope.template(node);
        if template.is_none() {
            self.refused_template();
        }
        for text in super::scope::texts(node) {
            if let Ok(template) = ValueTemplate::compile(&text.to_json()) {
                self.use_arguments(&template.arguments(), text);
            }
        }
        template
    }

    fn refused_template(&mut self) {
        self.unread = true;
        self.sound = false;
    }

    fn use_arguments(&mut self, names: &BTreeSet<String>, place: &Node) {
        self.arguments.check_declared(self.scope, names, place);
        self.used.extend(names.iter().cloned());
    }
}

/// A body that the author wrote, compiled and as a tree.
struct Content {
    template: Option<ValueTemplate>,
    tree: Option<Node>,
}

/// Whether no placeholder can change a value.
pub(super) fn is_literal(node: &Node) -> bool {
    super::scope::texts(node)
        .iter()
        .all(|text| !text.text().unwrap_or_default().contains("{{"))
}

fn member_span(node: &Node, table: &str, key: &str) -> Range<usize> {
    node.get(table)
        .and_then(|table| table.member(key))
        .map_or(node.span.clone(), |member| member.key_span.clone())
}

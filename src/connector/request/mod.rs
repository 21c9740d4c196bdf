//! The HTTP request of an action: templates where the author wrote them, arguments placed by themselves elsewhere.
//!
//! Compiles what is written once; must never know the values of a call, or a credential.

mod body;
mod part;
mod server;
pub(in crate::connector) mod style;
pub(in crate::connector) mod xml;

use std::collections::BTreeSet;
use std::ops::Range;

use http::{HeaderName, Method};

use super::action::Shared;
use super::any_of;
use super::arguments::{Argument, Arguments};
use super::document::{ActionDocument, MethodName, PlaceName};
use super::headers::{self, Forbidden};
use super::media_type::Syntax;
use super::model::{RequestTemplate, Styled, StyledPlace};
use super::scope::Scope;
use crate::document::Node;
use crate::template::{PathTemplate, Style, ValueTemplate};

/// Compiles the request of an action; reports everything that keeps it from being sent.
pub(in crate::connector) fn compile(
    scope: &Scope<'_>,
    node: &Node,
    document: &ActionDocument,
    arguments: &Arguments,
    shared: &Shared<'_>,
) -> Option<RequestTemplate> {
    let forbidden = shared.forbidden;
    let mut request = Request {
        scope,
        arguments,
        used: BTreeSet::new(),
        unread: false,
        sound: true,
    };
    let server = request.server(node, document, shared.connection);
    let path = request.path(node);
    let query = request.named_templates(node, "query");
    request.refuse_taken(node, "query", &forbidden.query);
    let mut headers = request.headers(node, forbidden);
    let cookies = request.named_templates(node, "cookies");
    request.refuse_taken(node, "cookies", &forbidden.cookies);
    for (name, _) in &cookies {
        if !headers::is_token(name) {
            let span = member_span(node, "cookies", name);
            request.refuse("bad-name", span, format!("`{name}` cannot be the name of a cookie"));
        }
    }
    let body = request.body(node, document, &mut headers);
    let placed = request.place_arguments(forbidden);
    request.refuse_sent_twice(&headers, &cookies, &placed);
    request.check_used(node);
    let mut complete = RequestTemplate {
        method: method(document.method?),
        credentials: document
            .credentials
            .unwrap_or_else(|| server.as_ref().is_none_or(|server| server.credentials)),
        server,
        path: path?,
        path_source: document.path.clone()?,
        query,
        headers,
        cookies,
        styled: placed.styled,
        body,
        inside: arguments
            .list
            .iter()
            .filter(|argument| !argument.inside.is_empty())
            .map(|argument| (argument.name.clone(), argument.inside.clone()))
            .collect(),
        any_of: any_of::compile(scope, node, document, arguments),
        pagination: None,
    };
    complete.query.extend(placed.query);
    complete.headers.extend(placed.headers);
    complete.cookies.extend(placed.cookies);
    request.sound.then_some(complete)
}

pub(in crate::connector) fn method(name: MethodName) -> Method {
    match name {
        MethodName::Get => Method::GET,
        MethodName::Head => Method::HEAD,
        MethodName::Post => Method::POST,
        MethodName::Put => Method::PUT,
        MethodName::Patch => Method::PATCH,
        MethodName::Delete => Method::DELETE,
        MethodName::Options => Method::OPTIONS,
        MethodName::Query => Method::QUERY,
    }
}

/// Whether `media_type` is one of XML (RFC 7303).
pub(crate) fn is_xml(media_type: &str) -> bool {
    Syntax::of(media_type) == Syntax::Xml
}

/// Whether `media_type` is one of YAML (RFC 9512), under one of the names that it had before, too.
pub(crate) fn is_yaml(media_type: &str) -> bool {
    Syntax::of(media_type) == Syntax::Yaml
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
    styled: Vec<Styled>,
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
        let mut template = match PathTemplate::compile(text) {
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
        for argument in &arguments.list {
            if let (Some(PlaceName::Path), Some(style)) = (argument.place, argument.style) {
                template.write(&argument.name, &argument.sent_as, style);
            }
        }
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
            if !self.scope.plain_key(member) {
                self.refused_template();
                continue;
            }
            if crate::connector::secret::carries_secret(&member.key) && is_literal(&member.value) {
                self.literal_secret(&member.key, &member.value);
            }
            if let Some(template) = self.template(&member.value) {
                templates.push((member.key.clone(), template));
            }
        }
        templates
    }

    /// A parameter or cookie of the credential's name could replace the credential.
    fn refuse_taken(&mut self, node: &Node, table: &str, taken: &[String]) {
        for name in taken {
            if let Some(member) = node.get(table).and_then(|table| table.member(name)) {
                self.refuse_name(&member.key, member.key_span.clone());
            }
        }
    }

    fn refuse_name(&mut self, name: &str, span: Range<usize>) {
        let message = format!("`{name}` is set by `[auth]`");
        self.refuse_with_help("bad-name", span, message, "remove it from one of the two");
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
                if crate::connector::secret::carries_secret(name.as_str()) {
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
        let help = format!(
            "authenticate in `[auth]`: {}",
            crate::connector::secret::advice(self.scope.root, "key")
        );
        self.refuse_with_help("literal-secret", place.span.clone(), message, &help);
    }

    fn place_arguments(&mut self, forbidden: &Forbidden) -> Placed {
        let mut placed = Placed::default();
        let arguments = self.arguments;
        for argument in &arguments.list {
            match argument.place {
                None | Some(PlaceName::Path) => continue,
                Some(PlaceName::Body) => {
                    if let Some(style) = argument.style {
                        placed.styled.push(styled(StyledPlace::Form, argument, style));
                    }
                    continue;
                }
                Some(PlaceName::Query) if forbidden.query.contains(&argument.sent_as) => {
                    self.refuse_name(&argument.sent_as, argument.span.clone());
                }
                Some(PlaceName::Cookie) if forbidden.cookies.contains(&argument.sent_as) => {
                    self.refuse_name(&argument.sent_as, argument.span.clone());
                }
                Some(PlaceName::Query) => match argument.style {
                    Some(style) => placed.styled.push(styled(StyledPlace::Query, argument, style)),
                    None => placed
                        .query
                        .push((argument.sent_as.clone(), xml::own_template(argument))),
                },
                Some(PlaceName::Header) => {
                    match headers::name(self.scope, &argument.sent_as, &argument.span, forbidden) {
                        Some(name) => match argument.style {
                            Some(style) => placed.styled.push(styled(StyledPlace::Header(name), argument, style)),
                            None => placed.headers.push((name, xml::own_template(argument))),
                        },
                        None => self.sound = false,
                    }
                }
                Some(PlaceName::Cookie) if !headers::is_token(&argument.sent_as) => {
                    let message = format!("`{}` cannot be the name of a cookie", argument.sent_as);
                    self.refuse("bad-name", argument.span.clone(), message);
                }
                Some(PlaceName::Cookie) => match argument.style {
                    Some(style) => placed.styled.push(styled(StyledPlace::Cookie, argument, style)),
                    None => placed
                        .cookies
                        .push((argument.sent_as.clone(), xml::own_template(argument))),
                },
            }
            self.used.insert(argument.name.clone());
        }
        placed
    }

    /// Reports inputs that go into a header or cookie that is written as well: servers make different things of two.
    fn refuse_sent_twice(
        &mut self,
        headers: &[(HeaderName, ValueTemplate)],
        cookies: &[(String, ValueTemplate)],
        placed: &Placed,
    ) {
        let styled = |wanted: &StyledPlace| placed.styled.iter().any(|one| one.place == *wanted);
        let arguments = self.arguments;
        for argument in &arguments.list {
            let name = &argument.sent_as;
            let kind = match argument.place {
                Some(PlaceName::Header)
                    if headers.iter().any(|(written, _)| {
                        let is_same = written.as_str().eq_ignore_ascii_case(name);
                        let is_placed = placed.headers.iter().any(|(other, _)| other == written);
                        is_same && (is_placed || styled(&StyledPlace::Header(written.clone())))
                    }) =>
                {
                    "header"
                }
                Some(PlaceName::Cookie) if cookies.iter().any(|(written, _)| written == name) => "cookie",
                _ => continue,
            };
            let message = format!("the {kind} `{name}` is written already");
            let help = "remove it from one of the two";
            self.refuse_with_help("duplicate-key", argument.span.clone(), message, help);
        }
    }

    /// An input that goes nowhere is a mistake: the agent would believe that it has an effect (contract S1-25).
    fn check_used(&mut self, node: &Node) {
        if self.unread {
            return;
        }
        let arguments = self.arguments;
        for argument in arguments
            .list
            .iter()
            .filter(|argument| !self.used.contains(&argument.name))
        {
            let name = &argument.name;
            let message = format!("the input `{name}` is never used");
            let help = if is_in_path_with_colon(node, name) {
                format!("write `{{{name}}}` in the path in place of `:{name}`")
            } else {
                format!("write `{{{{{name}}}}}` where it belongs, say where it goes (in = \"query\"), or remove it")
            };
            self.scope.refuse("unused-input", argument.span.clone(), message, help);
            self.sound = false;
        }
    }

    fn template(&mut self, node: &Node) -> Option<ValueTemplate> {
        let template = self.scope.template(node);
        if template.is_none() {
            self.refused_template();
        }
        for text in crate::connector::scope::texts(node) {
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

fn styled(place: StyledPlace, argument: &Argument, style: Style) -> Styled {
    Styled {
        place,
        name: argument.sent_as.clone(),
        template: ValueTemplate::argument(argument.name.clone()),
        style,
    }
}

/// Whether no placeholder can change a value.
pub(in crate::connector) fn is_literal(node: &Node) -> bool {
    crate::connector::scope::texts(node)
        .iter()
        .all(|text| !text.text().unwrap_or_default().contains("{{"))
}

/// Whether the path of an action names an input as other tools write it: `/customers/:customer_id`.
fn is_in_path_with_colon(node: &Node, name: &str) -> bool {
    let path = node.get("path").and_then(Node::text).unwrap_or_default();
    path.split('/').any(|segment| segment.strip_prefix(':') == Some(name))
}

fn member_span(node: &Node, table: &str, key: &str) -> Range<usize> {
    node.get(table)
        .and_then(|table| table.member(key))
        .map_or(node.span.clone(), |member| member.key_span.clone())
}

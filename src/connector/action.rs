//! One action, compiled.

use std::time::Duration;

use serde_json::{Value, json};
use url::Url;

use super::arguments::Arguments;
use super::code::{self, CodeFiles};
use super::document::{ActionDocument, DefaultsDocument, EffectName, MethodName};
use super::headers::Forbidden;
use super::model::{Action, Connection, Effect, Logic, RequestTemplate};
use super::naming::{is_slug, slug_of, title_of};
use super::reach::UrlAllowlist;
use super::scope::{Scope, json, texts};
use super::security::warn_of_no_limit;
use super::taken_for::warn_of_inputs;
use super::{pagination, request, response, revision};
use crate::crypto::sha256_hex;
use crate::document::Node;
use crate::schema::Schema;

/// What all actions of a connector share.
pub(super) struct Shared<'a> {
    /// The tree of the connector's main file.
    pub root: &'a Node,
    /// Its `[defaults]`.
    pub defaults: &'a DefaultsDocument,
    /// Headers that actions must not set.
    pub forbidden: &'a Forbidden,
    /// Where the API is. Agents must not see its hosts.
    pub connection: Option<&'a Connection>,
    /// What may be called there.
    pub url_allowlist: Option<&'a UrlAllowlist>,
    /// Whether actions stay listed unless they say otherwise.
    pub pinned: bool,
    /// Code that actions may name.
    pub code: &'a CodeFiles<'a>,
}

/// Compiles the action at `node`; reports everything that is wrong with it.
pub(super) fn compile(scope: &Scope<'_>, node: &Node, shared: &Shared<'_>) -> Option<Action> {
    let document: ActionDocument = scope.document(node)?;
    let name = name(scope, node, &document);
    let title = title(&document, name.as_deref());
    let description = description(scope, node, &document, &title);
    let mut hosts: Vec<&str> = shared
        .connection
        .into_iter()
        .flat_map(Connection::base_urls)
        .filter_map(Url::host_str)
        .collect();
    hosts.dedup();
    warn_of_hosts(scope, node, &hosts);
    let arguments = Arguments::read(scope, node, &document);
    let logic = logic(scope, node, &document, &arguments, shared);
    let input = input_schema(scope, node, &arguments);
    let response = response::compile(scope, node, &document, shared.defaults);
    let effect = effect(scope, node, &document);
    let what = "calls of this action";
    warn_of_no_limit(scope, node, "requests_per_minute", document.requests_per_minute, what);
    let (name, mut logic, input, response) = (name?, logic?, input?, response?);
    let has_pages = pagination::add(scope, node, &document, &arguments, effect, shared, &mut logic);
    if arguments.incomplete || !has_pages {
        return None;
    }
    if let (Logic::Request(request), Some(connection), Some(allowlist)) =
        (&logic, shared.connection, shared.url_allowlist)
    {
        warn_of_allowlist(scope, node, request, request.base_url(connection), allowlist);
    }
    if let Logic::Request(_) = &logic {
        warn_of_inputs(scope, node, &arguments);
    }
    let description = match &logic {
        Logic::Request(request) => with_needs(description, request),
        Logic::Code(_) => description,
    };
    // What code does is the code itself; where it stands does not matter.
    let code = match &logic {
        Logic::Request(_) => Value::Null,
        Logic::Code(code) => json!({ "sha256": sha256_hex(&code.bytes), "rules": json(shared.root.get("code")) }),
    };
    let part = |key| json(shared.root.get(key));
    let revision = revision::digest([
        ("action", &node.to_json()),
        ("input", input.document()),
        ("connection", &part("connection")),
        ("auth", &part("auth")),
        ("security", &part("security")),
        ("defaults", &part("defaults")),
        ("code", &code),
    ]);
    Some(Action {
        name,
        title,
        description,
        effect,
        confirm: document.confirm.unwrap_or(effect == Effect::Write),
        pinned: document.pinned.unwrap_or(shared.pinned),
        secret_arguments: arguments
            .list
            .iter()
            .filter(|one| one.secret)
            .map(|one| one.name.clone())
            .collect(),
        input,
        logic,
        response: response.contract,
        output_schema: response.output_schema,
        timeout: document.timeout_ms.map(Duration::from_millis),
        requests_per_minute: document.requests_per_minute,
        revision,
    })
}

/// The name in tool names that an action's `slug` or `name` stands for, if it is one.
pub(super) fn slug(node: &Node) -> Option<String> {
    let slug = match node.get("slug").and_then(Node::text) {
        Some(slug) => slug.to_owned(),
        None => slug_of(node.get("name")?.text()?),
    };
    is_slug(&slug).then_some(slug)
}

fn name(scope: &Scope<'_>, node: &Node, document: &ActionDocument) -> Option<String> {
    let name = slug(node);
    if name.is_none() {
        let (key, message) = match &document.slug {
            Some(slug) => ("slug", format!("the slug `{slug}` cannot be used")),
            None => (
                "name",
                format!("no name for tools can be made from `{}`", document.name),
            ),
        };
        let span = node.value_span(key);
        let help = "write a `slug` of lowercase letters, digits and single underscores, at most 64 characters";
        scope.refuse("bad-name", span, message, help);
    }
    name
}

fn title(document: &ActionDocument, slug: Option<&str>) -> String {
    match (&document.title, slug) {
        (Some(title), _) => title.clone(),
        (None, Some(slug)) if slug == document.name => title_of(slug),
        (None, _) => document.name.clone(),
    }
}

fn description(scope: &Scope<'_>, node: &Node, document: &ActionDocument, title: &str) -> String {
    let written = document
        .description
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty());
    let Some(text) = written else {
        let span = node.value_span("name");
        let message = format!(
            "`{}` has no description: agents will not know when to use it",
            document.name
        );
        let help = "say in `description` what it does, what it returns and when to use it";
        scope.warn("missing-description", span, message, help);
        return title.to_owned();
    };
    text.to_owned()
}

/// `description` with what the schema of the arguments cannot say.
fn with_needs(description: String, request: &RequestTemplate) -> String {
    let Some(any_of) = &request.any_of else {
        return description;
    };
    let stop = if description.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
    format!("{description}{stop} Needs at least one of {any_of}.")
}

/// Agents must not see base URLs (contract S1-34, ruling C-06), and they see all of these.
fn warn_of_hosts(scope: &Scope<'_>, node: &Node, hosts: &[&str]) {
    let shown = ["title", "description", "input", "request_body", "response_schema"];
    for text in shown.iter().filter_map(|key| node.get(key)).flat_map(texts) {
        if text
            .text()
            .is_some_and(|text| hosts.iter().any(|host| text.contains(host)))
        {
            let message = "this text names the API's host, which agents should not see";
            scope.report(scope.source.warning("host-shown", text.span.clone(), message));
        }
    }
}

/// An action that no pattern lets out would fail with every call. Placeholders may stand for anything.
fn warn_of_allowlist(
    scope: &Scope<'_>,
    node: &Node,
    request: &RequestTemplate,
    base_url: &Url,
    allowlist: &UrlAllowlist,
) {
    // When nothing of the API can be reached, that is reported once, where the base URL stands.
    if !allowlist.reaches(base_url) {
        return;
    }
    let (fixed, rest) = request
        .path_source
        .split_once('{')
        .unwrap_or((&request.path_source, ""));
    let mut url = base_url.clone();
    url.set_path(&format!("{}{fixed}", base_url.path().trim_end_matches('/')));
    let is_whole = rest.is_empty();
    if !allowlist.may_allow(&request.method, &url, is_whole) {
        let method = &request.method;
        let message = format!("no pattern of `url_allowlist` lets this {method} request out");
        let help = format!(
            "add a pattern for it, e.g. \"{method} {url}{}\"",
            if is_whole { "" } else { "*" }
        );
        scope.warn("unreachable", node.value_span("path"), message, help);
    }
}

/// What the action does: its code if it has some, else one request.
fn logic(
    scope: &Scope<'_>,
    node: &Node,
    document: &ActionDocument,
    arguments: &Arguments,
    shared: &Shared<'_>,
) -> Option<Logic> {
    if document.code.is_some() || document.component.is_some() {
        return code::compile(scope, node, document, arguments, shared.code).map(Logic::Code);
    }
    if let Some(key) = ["method", "path"].into_iter().find(|key| node.get(key).is_none()) {
        let help = match key {
            "method" => "write method = \"GET\", or name the code that makes the request: code = \"actions/NAME.js\"",
            _ => "write what comes behind the base URL, e.g. path = \"/customers\"",
        };
        let message = format!("`{key}` is missing in the action `{}`", document.name);
        scope.refuse("missing-key", node.value_span("name"), message, help);
        return None;
    }
    request::compile(scope, node, document, arguments, shared).map(|request| Logic::Request(Box::new(request)))
}

fn effect(scope: &Scope<'_>, node: &Node, document: &ActionDocument) -> Effect {
    let written = document.effect.map(|effect| match effect {
        EffectName::Read => Effect::Read,
        EffectName::Write => Effect::Write,
    });
    let Some(method) = document.method else {
        if written.is_none() && (document.code.is_some() || document.component.is_some()) {
            let message = format!(
                "`{}` does not say whether its code changes anything, so it counts as a write: a person is asked",
                document.name
            );
            let help = "write effect = \"read\" when it changes nothing, else effect = \"write\"";
            scope.warn("missing-effect", node.value_span("name"), message, help);
        }
        return written.unwrap_or(Effect::Write);
    };
    // RFC 9110 section 9.2.1, RFC 10008 section 2.
    let by_method = if request::method(method).is_safe() {
        Effect::Read
    } else {
        Effect::Write
    };
    let effect = written.unwrap_or(by_method);
    if by_method == Effect::Write && effect == Effect::Read {
        let span = node.value_span("effect");
        let name = request::method(method);
        let message = format!("this {name} request is declared to change nothing: nobody is asked before it is sent");
        scope.report(match method {
            MethodName::Post => scope.source.note("declared-safe", span, message),
            _ => scope
                .source
                .warning("declared-safe", span, message)
                .help("remove `effect` unless the API really changes nothing"),
        });
    }
    effect
}

fn input_schema(scope: &Scope<'_>, node: &Node, arguments: &Arguments) -> Option<Schema> {
    Schema::compile(&arguments.schema())
        .map_err(|error| {
            // `/properties/NAME/...`: blame the argument's declaration.
            let name = error
                .pointer
                .split('/')
                .nth(2)
                .unwrap_or_default()
                .replace("~1", "/")
                .replace("~0", "~");
            let argument = arguments.list.iter().find(|argument| argument.name == name);
            let span = argument.map_or(node.span.clone(), |argument| argument.span.clone());
            scope.error("bad-schema", span, error.message);
        })
        .ok()
}

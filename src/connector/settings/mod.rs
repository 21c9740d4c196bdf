//! Settings: values that a connector's files leave to the environment of the server (contracts S4-12, S4-13).
//!
//! They are filled into the tree before anything else looks at it, so that whatever comes after treats them as if the
//! author had written them. A secret is never filled in: its place gets the reference `env:NAME`. Does not read the
//! environment itself: whoever loads the files says what it holds.

mod declared;
mod reference;

use std::cell::Cell;

use declared::Declared;
use reference::Reference;

use super::authentication;
use super::naming::{self, is_identifier};
use crate::diagnostics::{Diagnostic, Source};
use crate::document::{Kind, Node, closest};

/// What the environment holds: the value of a variable, `None` when it is not set or empty.
pub type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Keys at the top of a connector that say what it is: they are the same wherever it is served.
const FIXED: [&str; 8] = [
    "id",
    "user_id",
    "organisation",
    "name",
    "slug",
    "tier",
    "env_prefix",
    "settings",
];

/// The settings of a connector.
pub(super) struct Settings {
    declared: Vec<Declared>,
    /// Names of those that cannot be used, which was reported where they stand.
    unusable: Vec<String>,
    /// Whether all places that may use one have been read.
    complete: Cell<bool>,
}

/// What a text is, which decides how a value goes into it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Anything that no template is made of.
    Plain,
    /// A template.
    Template,
    /// The path of an action.
    Path,
    /// A body that is written as text.
    TextBody,
    /// A place in `[auth]` that may be a secret's.
    Secret,
}

impl Settings {
    /// Reads what the main file declares, and what `variables` holds of it; reports what cannot be used.
    pub(super) fn read(
        source: &Source<'_>,
        root: &Node,
        variables: Variables<'_>,
        findings: &mut Vec<Diagnostic>,
    ) -> Self {
        let members = root.get("settings").map(Node::members).unwrap_or_default();
        let settings = |declared: Vec<Declared>| {
            let unusable = members
                .iter()
                .map(|member| member.key.clone())
                .filter(|name| !declared.iter().any(|declared| declared.name == *name));
            Self {
                unusable: unusable.collect(),
                declared,
                complete: Cell::new(true),
            }
        };
        if members.is_empty() {
            return settings(Vec::new());
        }
        let Some(prefix) = prefix(source, root, findings) else {
            return settings(Vec::new());
        };
        let mut secrets = Vec::new();
        if let Some(auth) = root.get("auth") {
            of_auth(&mut auth.clone(), &mut |node, place| {
                let names = reference::find(node.text().unwrap_or_default(), false);
                secrets.extend(
                    names
                        .iter()
                        .filter(|_| place == Place::Secret)
                        .map(|one| one.name.to_owned()),
                );
            });
        }
        let read = |member| declared::read(source, member, &prefix, &secrets, variables, findings);
        settings(members.iter().filter_map(read).collect())
    }

    /// Fills the values into a connector's main file.
    pub(super) fn fill_main(&self, source: &Source<'_>, root: &mut Node, findings: &mut Vec<Diagnostic>) {
        if self.declared.is_empty() && self.unusable.is_empty() {
            return;
        }
        for member in root.members_mut().into_iter().flatten() {
            let fill = &mut |node: &mut Node, place| self.fill(source, node, place, findings);
            match member.key.as_str() {
                "actions" => of_actions(&mut member.value, fill),
                "auth" => of_auth(&mut member.value, fill),
                key if FIXED.contains(&key) => {}
                _ => every_text(&mut member.value, &mut |node| fill(node, Place::Plain)),
            }
        }
    }

    /// Fills the values into the file of an entity.
    pub(super) fn fill_entity(&self, source: &Source<'_>, root: &mut Node, findings: &mut Vec<Diagnostic>) {
        if self.declared.is_empty() && self.unusable.is_empty() {
            return;
        }
        if root.is_null() {
            self.miss_a_part();
        }
        if let Some(actions) = root.get_mut("actions") {
            of_actions(actions, &mut |node, place| self.fill(source, node, place, findings));
        }
    }

    /// Says that a part of the files was not read, in which any setting may be used.
    pub(super) fn miss_a_part(&self) {
        self.complete.set(false);
    }

    /// Warns of settings that stand nowhere: setting their variables would change nothing.
    pub(super) fn unused(&self, source: &Source<'_>, findings: &mut Vec<Diagnostic>) {
        if !self.complete.get() {
            return;
        }
        for declared in self.declared.iter().filter(|declared| !declared.used.get()) {
            let name = &declared.name;
            let finding = source.warning(
                "unused-setting",
                declared.span.clone(),
                format!("nothing uses the setting `{name}`"),
            );
            findings.push(finding.help(format!("write {{{{settings.{name}}}}} where it belongs, or remove it")));
        }
    }

    /// Names of the variables that must be set and that hold no secret.
    pub(super) fn required_variables(&self) -> Vec<String> {
        let required = self.declared.iter().filter(|declared| declared.is_required());
        required.map(|declared| declared.variable.clone()).collect()
    }

    fn fill(&self, source: &Source<'_>, node: &mut Node, place: Place, findings: &mut Vec<Diagnostic>) {
        let Some(text) = node.text() else { return };
        let references = reference::find(text, place == Place::Path);
        if references.is_empty() {
            return;
        }
        if references
            .iter()
            .any(|one| self.unusable.iter().any(|name| name == one.name))
        {
            node.broken = true;
            return;
        }
        let filled: Result<Vec<Filling<'_>>, Problem> = references
            .iter()
            .map(|reference| {
                self.value(text, reference, place)
                    .map(|value| (reference, value))
                    .map_err(|problem| problem.at(reference))
            })
            .collect();
        let filled = filled.and_then(|filled| match filled.as_slice() {
            [(reference, value)] if reference.range == (0..text.len()) && place != Place::Path => {
                Ok(value.alone(place == Place::Template))
            }
            _ => reference::splice(text, &filled, place).map(Kind::Text),
        });
        match filled {
            Ok(kind) => node.kind = kind,
            Err(problem) => {
                let span = reference::place_of(source, node, &problem.range);
                let mut finding = source.error(problem.code, span, problem.message);
                finding.help = problem.help;
                findings.push(finding);
                node.broken = true;
            }
        }
    }

    /// What stands for a reference.
    fn value(&self, text: &str, reference: &Reference<'_>, place: Place) -> Result<Filled, Problem> {
        let Some(declared) = self.declared.iter().find(|declared| declared.name == reference.name) else {
            let known = self.declared.iter().map(|declared| declared.name.as_str());
            let help = match closest(reference.name, known) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("declare it: [settings.{}]", reference.name),
            };
            let message = format!("there is no setting `{}`", reference.name);
            return Err(Problem::new("unknown-setting", message).help(help));
        };
        declared.used.set(true);
        let (name, variable) = (&declared.name, &declared.variable);
        let Some(value) = &declared.value else {
            let message = format!("the environment variable `{variable}` is not set here, or is empty");
            let help = if declared.secret {
                format!("set it where Toolgate runs: it holds the secret `{name}`")
            } else {
                format!("set it where Toolgate runs, or write a `default` for the setting `{name}`")
            };
            return Err(Problem::new("missing-setting", message).help(help));
        };
        if !declared.secret {
            return Ok(Filled(value.clone()));
        }
        if place == Place::Secret && reference.range == (0..text.len()) {
            return Ok(Filled(Kind::Text(format!("env:{variable}"))));
        }
        let message = format!("the setting `{name}` is a secret, which can only be the whole of a secret in `auth`");
        let help = "let `auth` send it; write `secret = false` for the setting if it is none";
        Err(Problem::new("secret-setting", message).help(help))
    }
}

/// A reference and what stands for it.
type Filling<'a> = (&'a Reference<'a>, Filled);

/// What stands for a reference: a text, a number, or true or false.
struct Filled(Kind);

impl Filled {
    /// The value of a text that is nothing but the reference.
    fn alone(&self, in_template: bool) -> Kind {
        match &self.0 {
            Kind::Text(text) if in_template => Kind::Text(reference::literal(text)),
            other => other.clone(),
        }
    }

    /// The value among other text.
    fn text(&self) -> String {
        match &self.0 {
            Kind::Text(text) => text.clone(),
            Kind::Number(number) => number.to_string(),
            Kind::Boolean(value) => value.to_string(),
            Kind::Null | Kind::List(_) | Kind::Table(_) => String::new(),
        }
    }
}

/// Why a reference cannot be filled in.
struct Problem {
    code: &'static str,
    message: String,
    help: Option<String>,
    /// The reference within its text.
    range: std::ops::Range<usize>,
}

impl Problem {
    fn new(code: &'static str, message: String) -> Self {
        Self {
            code,
            message,
            help: None,
            range: 0..0,
        }
    }

    fn help(self, help: impl Into<String>) -> Self {
        Self {
            help: Some(help.into()),
            ..self
        }
    }

    fn at(self, reference: &Reference<'_>) -> Self {
        Self {
            range: reference.range.clone(),
            ..self
        }
    }
}

/// What the variables' names begin with; `None` when they would be no names.
fn prefix(source: &Source<'_>, root: &Node, findings: &mut Vec<Diagnostic>) -> Option<String> {
    let written = root.get("env_prefix").filter(|prefix| !prefix.is_null());
    let prefix = if let Some(node) = written {
        node.text()?.to_owned()
    } else {
        let name = root.get("slug").or_else(|| root.get("name"))?.text()?;
        format!("{}_", naming::slug_of(name).to_ascii_uppercase())
    };
    if is_identifier(&prefix) {
        return Some(prefix);
    }
    let span = written.map_or_else(|| root.key_span("settings"), |node| node.span.clone());
    let finding = source.error(
        "bad-setting",
        span,
        format!("`{prefix}` cannot begin the name of a variable"),
    );
    findings.push(finding.help("write `env_prefix` of letters, digits and `_`, e.g. env_prefix = \"CRM_\""));
    None
}

/// Visits every text of an authentication.
fn of_auth(auth: &mut Node, visit: &mut impl FnMut(&mut Node, Place)) {
    match &mut auth.kind {
        Kind::Text(_) => visit(auth, Place::Secret),
        Kind::List(items) => items.iter_mut().for_each(|item| of_auth(item, visit)),
        Kind::Table(members) => {
            for member in members {
                if authentication::is_harmless(&member.key) {
                    visit(&mut member.value, Place::Plain);
                } else {
                    of_auth(&mut member.value, visit);
                }
            }
        }
        _ => {}
    }
}

/// Visits every text of actions.
fn of_actions(actions: &mut Node, visit: &mut impl FnMut(&mut Node, Place)) {
    for member in actions.items_mut().iter_mut().filter_map(Node::members_mut).flatten() {
        let place = match member.key.as_str() {
            "path" => Place::Path,
            "body" if member.value.text().is_some() => Place::TextBody,
            "query" | "headers" | "cookies" | "body" => Place::Template,
            _ => Place::Plain,
        };
        every_text(&mut member.value, &mut |node| visit(node, place));
    }
}

fn every_text(node: &mut Node, visit: &mut impl FnMut(&mut Node)) {
    match &mut node.kind {
        Kind::Text(_) => visit(node),
        Kind::List(items) => items.iter_mut().for_each(|item| every_text(item, visit)),
        Kind::Table(members) => members
            .iter_mut()
            .for_each(|member| every_text(&mut member.value, visit)),
        _ => {}
    }
}

#[cfg(test)]
mod tests;

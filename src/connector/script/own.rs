//! What a script sets itself, or asks for before it uses it.
//!
//! Where that leaves a doubt a name counts as there: the engine tells what is missed here, and nobody can silence a false
//! warning. Must never know which names the sandbox has.

use std::collections::HashSet;

use oxc_ast::AstKind;
use oxc_ast::ast::{Argument, BinaryOperator, CallExpression, Expression};
use oxc_semantic::NodeId;

use super::accesses::Access;
use super::paths::{GLOBAL_OBJECT, Path, Paths, joined, member};
use super::tree::Script;
use super::usage::Usage;

/// Names that hosts have together: to ask for one of them is to ask for the host.
const TOGETHER: [&[&str]; 2] = [
    &["module", "exports", "require", "process", "__dirname", "__filename"],
    &[
        "window",
        "document",
        "navigator",
        "localStorage",
        "sessionStorage",
        "indexedDB",
    ],
];

/// Functions of `Object` and `Reflect` that add members to an object, or ask for one.
const EXTENDING: [&str; 7] = [
    "assign",
    "defineProperties",
    "defineProperty",
    "has",
    "hasOwn",
    "set",
    "setPrototypeOf",
];

/// Functions that ask an object for a member by its name.
const ASKING: [&[&str]; 2] = [&["Object", "hasOwn"], &["Reflect", "has"]];

/// What a script sets and asks for.
pub(super) struct Own<'a> {
    set: HashSet<Path<'a>>,
    asked: HashSet<Path<'a>>,
    /// Objects that are given to what may add anything to them.
    extended: HashSet<Path<'a>>,
    /// Whether a name may be a member of something, inside of `with`.
    has_with: bool,
}

impl<'a> Own<'a> {
    pub(super) fn new(script: &Script<'a>, paths: &Paths<'_, 'a>, accesses: &[Access<'a>]) -> Self {
        let mut own = Self {
            set: HashSet::new(),
            asked: HashSet::new(),
            extended: HashSet::new(),
            has_with: false,
        };
        for access in accesses {
            let Some(name) = access.name else {
                if access.usage == Usage::Set {
                    own.extended.insert(access.object.clone());
                }
                continue;
            };
            let path = joined(&access.object, name);
            let is_of_global = access.object == [GLOBAL_OBJECT];
            if access.usage == Usage::Tested || is_of_global && access.usage.may_find_nothing() {
                own.ask(path);
            } else {
                own.add(path, &access.usage);
            }
        }
        for node in script.semantic.nodes() {
            own.look_at(script, paths, node.kind(), node.id());
        }
        own
    }

    /// Whether `path` may be something else than what the sandbox gives.
    pub(super) fn sets(&self, path: &[&'a str]) -> bool {
        let object = match path {
            [_] => &[GLOBAL_OBJECT],
            [object @ .., _] => object,
            [] => return false,
        };
        let is_set = (1..=path.len()).any(|length| self.set.contains(&path[..length]));
        is_set || self.has_with || self.extended.contains(object)
    }

    /// Whether the script knows if there is what `path` stands for.
    pub(super) fn knows(&self, path: &[&'a str]) -> bool {
        self.asked.contains(path) || self.sets(path)
    }

    fn add(&mut self, path: Path<'a>, usage: &Usage<'a>) {
        match usage {
            Usage::Set => _ = self.set.insert(path),
            Usage::Asked => self.ask(path),
            Usage::Called { .. } | Usage::Read { .. } | Usage::Inherited | Usage::Tested | Usage::PassedOn => {}
        }
    }

    fn ask(&mut self, path: Path<'a>) {
        if let [name] = path[..]
            && let Some(together) = TOGETHER.iter().find(|names| names.contains(&name))
        {
            self.asked.extend(together.iter().map(|name| vec![*name]));
        }
        self.asked.insert(path);
    }

    /// What the node `id` sets or asks for, other than members.
    fn look_at(&mut self, script: &Script<'a>, paths: &Paths<'_, 'a>, kind: AstKind<'a>, id: NodeId) {
        match kind {
            AstKind::IdentifierReference(name) => {
                let scoping = script.semantic.scoping();
                let Some(reference) = name.reference_id.get().map(|id| scoping.get_reference(id)) else {
                    return;
                };
                if reference.symbol_id().is_none() {
                    let around = script.semantic.nodes().parent_kind(id);
                    let usage = if reference.is_write() {
                        Usage::Set
                    } else {
                        Usage::of(around, name.span)
                    };
                    self.add(vec![name.name.as_str()], &usage);
                }
            }
            // `this` of the body, and of functions that are called without an object, is the global object.
            AstKind::StaticMemberExpression(member) if matches!(member.object, Expression::ThisExpression(_)) => {
                let around = script.semantic.nodes().parent_kind(id);
                if Usage::of(around, member.span) == Usage::Set {
                    self.set.insert(vec![member.property.name.as_str()]);
                }
            }
            AstKind::BinaryExpression(question) if question.operator == BinaryOperator::In => {
                if let Some(name) = text(&question.left)
                    && let Some(object) = paths.of(&question.right)
                {
                    self.ask(joined(&object, name));
                }
            }
            AstKind::CallExpression(call) => {
                if let Some(asked) = asked(call, paths) {
                    self.ask(asked);
                    return;
                }
                let called = paths.of(&call.callee);
                let extends = called.is_some_and(
                    |called| matches!(called[..], ["Object" | "Reflect", function] if EXTENDING.contains(&function)),
                );
                let extended = call
                    .arguments
                    .first()
                    .filter(|_| extends)
                    .and_then(Argument::as_expression);
                self.extended.extend(extended.and_then(|object| paths.of(object)));
            }
            AstKind::WithStatement(_) => self.has_with = true,
            _ => {}
        }
    }
}

/// The member that `call` asks for by its name, as in `ld.hasOwnProperty("log")`.
fn asked<'a>(call: &CallExpression<'a>, paths: &Paths<'_, 'a>) -> Option<Path<'a>> {
    let argument = |place| call.arguments.get(place).and_then(Argument::as_expression);
    let called_of = |function: &Expression<'a>| {
        let (of, name) = member(function)?;
        (name? == "call").then(|| member(of)).flatten()?.1
    };
    let (object, name) = match member(&call.callee) {
        Some((object, Some("hasOwnProperty"))) => (object, argument(0)?),
        _ if called_of(&call.callee) == Some("hasOwnProperty") => (argument(0)?, argument(1)?),
        _ if ASKING.contains(&paths.of(&call.callee)?.as_slice()) => (argument(0)?, argument(1)?),
        _ => return None,
    };
    Some(joined(&paths.of(object)?, text(name)?))
}

/// The text that `expression` is, in quotes of any kind.
fn text<'a>(expression: &Expression<'a>) -> Option<&'a str> {
    match expression {
        Expression::StringLiteral(text) => Some(text.value.as_str()),
        Expression::TemplateLiteral(template) => template.single_quasi().map(|text| text.as_str()),
        _ => None,
    }
}

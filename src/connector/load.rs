//! Loading a connector from the files of its folder.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::action::Shared;
use super::actions::{Actions, exposed};
use super::code::CodeFiles;
use super::document::{
    ActionDocument, CodeDocument, ConnectionDocument, DefaultsDocument, ReturnedErrorsName, SecretsName,
    SecurityDocument,
};
use super::file::File;
use super::layout::{self, Layout};
use super::model::{Auth, CodeRules, Connector, Setting};
use super::scope::Scope;
use super::script::Rules;
use super::settings::Variables;
use super::written_code::WrittenCode;
use super::{
    CodeFile, Loaded, SourceFile, authentication, connection, identity, pages, pagination, security, unreported,
};
use crate::diagnostics::Diagnostic;
use crate::document::{Kind, Node};

/// Most findings that are reported at once: a file of another kind would give thousands.
const MOST_FINDINGS: usize = 200;

/// Loads one connector from the files of its folder (or from its single file).
///
/// A folder holds `connector.toml` (or `.yaml`, `.yml`, `.json`) and, in the full tier, one file per entity in
/// `services`. All errors of all files are reported at once.
///
/// For the settings of the files, every environment variable counts as not set, see [`load_with`].
#[must_use]
pub fn load(files: &[SourceFile]) -> Loaded {
    load_with(files, &[], &|_| None)
}

/// Loads one connector as [`load`] does, with the settings that `variables` holds; its actions may run the code in
/// `code`.
#[must_use]
pub fn load_with(files: &[SourceFile], code: &[CodeFile], variables: Variables<'_>) -> Loaded {
    let (layout, mut findings) = layout::sort(files);
    let connector = layout.and_then(|layout| load_layout(&layout, code, variables, &mut findings));
    let shown = files.iter().map(|file| &file.shown);
    let order: HashMap<_, _> = shown
        .chain(code.iter().map(|file| &file.shown))
        .enumerate()
        .map(|(index, shown)| (shown.as_path(), index))
        .collect();
    findings.sort_by_key(|finding| (order.get(finding.file.as_path()).copied(), finding.line, finding.column));
    findings.dedup();
    let failed = findings.iter().any(Diagnostic::is_error);
    let unreported = unreported::cut(&mut findings, MOST_FINDINGS);
    Loaded {
        connector: connector.filter(|_| !failed),
        diagnostics: findings,
        unreported,
    }
}

/// What would make a connector better that loads from `files` with the settings in `variables`: nothing that its author
/// has to do.
#[must_use]
pub fn hints(files: &[SourceFile], code: &[CodeFile], variables: Variables<'_>) -> Vec<Diagnostic> {
    let (Some(layout), _) = layout::sort(files) else {
        return Vec::new();
    };
    let Some(connector) = load_layout(&layout, code, variables, &mut Vec::new()) else {
        return Vec::new();
    };
    let mut found: Vec<Diagnostic> = super::hints::of_description(&layout).into_iter().collect();
    // What is wrong with the files was told when they were loaded.
    let (main, settings) = File::main(layout.main, variables, &mut Vec::new());
    super::hints::of_actions(&main.source, &main.root, &connector, &mut found);
    for file in &layout.entities {
        let entity = File::entity(file, &settings, &mut Vec::new());
        super::hints::of_actions(&entity.source, &entity.root, &connector, &mut found);
    }
    found.truncate(MOST_FINDINGS);
    found
}

/// What a connector that loads from the `files` of its folder with the settings in `variables` lacks to be complete,
/// although it works: errors and warnings for `check`.
#[must_use]
pub fn lints(files: &[SourceFile], code: &[CodeFile], variables: Variables<'_>) -> Vec<Diagnostic> {
    let (Some(layout), _) = layout::sort(files) else {
        return Vec::new();
    };
    let connector = load_layout(&layout, code, variables, &mut Vec::new());
    connector.map_or_else(Vec::new, |connector| pages::missing(&layout, &connector))
}

/// The code of the actions in `files`, also of those that something else is wrong with. Code that several actions name is
/// there once.
#[must_use]
pub fn written_code(files: &[SourceFile], code: &[CodeFile], variables: Variables<'_>) -> Vec<WrittenCode> {
    let (Some(layout), _) = layout::sort(files) else {
        return Vec::new();
    };
    let (main, entities) = files_with_actions(&layout, variables);
    let rules = Rules::of(&main);
    let named = CodeFiles::new(code);
    let mut found: Vec<WrittenCode> = Vec::new();
    for file in std::iter::once(&main).chain(&entities) {
        let scope = Scope::new(&file.source, &file.root);
        for node in file.root.get("actions").map(Node::items).unwrap_or_default() {
            let document: Option<ActionDocument> = scope.document(node);
            let code_of = |document: &ActionDocument| super::code::written(&scope, node, document, &named);
            let Some(one) = document.as_ref().and_then(code_of) else {
                continue;
            };
            if found.iter().any(|known| *known.code() == one) {
                continue;
            }
            let shown = code.iter().find(|file| file.relative.as_path() == Path::new(&one.name));
            let shown = shown.map(|file| file.shown.as_path());
            found.push(WrittenCode::new(one, shown, &file.source, &file.root, node, &rules));
        }
    }
    found
}

/// The components that actions in `files` name and that are not among `code`, by their paths within the connector's folder.
#[must_use]
pub fn missing_components(files: &[SourceFile], code: &[CodeFile], variables: Variables<'_>) -> Vec<PathBuf> {
    let (Some(layout), _) = layout::sort(files) else {
        return Vec::new();
    };
    let (main, entities) = files_with_actions(&layout, variables);
    let mut found = Vec::new();
    for file in std::iter::once(&main).chain(&entities) {
        let scope = Scope::new(&file.source, &file.root);
        let nodes = file.root.get("actions").map(Node::items).unwrap_or_default();
        let documents = nodes.iter().filter_map(|node| scope.document(node));
        found.extend(documents.filter_map(|document: ActionDocument| super::code::missing_component(&document, code)));
    }
    found.sort();
    found.dedup();
    found
}

/// The files that actions are written in: the main one, and those of entities.
fn files_with_actions<'a>(layout: &Layout<'a>, variables: Variables<'_>) -> (File<'a>, Vec<File<'a>>) {
    let (main, settings) = File::main(layout.main, variables, &mut Vec::new());
    let entities = layout.entities.iter();
    let entities = entities.map(|file| File::entity(file, &settings, &mut Vec::new()));
    let entities = entities.collect();
    (main, entities)
}

fn load_layout(
    layout: &Layout<'_>,
    code: &[CodeFile],
    variables: Variables<'_>,
    findings: &mut Vec<Diagnostic>,
) -> Option<Connector> {
    let (main, settings) = File::main(layout.main, variables, findings);
    let entities: Vec<File<'_>> = layout
        .entities
        .iter()
        .map(|file| File::entity(file, &settings, findings))
        .collect();
    settings.unused(&main.source, findings);
    let scope = Scope::new(&main.source, &main.root);
    let readable = !main.root.is_null();

    let authentication = compile_auth(&scope, &main);
    let auth = authentication.as_ref().map(|(auth, _)| auth);
    let forbidden = auth.map(authentication::taken_names).unwrap_or_default();
    let defaults = part_or_default::<DefaultsDocument>(&scope, "defaults");
    let connection: Option<ConnectionDocument> = main.root.get("connection").and_then(|node| scope.document(node));
    let security = part_or_default::<SecurityDocument>(&scope, "security").and_then(|document| {
        let base_urls: Vec<&str> = connection.iter().flat_map(ConnectionDocument::base_urls).collect();
        security::compile(&scope, main.root.get("security"), &document, &base_urls)
    });
    let connection = connection
        .zip(main.root.get("connection"))
        .and_then(|(document, node)| connection::compile(&scope, node, &document, security.as_ref(), &forbidden));
    let identity = readable.then(|| identity::compile(&scope, layout.tier)).flatten();
    let rules = code_rules(&scope);
    let code = CodeFiles::new(code);

    let shared = Shared {
        root: &main.root,
        defaults: &defaults.unwrap_or_default(),
        forbidden: &forbidden,
        connection: connection.as_ref(),
        url_allowlist: security.as_ref().map(|security| &security.url_allowlist),
        pinned: main
            .root
            .get("pinned")
            .is_some_and(|pinned| matches!(pinned.kind, Kind::Boolean(true))),
        code: &code,
    };
    let mut actions = Actions::default();
    actions.compile(&scope, &shared);
    for file in &entities {
        let scope = Scope::new(&file.source, &file.root);
        actions.compile(&scope, &shared);
        findings.extend(scope.into_findings());
    }
    if actions.written == 0 && !actions.incomplete {
        let advice = "describe at least one: [[actions]] with name, description, method and path";
        scope.refuse("no-actions", 0..0, "the connector has no actions", advice);
    }
    if !actions.incomplete {
        findings.extend(code.unused());
        if !actions.paged {
            pagination::warn_of_unused_defaults(&scope);
        }
    }
    let offered = exposed(&scope, actions);
    findings.extend(scope.into_findings());
    let identity = identity?;
    let (auth, fields) = authentication?;
    Some(Connector {
        slug: identity.slug,
        id: identity.id,
        owner: identity.owner,
        name: identity.name,
        description: identity.description,
        icon: identity.icon,
        tier: layout.tier,
        enabled: identity.enabled,
        variables: settings.required_variables(),
        skill: layout.skill.map(|file| Arc::from(file.text.as_str())),
        connection: connection?,
        auth,
        fields,
        security: security?,
        code: rules?,
        actions: offered,
    })
}

fn code_rules(scope: &Scope<'_>) -> Option<CodeRules> {
    let document: CodeDocument = part_or_default(scope, "code")?;
    Some(CodeRules {
        aliases: document.aliases,
        returned_errors_fail: document.returned_errors == ReturnedErrorsName::Fail,
    })
}

impl Rules {
    /// The rules in a connector's main file. What is broken there counts as not written.
    fn of(main: &File<'_>) -> Self {
        let scope = Scope::new(&main.source, &main.root);
        let code = part_or_default::<CodeDocument>(&scope, "code").unwrap_or_default();
        let security = part_or_default::<SecurityDocument>(&scope, "security");
        let fields = compile_auth(&scope, main).map(|(_, fields)| fields).unwrap_or_default();
        let secret = |(name, setting)| matches!(setting, Setting::Secret(_)).then_some(name);
        Self {
            aliases: code.aliases,
            handles: match security {
                Some(security) if security.secrets == SecretsName::Sealed => {
                    fields.into_iter().filter_map(secret).collect()
                }
                _ => Vec::new(),
            },
        }
    }
}

/// How requests are authenticated, and what code reads as `data.auth`.
fn compile_auth(scope: &Scope<'_>, main: &File<'_>) -> Option<(Auth, authentication::Fields)> {
    if let Some(auth) = &main.postponed_auth {
        authentication::report_postponed(scope, auth);
        return None;
    }
    match main.root.get("auth") {
        Some(node) if !node.is_null() => authentication::compile(scope, node),
        _ => Some((Auth::none(), Vec::new())),
    }
}

/// The part at `key`: its default when it is not there, `None` when it is broken.
fn part_or_default<T: serde::de::DeserializeOwned + Default>(scope: &Scope<'_>, key: &str) -> Option<T> {
    scope
        .root
        .get(key)
        .map_or_else(|| Some(T::default()), |node| scope.document(node))
}

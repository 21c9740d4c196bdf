//! Actions whose logic is code: where the code is, and what cannot stand beside it.
//!
//! Reads no file: whoever loads a connector hands over the files of its folder `actions`, and no others can be named.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::CodeFile;
use super::action;
use super::arguments::Arguments;
use super::document::ActionDocument;
use super::inline_places::line_starts;
use super::layout;
use super::model::{Code, Language};
use super::scope::Scope;
use crate::diagnostics::{Diagnostic, Severity};
use crate::document::{Node, closest};

/// Keys of an action that describe a request or an HTTP answer, of which code has none.
const OF_REQUESTS: [&str; 14] = [
    "method",
    "path",
    "server",
    "credentials",
    "query",
    "headers",
    "cookies",
    "body",
    "content_type",
    "xml",
    "request_body",
    "any_of",
    "response",
    "ok_statuses",
];

/// The files of code in a connector's folder, and which of them an action uses.
pub(super) struct CodeFiles<'a> {
    files: &'a [CodeFile],
    used: RefCell<BTreeSet<&'a Path>>,
}

impl<'a> CodeFiles<'a> {
    pub(super) fn new(files: &'a [CodeFile]) -> Self {
        Self {
            files,
            used: RefCell::default(),
        }
    }

    /// The file at `written`, a path within the connector's folder.
    fn find(&self, written: &str) -> Option<&'a CodeFile> {
        let wanted = plain(Path::new(written))?;
        let file = self.files.iter().find(|file| file.relative.as_path() == wanted)?;
        self.used.borrow_mut().insert(&file.relative);
        Some(file)
    }

    /// Files that no action uses: an author who put one there expects something of it.
    pub(super) fn unused(&self) -> Vec<Diagnostic> {
        let used = self.used.borrow();
        self.files
            .iter()
            .filter(|file| !used.contains(file.relative.as_path()))
            .map(|file| {
                let message = "no action uses this code";
                let written = file.relative.to_string_lossy().replace('\\', "/");
                let key = if language_of(&file.relative) == Some(Language::Component) {
                    "component"
                } else {
                    "code"
                };
                Diagnostic::for_file(Severity::Warning, "unused-code", &file.shown, message)
                    .help(format!("name it in an action: {key} = \"{written}\""))
            })
            .collect()
    }
}

/// What a file of code is written in, by its name.
pub(super) fn language_of(path: &Path) -> Option<Language> {
    match path.extension()?.to_str()? {
        "js" | "mjs" => Some(Language::JavaScript),
        "wasm" => Some(Language::Component),
        _ => None,
    }
}

/// A path that stays below the folder it starts in.
fn plain(path: &Path) -> Option<PathBuf> {
    let mut kept = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => kept.push(name),
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(kept)
}

/// Compiles the code of an action that has some; reports everything that is wrong with it.
pub(super) fn compile(
    scope: &Scope<'_>,
    node: &Node,
    document: &ActionDocument,
    arguments: &Arguments,
    files: &CodeFiles<'_>,
) -> Option<Code> {
    let mut sound = true;
    for key in OF_REQUESTS.iter().filter(|key| node.get(key).is_some()) {
        let message = format!("`{key}` has no effect on an action with code, which makes its requests itself");
        let help = format!("remove `{key}`, or the code");
        scope.refuse("no-effect", node.key_span(key), message, help);
        sound = false;
    }
    for argument in arguments.list.iter().filter(|argument| argument.place.is_some()) {
        let message = format!(
            "`in` has no effect on `{}`: code decides where its inputs go",
            argument.sent_as
        );
        let help = format!("remove `in`; the code reads `data.input.{}`", argument.name);
        scope.refuse("no-effect", argument.span.clone(), message, help);
        sound = false;
    }
    for argument in arguments.list.iter().filter(|argument| !argument.inside.is_empty()) {
        let message = format!(
            "`inside` has no effect on `{}`: code gets what agents send",
            argument.sent_as
        );
        let help = "change the value in the code";
        scope.refuse("no-effect", argument.span.clone(), message, help);
        sound = false;
    }
    written(scope, node, document, files).filter(|_| sound)
}

/// The code that an action names or holds.
pub(super) fn written(
    scope: &Scope<'_>,
    node: &Node,
    document: &ActionDocument,
    files: &CodeFiles<'_>,
) -> Option<Code> {
    match (&document.code, &document.component) {
        (Some(_), Some(_)) => {
            let message = "`component` stands beside `code`: it is not clear which of the two runs";
            scope.refuse("duplicate-key", node.key_span("component"), message, "keep one of them");
            None
        }
        (Some(written), None) if is_file_name(written) => {
            file(scope, node, "code", written, Language::JavaScript, files)
        }
        (Some(source), None) => inline(scope, node, document, source),
        (None, Some(written)) => file(scope, node, "component", written, Language::Component, files),
        (None, None) => None,
    }
}

/// The component that an action names and that is not among `files`, relative to the connector's folder.
pub(super) fn missing_component(document: &ActionDocument, files: &[CodeFile]) -> Option<PathBuf> {
    let path = plain(Path::new(document.component.as_deref()?.trim()))?;
    let is_missing = is_place_of_component(&path) && files.iter().all(|file| file.relative != path);
    is_missing.then_some(path)
}

/// Whether a component at `path` in a connector's folder would be found.
fn is_place_of_component(path: &Path) -> bool {
    language_of(path) == Some(Language::Component) && layout::is_code(path)
}

/// Whether the text at `code` names a file. Nobody writes a program that looks like one.
fn is_file_name(written: &str) -> bool {
    let written = written.trim();
    !written.contains(|character: char| character.is_whitespace() || "();`'\"".contains(character))
        && [".js", ".mjs", ".wasm", ".ts", ".py", ".rs"]
            .iter()
            .any(|ending| written.ends_with(ending))
}

fn file(
    scope: &Scope<'_>,
    node: &Node,
    key: &str,
    written: &str,
    language: Language,
    files: &CodeFiles<'_>,
) -> Option<Code> {
    let span = node.value_span(key);
    let written = written.trim();
    if plain(Path::new(written)).is_none() {
        let message = format!("`{written}` leads out of the connector's folder");
        let help = "put the file into the folder `actions` of the connector";
        scope.refuse("bad-code", span, message, help);
        return None;
    }
    if language_of(Path::new(written)) != Some(language) {
        let (message, help) = match language {
            Language::JavaScript => (
                format!("`{written}` is not JavaScript by its name"),
                "name a .js file; a WebAssembly component is named with `component`",
            ),
            Language::Component => (
                format!("`{written}` is not a WebAssembly component by its name"),
                "name a .wasm file; JavaScript is named with `code`",
            ),
        };
        scope.refuse("bad-code", span, message, help);
        return None;
    }
    let Some(found) = files.find(written) else {
        let help = match alike(written, language, files) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if is_place_of_component(Path::new(written)) => {
                "build the component, and put it there; `toolgate new action NAME --lang rust` (or `python`) writes \
                 the source of one, and says what builds it"
                    .to_owned()
            }
            None => "write it into the folder `actions` beside connector.toml".to_owned(),
        };
        scope.refuse("missing-file", span, format!("there is no file `{written}`"), help);
        return None;
    };
    let bytes = match &found.bytes {
        Ok(bytes) => bytes,
        Err(problem) => {
            scope.error("bad-code", span, format!("`{written}` cannot be read: {problem}"));
            return None;
        }
    };
    if language == Language::JavaScript
        && let Err(error) = std::str::from_utf8(bytes)
    {
        let message = format!(
            "`{written}` is not UTF-8 text: byte {} does not belong",
            error.valid_up_to()
        );
        scope.error("bad-code", span, message);
        return None;
    }
    Some(Code {
        language,
        name: found.relative.to_string_lossy().replace('\\', "/"),
        bytes: Arc::clone(bytes),
        lines: Arc::default(),
    })
}

/// The file in the same `language` with the name that is nearest to the one at `written`. Folder and ending, which most
/// have in common, make no two names alike.
fn alike(written: &str, language: Language, files: &CodeFiles<'_>) -> Option<String> {
    let name = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let paths = files.files.iter().map(|file| file.relative.as_path());
    let same: Vec<&Path> = paths.filter(|path| language_of(path) == Some(language)).collect();
    let names: Vec<String> = same.iter().map(|path| name(path)).collect();
    let meant = closest(&name(Path::new(written)), names.iter().map(String::as_str))?;
    let found = same.iter().find(|path| name(path) == meant)?;
    Some(found.to_string_lossy().replace('\\', "/"))
}

/// Code that is written where the action is.
fn inline(scope: &Scope<'_>, node: &Node, document: &ActionDocument, source: &str) -> Option<Code> {
    if source.trim().is_empty() {
        let help = "write JavaScript, or name a file: code = \"actions/create_ticket.js\"";
        scope.refuse("bad-code", node.value_span("code"), "`code` is empty", help);
        return None;
    }
    let file = scope.source.file().file_name().unwrap_or_default().to_string_lossy();
    // Several actions may have one name; their slugs tell them apart. Without one, the action has an error already.
    let action = action::slug(node).unwrap_or_else(|| document.name.clone());
    Some(Code {
        language: Language::JavaScript,
        name: format!("{file}#{action}"),
        bytes: source.as_bytes().into(),
        lines: line_starts(scope.source.text(), &node.value_span("code"), source),
    })
}

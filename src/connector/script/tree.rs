//! The syntax tree of a script, with its scopes resolved.
//!
//! Knows how the engine reads a script, and where the author wrote what stands in the tree. Must never know a rule.

use std::ops::Range;
use std::thread;

use oxc_allocator::Allocator;
use oxc_ast::AstKind;
use oxc_ast::ast::{Expression, IdentifierReference, Program, Statement};
use oxc_parser::{ParseOptions, Parser};
use oxc_semantic::{Semantic, SemanticBuilder};
use oxc_span::{SourceType, Span};

use super::{Finding, depth, finding, hoisted};

/// What the engine puts around a script: it is the body of a function. `data`, `ld` and `env` come from outside of it.
const BEFORE: &str = "async function action() {\n";
const BEHIND: &str = "\n}";

/// A script that compiles.
pub(super) struct Script<'a> {
    /// The tree and its scopes.
    pub semantic: Semantic<'a>,
    /// What was parsed.
    text: &'a str,
    /// How much of it stands before the author's source.
    before: usize,
}

impl<'a> Script<'a> {
    /// Where in the author's source `span` is.
    pub(super) fn range(&self, span: Span) -> Range<usize> {
        let [start, end] = [span.start, span.end].map(|at| (at as usize).saturating_sub(self.before));
        start..end
    }

    /// What is written at `range` of the author's source.
    pub(super) fn written(&self, range: &Range<usize>) -> &str {
        let range = range.start + self.before..range.end + self.before;
        self.text.get(range).unwrap_or_default()
    }

    /// What is between the quotes of the text in `expression`, if that is a text without placeholders.
    pub(super) fn quoted(&self, expression: &Expression<'_>) -> Option<Range<usize>> {
        let span = match expression {
            Expression::StringLiteral(text) => text.span,
            Expression::TemplateLiteral(template) if template.expressions.is_empty() => template.span,
            _ => return None,
        };
        let range = self.range(span);
        Some(range.start + 1..range.end - 1)
    }

    /// What `name` was declared with, if it never gets another value.
    pub(super) fn constant(&self, name: &IdentifierReference<'a>) -> Option<&'a Expression<'a>> {
        let scoping = self.semantic.scoping();
        let symbol = scoping.get_reference(name.reference_id.get()?).symbol_id()?;
        let is_constant = !scoping.symbol_is_mutated(symbol) && scoping.symbol_redeclarations(symbol).is_empty();
        match self.semantic.nodes().kind(scoping.symbol_declaration(symbol)) {
            AstKind::VariableDeclarator(declared) if is_constant && declared.id.is_binding_identifier() => {
                declared.init.as_ref()
            }
            _ => None,
        }
    }
}

/// Why there is no tree of a source.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unlooked {
    /// It does not compile, which the engine tells.
    NoJavaScript,
    /// It is more than the parser is given memory for.
    TooMuch(&'static str),
    /// The machine gives the parser no place to work.
    NoThread(String),
    /// The parser has a mistake.
    Broken,
}

impl Unlooked {
    /// What there is to say of it, where nobody else does.
    pub(super) fn told(self) -> Option<Finding> {
        let (why, help) = match self {
            Self::NoJavaScript => return None,
            Self::TooMuch(why) => (why.to_owned(), "write it flatter, or bundle less into it"),
            Self::NoThread(why) => (why, "check again when the machine has more memory and threads to spare"),
            Self::Broken => ("the parser failed".to_owned(), "report it, with the code if you may"),
        };
        let message = format!("this script was looked through for keys, and for nothing else: {why}");
        Some(finding("unchecked-code", 0..0, message, help))
    }
}

/// What `look` finds in the tree of `source`.
///
/// The parser goes a step deeper for each bracket and operator, so it works on a stack of its own.
pub(super) fn look<T: Send>(source: &str, look: impl FnOnce(&Script<'_>) -> T + Send) -> Result<T, Unlooked> {
    on_stack(depth::stack_for(source).map_err(Unlooked::TooMuch)?, || {
        let allocator = Allocator::default();
        let text = [BEFORE, source, BEHIND].concat();
        let body = program(&allocator, &text, SourceType::script()).filter(|program| is_one_function(program));
        // Code of a module does not run, and tells what it would import.
        let (program, text, before) = if let Some(body) = body {
            (body, text.as_str(), BEFORE.len())
        } else {
            let module = program(&allocator, source, SourceType::mjs());
            (module.ok_or(Unlooked::NoJavaScript)?, source, 0)
        };
        if hoisted::are_too_many(program) {
            return Err(Unlooked::TooMuch(
                "its blocks and loops are nested too deeply for so many `var`",
            ));
        }
        let semantic = SemanticBuilder::new().with_build_nodes(true).build(program).semantic;
        Ok(look(&Script { semantic, text, before }))
    })
}

/// Does `work` in a thread with a stack of so many `bytes`.
fn on_stack<T: Send>(bytes: usize, work: impl FnOnce() -> Result<T, Unlooked> + Send) -> Result<T, Unlooked> {
    let stack = thread::Builder::new().stack_size(bytes);
    thread::scope(|scope| match stack.spawn_scoped(scope, work) {
        Ok(working) => working.join().unwrap_or(Err(Unlooked::Broken)),
        Err(error) => Err(Unlooked::NoThread(format!(
            "no thread with a stack of {bytes} bytes could be started for the parser ({error})"
        ))),
    })
}

/// The tree of `text`, if it compiles.
fn program<'a>(allocator: &'a Allocator, text: &'a str, kind: SourceType) -> Option<&'a Program<'a>> {
    let options = ParseOptions {
        allow_return_outside_function: true,
        preserve_parens: false,
        ..ParseOptions::default()
    };
    let parsed = Parser::new(allocator, text, kind).with_options(options).parse();
    let compiles = !parsed.panicked && parsed.diagnostics.is_empty();
    compiles.then(|| &*allocator.alloc(parsed.program))
}

/// Whether the script left the function that was put around it as it was.
fn is_one_function(program: &Program<'_>) -> bool {
    matches!(program.body.as_slice(), [Statement::FunctionDeclaration(_)])
}

#[cfg(test)]
mod tests {
    use super::{Unlooked, on_stack};

    #[test]
    fn a_thread_that_cannot_be_started_is_told() {
        assert_eq!(on_stack(1 << 16, || Ok(1)), Ok(1));
        let Err(unlooked) = on_stack(1 << 60, || Ok(1)) else {
            panic!("no machine has so much memory");
        };
        let told = unlooked.told().expect("the engine does not know of it");
        assert_eq!(told.code, "unchecked-code");
        assert!(
            told.message
                .contains("no thread with a stack of 1152921504606846976 bytes"),
            "{}",
            told.message
        );
        assert!(Unlooked::NoJavaScript.told().is_none());
    }
}

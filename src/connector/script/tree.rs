//! The syntax tree of a script, with its scopes resolved.
//!
//! Knows how the engine reads a script, and where the author wrote what stands in the tree. Must never know a rule.

use std::ops::Range;
use std::thread;

use oxc_allocator::Allocator;
use oxc_ast::ast::{Expression, Program, Statement};
use oxc_parser::{ParseOptions, Parser};
use oxc_semantic::{Semantic, SemanticBuilder};
use oxc_span::{SourceType, Span};

use super::depth;

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

impl Script<'_> {
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
}

/// What `look` finds in the tree of `source`; nothing where that does not compile or is nested too deeply, which the
/// engine tells.
///
/// The parser goes a step deeper for each bracket and operator, so it works on a stack of its own.
pub(super) fn look<T: Send>(source: &str, look: impl FnOnce(&Script<'_>) -> T + Send) -> Option<T> {
    let stack = thread::Builder::new().stack_size(depth::stack_for(source)?);
    thread::scope(|scope| {
        let looking = stack.spawn_scoped(scope, || {
            let allocator = Allocator::default();
            let text = [BEFORE, source, BEHIND].concat();
            let body = program(&allocator, &text, SourceType::script()).filter(|program| is_one_function(program));
            // Code of a module does not run, and tells what it would import.
            let (program, text, before) = match body {
                Some(body) => (body, text.as_str(), BEFORE.len()),
                None => (program(&allocator, source, SourceType::mjs())?, source, 0),
            };
            let semantic = SemanticBuilder::new().with_build_nodes(true).build(program).semantic;
            Some(look(&Script { semantic, text, before }))
        });
        // A parser that panics has found nothing.
        looking.ok()?.join().ok()?
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

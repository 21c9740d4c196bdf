//! Findings as text for people: `file:line:column`, the line, what is marked in it, and what to do next.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet, normalize_untrusted_str};

use super::{Diagnostic, Severity};

/// All findings in the given order, a blank line between them, as a compiler would print them.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    diagnostics
        .iter()
        .map(|finding| one(&renderer, finding))
        .collect::<Vec<_>>()
        .join("\n")
}

fn one(renderer: &Renderer, finding: &Diagnostic) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    // Texts may quote a file, and a file may hold control characters that a terminal would obey.
    let message = normalize_untrusted_str(&finding.message);
    let file = normalize_untrusted_str(&finding.file.to_string_lossy());
    let title = level.primary_title(message).id(finding.code);
    let mut group: Group<'_> = if finding.source_line.is_empty() {
        title.element(Origin::path(file).line(finding.line).char_column(finding.column))
    } else {
        title.element(
            Snippet::source(finding.source_line.as_str())
                .path(file)
                .line_start(finding.line)
                .annotation(AnnotationKind::Primary.span(marked_bytes(finding))),
        )
    };
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(normalize_untrusted_str(help)));
    }
    renderer.render(&[group]) + "\n"
}

/// The marked columns as a byte range of the source line.
fn marked_bytes(finding: &Diagnostic) -> std::ops::Range<usize> {
    let byte_of = |column: usize| {
        finding
            .source_line
            .char_indices()
            .nth(column - 1)
            .map_or(finding.source_line.len(), |(offset, _)| offset)
    };
    byte_of(finding.column)..byte_of(finding.end_column.max(finding.column))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::Source;
    use super::*;

    #[test]
    fn shows_the_place_the_line_and_the_help() {
        let source = Source::new(
            Path::new("connectors/crm/connector.toml"),
            "[connection]\nbase_ulr = \"x\"\n",
        );
        let finding = source
            .error("unknown-key", 13..21, "unknown key `base_ulr`")
            .help("did you mean `base_url`?");
        insta::assert_snapshot!(render(&[finding], false), @r#"
        error[unknown-key]: unknown key `base_ulr`
         --> connectors/crm/connector.toml:2:1
          |
        2 | base_ulr = "x"
          | ^^^^^^^^
          |
          = help: did you mean `base_url`?
        "#);
    }

    #[test]
    fn colour_is_only_there_when_asked_for() {
        let finding = Diagnostic::for_file(Severity::Note, "x", "a.toml", "m");
        assert!(render(std::slice::from_ref(&finding), true).contains('\u{1b}'));
        assert!(!render(&[finding], false).contains('\u{1b}'));
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        let source = Source::new(Path::new("a\u{1b}[31m.toml"), "x = \"\u{1b}[31m\"");
        let text = render(&[source.error("x", 0..1, "bad \u{1b}[2J")], false);
        assert!(!text.contains('\u{1b}'), "{text}");
    }

    #[test]
    fn a_finding_without_a_line_still_names_its_place() {
        let finding = Diagnostic::for_file(Severity::Error, "unreadable", "a.toml", "cannot be read");
        insta::assert_snapshot!(render(&[finding], false), @"
        error[unreadable]: cannot be read
        --> a.toml:1:1
        ");
    }
}

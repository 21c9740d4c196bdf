//! What is questionable about the JavaScript of an action, although it may run.
//!
//! Looks at the source and nothing else: the engine decides what is JavaScript, and the sandbox what it may do. Must never
//! quote a key that it finds.

mod accesses;
mod depth;
mod globals;
mod guarded;
mod handles;
mod hoisted;
mod hosts;
mod keys;
mod members;
mod own;
mod paths;
mod references;
mod texts;
mod tree;
mod unawaited;
mod usage;

use std::ops::Range;

use accesses::Access;
use own::Own;
use oxc_ast::AstKind;
use oxc_ast::ast::Expression;
use paths::Paths;
use tree::Script;

/// Most findings about one source: a bundle of something else would give thousands.
const MOST_FINDINGS: usize = 50;

/// What of a connector's settings decides what its scripts may do.
pub(super) struct Rules {
    /// Whether there is `fetch`.
    pub aliases: bool,
    /// Fields of `data.auth` that are handles.
    pub handles: Vec<String>,
}

/// Something questionable.
#[derive(Debug, Clone)]
pub(super) struct Finding {
    pub code: &'static str,
    /// Where in the source, in bytes.
    pub range: Range<usize>,
    pub message: String,
    pub help: String,
}

/// What there is to say of a source.
#[derive(Default)]
pub(super) struct Looked {
    /// What is questionable, in its order.
    pub findings: Vec<Finding>,
    /// Where keys stand, also in what is no text, e.g. comments: nobody should see them.
    pub keys: Vec<Range<usize>>,
}

/// Looks at `source`.
pub(super) fn look(source: &str, rules: &Rules) -> Looked {
    let mut findings = match tree::look(source, |script| in_tree(script, rules)) {
        Ok(findings) => findings,
        Err(unlooked) => texts::keys_in_any(source).into_iter().chain(unlooked.told()).collect(),
    };
    findings.sort_by_key(|finding| finding.range.start);
    let is_key = |finding: &Finding| finding.code == texts::KEY;
    let told = findings.iter().filter(|finding| is_key(finding));
    let keys = apart(
        told.map(|key| key.range.clone())
            .chain(texts::keys_anywhere(source))
            .collect(),
    );
    // What another message would name may be a key.
    findings.retain(|finding| {
        let next = keys.partition_point(|key| key.end <= finding.range.start);
        is_key(finding) || keys.get(next).is_none_or(|key| key.start >= finding.range.end)
    });
    let more = findings.split_off(findings.len().min(MOST_FINDINGS));
    findings.extend(further(&more));
    Looked { findings, keys }
}

/// What stands for findings that are not told.
fn further(more: &[Finding]) -> Option<Finding> {
    let first = more.first()?;
    let findings = if more.len() == 1 { "finding" } else { "findings" };
    let keys = more.iter().filter(|finding| finding.code == texts::KEY).count();
    let message = match keys {
        0 => format!("{} more {findings} from here on", more.len()),
        keys => format!(
            "{} more {findings} from here on, {keys} of them about what looks like a key",
            more.len()
        ),
    };
    let help = "mend those above, and check again";
    Some(finding(
        "more-findings",
        first.range.start..first.range.start,
        message,
        help,
    ))
}

/// The same places in order, those that overlap as one.
fn apart(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    ranges.dedup_by(|next, last| {
        let overlaps = next.start < last.end;
        if overlaps {
            last.end = last.end.max(next.end);
        }
        overlaps
    });
    ranges
}

fn in_tree(script: &Script<'_>, rules: &Rules) -> Vec<Finding> {
    let paths = Paths::new(script);
    let accesses = accesses::all(script, &paths);
    let outside = Outside {
        own: Own::new(script, &paths, &accesses),
        script,
        paths,
        accesses,
    };
    [
        members::unknown(&outside),
        references::absent(&outside, rules),
        without_locale(script),
        handles::inspected(&outside, rules),
        unawaited::answers(&outside),
        hosts::from_input(&outside),
        texts::keys_in(script),
    ]
    .concat()
}

/// What a script has to do with what comes from outside of it.
struct Outside<'s, 'a> {
    script: &'s Script<'a>,
    paths: Paths<'s, 'a>,
    accesses: Vec<Access<'a>>,
    own: Own<'a>,
}

fn finding(code: &'static str, range: Range<usize>, message: String, help: impl Into<String>) -> Finding {
    Finding {
        code,
        range,
        message,
        help: help.into(),
    }
}

/// What to do where code would need the languages and time zones of `Intl`.
const WITHOUT_LOCALE: &str = "there are no locales and no time zone but UTC: write the text from its parts, as with \
    `toISOString()` and `toFixed(2)`, or bundle a library that does";

/// Methods that elsewhere write what a locale and a time zone ask for. They run, and write something else.
fn without_locale(script: &Script<'_>) -> Vec<Finding> {
    let nodes = script.semantic.nodes().iter();
    let told = nodes.filter_map(|node| {
        let AstKind::CallExpression(call) = node.kind() else {
            return None;
        };
        let Expression::StaticMemberExpression(method) = &call.callee else {
            return None;
        };
        let name = method.property.name.as_str();
        let writes = ["toLocaleString", "toLocaleDateString", "toLocaleTimeString"].contains(&name);
        writes.then(|| {
            let message = format!("`{name}` writes the same text for every locale and time zone");
            finding(
                "without-locale",
                script.range(method.property.span),
                message,
                WITHOUT_LOCALE,
            )
        })
    });
    told.collect()
}

#[cfg(test)]
mod tests;

//! What of a script stands for a field of `data.auth` or of `data.input`.

use std::collections::HashMap;

use super::Script;

/// Signs behind a field that make something else of it.
const GOES_ON: [char; 5] = ['.', '?', '(', '[', '+'];

/// The fields of one member of `data`, and the names that a script gave them.
pub(super) struct Fields<'a> {
    /// `auth` or `input`.
    member: &'static str,
    /// Names of the script, each with the field that it stands for.
    names: HashMap<&'a str, &'a str>,
}

impl<'a> Fields<'a> {
    /// The fields of `data.MEMBER` in `script`: as they are, and under the names in `const key = data.auth.key` and
    /// `const { key, token: t } = data.auth`.
    pub(super) fn of(script: &Script<'a>, member: &'static str) -> Self {
        let mut fields = Self {
            member,
            names: HashMap::new(),
        };
        for at in 0..script.tokens.len() {
            let declares = script
                .word(at)
                .is_some_and(|word| matches!(word, "const" | "let" | "var"));
            if !declares {
                continue;
            }
            if let Some(name) = script.word(at + 1)
                && script.is_sign(at + 2, '=')
                && let Some((field, end)) = fields.written_out(script, at + 3)
            {
                if !GOES_ON.iter().any(|sign| script.is_sign(end + 1, *sign)) {
                    fields.names.insert(name, field);
                }
            } else if script.is_sign(at + 1, '{') && script.is_sign(script.brackets.partner(at + 1) + 1, '=') {
                let taken_apart = fields.taken_apart(script, at + 2);
                fields.names.extend(taken_apart);
            }
        }
        fields
    }

    /// The field that begins at `at`, and where it ends.
    pub(super) fn at(&self, script: &Script<'a>, at: usize) -> Option<(&'a str, usize)> {
        self.written_out(script, at).or_else(|| {
            let word = script.word(at).filter(|_| !script.is_member(at))?;
            self.names.get(word).map(|field| (*field, at))
        })
    }

    /// The field that `data.MEMBER.FIELD` at `at` names, and where it ends.
    fn written_out(&self, script: &Script<'a>, at: usize) -> Option<(&'a str, usize)> {
        let whole = self.whole(script, at)?;
        let name_at = script.access(whole + 1)?;
        Some((script.word(name_at)?, name_at))
    }

    /// Where `data.MEMBER` at `at` ends.
    fn whole(&self, script: &Script<'_>, at: usize) -> Option<usize> {
        let is_data = script.is_word(at, "data") && !script.is_member(at);
        let member = is_data.then(|| script.access(at + 1))??;
        script.is_word(member, self.member).then_some(member)
    }

    /// The names in a pattern that begins at `start`, when it takes `data.MEMBER` apart.
    fn taken_apart(&self, script: &Script<'a>, start: usize) -> Vec<(&'a str, &'a str)> {
        let mut names = Vec::new();
        let mut at = start;
        while let Some(field) = script.word(at) {
            let renamed = script.is_sign(at + 1, ':').then(|| script.word(at + 2)).flatten();
            at += if renamed.is_some() { 3 } else { 1 };
            names.push((renamed.unwrap_or(field), field));
            if script.is_sign(at, '=') {
                at = end_of_value(script, at + 1);
            }
            at += usize::from(script.is_sign(at, ','));
        }
        let is_all = script.is_sign(at, '}') && script.is_sign(at + 1, '=');
        if is_all
            && self
                .whole(script, at + 2)
                .is_some_and(|end| script.access(end + 1).is_none())
        {
            names
        } else {
            Vec::new()
        }
    }
}

/// Where the value that begins at `start` ends: at a comma or a closing bracket that is not its own.
fn end_of_value(script: &Script<'_>, start: usize) -> usize {
    let mut at = start;
    while at < script.tokens.len() && !script.is_one_of(at, &[',', ')', ']', '}']) {
        at = if script.is_one_of(at, &['(', '[', '{']) {
            script.brackets.partner(at) + 1
        } else {
            at + 1
        };
    }
    at
}

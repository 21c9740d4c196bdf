//! As much of Markdown as the manual uses: fenced blocks, headings, tables and links.

/// A fenced block.
#[derive(Debug)]
pub(super) struct Block {
    /// The line of its first fence.
    pub(super) line: usize,
    /// What stands behind the first fence.
    pub(super) language: String,
    /// What stands between the fences.
    pub(super) text: String,
}

/// The fenced blocks of a page, in order.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in text.lines().enumerate() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(language), None) => {
                open = Some(Block {
                    line: index + 1,
                    language: language.trim().to_owned(),
                    text: String::new(),
                });
            }
            (Some(_), Some(_)) => found.extend(open.take()),
            (None, Some(block)) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is never closed: {open:?}");
    found
}

/// The text below the heading `title`, as far as the next heading.
pub(super) fn section<'a>(text: &'a str, title: &str) -> &'a str {
    let heading = |line: &str| {
        line.starts_with('#')
            .then(|| line.trim_start_matches('#').trim().to_owned())
    };
    let mut begin = None;
    let mut position = 0;
    let mut in_block = false;
    for line in text.split_inclusive('\n') {
        in_block ^= line.starts_with("```");
        if let (false, Some(found)) = (in_block, heading(line)) {
            if let Some(begin) = begin {
                return &text[begin..position];
            }
            if found == title {
                begin = Some(position + line.len());
            }
        }
        position += line.len();
    }
    &text[begin.unwrap_or_else(|| panic!("there is no heading {title:?}"))..]
}

/// The rows of all tables in `text`, without their heads; cells are trimmed.
pub(super) fn rows(text: &str) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut in_body = false;
    for line in text.lines() {
        let Some(inside) = line.trim().strip_prefix('|') else {
            in_body = false;
            continue;
        };
        let cells: Vec<String> = inside
            .trim_end_matches('|')
            .replace("\\|", "\u{0}")
            .split('|')
            .map(|cell| cell.trim().replace('\u{0}', "|"))
            .collect();
        if cells
            .iter()
            .all(|cell| !cell.is_empty() && cell.chars().all(|mark| mark == '-' || mark == ':'))
        {
            in_body = true;
        } else if in_body {
            rows.push(cells);
        }
    }
    rows
}

/// What stands in the first pair of backquotes.
pub(super) fn code(cell: &str) -> &str {
    cell.split('`').nth(1).unwrap_or(cell)
}

/// The targets of all links outside of blocks.
pub(super) fn links(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut in_block = false;
    for line in text.lines() {
        in_block ^= line.starts_with("```");
        if in_block {
            continue;
        }
        for part in line.split("](").skip(1) {
            found.extend(part.split_once(')').map(|(target, _)| target));
        }
    }
    found
}

/// What a link to a heading looks like, as GitHub makes it.
pub(super) fn anchors(text: &str) -> Vec<String> {
    let mut in_block = false;
    let mut found = Vec::new();
    for line in text.lines() {
        in_block ^= line.starts_with("```");
        if in_block || !line.starts_with('#') {
            continue;
        }
        let title = line.trim_start_matches('#').trim().to_lowercase();
        found.push(
            title
                .chars()
                .filter(|mark| mark.is_alphanumeric() || matches!(mark, ' ' | '-' | '_'))
                .map(|mark| if mark == ' ' { '-' } else { mark })
                .collect(),
        );
    }
    found
}

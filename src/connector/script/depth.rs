//! How deep a source may be nested, and how much that takes.
//!
//! Looks at characters alone, and rather counts too many than too few. Must never know what they mean.

/// Most brackets that are open at once, in texts and comments, too: the engine takes fewer.
const MOST_OPEN: usize = 5_000;

/// Most names that the parser may keep for all functions and blocks together: it keeps each `var` in every one around it,
/// with 80 bytes for each. Bundles of 2.5 MB have 100,000 commas, and blocks within 16 others.
const MOST_NAMES: usize = 4_000_000;

/// Bytes of stack for each bracket, however it is used: a class in a field of a class takes most, 8 KiB for two brackets
/// without optimisation.
const FOR_BRACKET: usize = 6 * 1024;

/// Bytes of stack for any other byte of the source: `!!!!` and `a**a**a` take most, 400 bytes.
const FOR_BYTE: usize = 768;

/// What is there for a source without anything in it.
const AT_LEAST: usize = 1024 * 1024;

/// Most stack. Only what is used of it is taken from the machine.
const MOST_STACK: usize = 3 * 1024 * 1024 * 1024;

/// The stack that is enough for the parser and for what walks its tree, whatever `source` is; `None` for one that is
/// nested too deeply, or too long.
pub(super) fn stack_for(source: &str) -> Option<usize> {
    let (mut brackets, mut open, mut deepest) = (0_usize, 0_usize, 0_usize);
    let (mut blocks, mut most_blocks) = (0_usize, 0_usize);
    let mut names = source.matches("var").count();
    for byte in source.bytes() {
        match byte {
            b'{' => {
                blocks += 1;
                most_blocks = most_blocks.max(blocks);
            }
            b'}' => blocks = blocks.saturating_sub(1),
            b',' if names > 0 => names += 1,
            _ => {}
        }
        match byte {
            b'(' | b'[' | b'{' => {
                brackets += 1;
                open += 1;
                deepest = deepest.max(open);
            }
            b')' | b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
    }
    if deepest > MOST_OPEN || most_blocks.saturating_mul(names) > MOST_NAMES {
        return None;
    }
    let of_brackets = brackets.checked_mul(FOR_BRACKET)?;
    let of_bytes = source.len().checked_mul(FOR_BYTE)?;
    let stack = of_brackets.checked_add(of_bytes)?.checked_add(AT_LEAST)?;
    (stack <= MOST_STACK).then_some(stack)
}

#[cfg(test)]
mod tests {
    use super::{AT_LEAST, FOR_BRACKET, FOR_BYTE, MOST_OPEN, stack_for};

    #[test]
    fn every_bracket_and_byte_has_its_stack() {
        assert_eq!(stack_for("a(b)"), Some(AT_LEAST + FOR_BRACKET + 4 * FOR_BYTE));
    }

    #[test]
    fn brackets_that_are_open_at_once_are_limited() {
        assert!(stack_for(&"(".repeat(MOST_OPEN)).is_some());
        assert_eq!(stack_for(&"(".repeat(MOST_OPEN + 1)), None);
        assert!(stack_for(&"()".repeat(MOST_OPEN * 2)).is_some());
    }

    #[test]
    fn names_that_are_kept_in_many_blocks_are_limited() {
        let nested = |blocks: usize, names: usize| {
            let names = vec!["a"; names].join(",");
            format!("{}var {names}{}", "{".repeat(blocks), "}".repeat(blocks))
        };
        assert!(stack_for(&nested(60, 60_000)).is_some());
        assert_eq!(stack_for(&nested(1_000, 20_000)), None);
        assert!(stack_for(&nested(1_000, 20_000).replace("var", "let")).is_some());
    }

    #[test]
    fn length_is_limited() {
        assert!(stack_for(&"a;".repeat(1_000_000)).is_some());
        assert_eq!(stack_for(&"a;".repeat(3_000_000)), None);
    }
}

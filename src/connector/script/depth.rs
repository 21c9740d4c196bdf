//! How deep a source may be nested, and how much that takes.
//!
//! Looks at characters alone, and rather counts too many than too few. Must never know what they mean.

/// Most brackets that are open at once, in texts and comments, too: the engine takes fewer.
const MOST_OPEN: usize = 5_000;

/// Bytes of stack for each bracket, however it is used: a class in a field of a class takes most, 8 KiB for two brackets
/// without optimisation.
const FOR_BRACKET: usize = 6 * 1024;

/// Bytes of stack for any other byte of the source: `!!!!` and `a**a**a` take most, 400 bytes.
const FOR_BYTE: usize = 768;

/// What is there for a source without anything in it.
const AT_LEAST: usize = 1024 * 1024;

/// Most stack. Only what is used of it is taken from the machine.
const MOST_STACK: usize = 3 * 1024 * 1024 * 1024;

/// The stack that is enough for the parser and for what walks its tree, whatever `source` is; else what is wrong with it.
pub(super) fn stack_for(source: &str) -> Result<usize, &'static str> {
    let (mut brackets, mut open, mut deepest) = (0_usize, 0_usize, 0_usize);
    for byte in source.bytes() {
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
    if deepest > MOST_OPEN {
        return Err("its brackets are nested too deeply");
    }
    let of_brackets = brackets.saturating_mul(FOR_BRACKET);
    let of_bytes = source.len().saturating_mul(FOR_BYTE);
    let stack = of_brackets.saturating_add(of_bytes).saturating_add(AT_LEAST);
    if stack > MOST_STACK {
        return Err("it is too long");
    }
    Ok(stack)
}

#[cfg(test)]
mod tests {
    use super::{AT_LEAST, FOR_BRACKET, FOR_BYTE, MOST_OPEN, stack_for};

    #[test]
    fn every_bracket_and_byte_has_its_stack() {
        assert_eq!(stack_for("a(b)"), Ok(AT_LEAST + FOR_BRACKET + 4 * FOR_BYTE));
    }

    #[test]
    fn brackets_that_are_open_at_once_are_limited() {
        assert!(stack_for(&"(".repeat(MOST_OPEN)).is_ok());
        assert_eq!(
            stack_for(&"(".repeat(MOST_OPEN + 1)),
            Err("its brackets are nested too deeply")
        );
        assert!(stack_for(&"()".repeat(MOST_OPEN * 2)).is_ok());
    }

    #[test]
    fn length_is_limited() {
        assert!(stack_for(&"a;".repeat(1_000_000)).is_ok());
        assert_eq!(stack_for(&"a;".repeat(3_000_000)), Err("it is too long"));
    }
}

//! Sources that are no JavaScript, or more of it than anybody writes.

use super::found;
use crate::connector::script::Rules;

const NO_RULES: Rules = Rules {
    aliases: false,
    handles: Vec::new(),
};

/// A key that nobody should see.
const KEY: &str = "q7Wz2LmX9vRt4KpB6nYc8Hd3";

/// The compiler quotes what it does not understand.
#[test]
fn keys_are_found_in_sources_that_do_not_compile() {
    let key = vec![("hard-coded-key", KEY.to_owned())];
    for source in [
        format!("const a = '{KEY}'; const = 1; ld.colour; fetch(1)"),
        format!("const a = \"{KEY}\n"),
        format!("}} function b() {{ const a = `{KEY}`;"),
        format!("{}\n'{KEY}'", "(".repeat(100_000)),
    ] {
        let mut told = found(&source, false, &[]);
        told.retain(|(kind, _)| *kind != "unchecked-code");
        assert_eq!(told, key, "{}", &source[..20]);
    }
}

#[test]
fn code_of_a_module_is_looked_into() {
    let told = [
        ("not-in-sandbox", "import".to_owned()),
        ("unknown-member", "colour".to_owned()),
    ];
    let source = "import fs from 'fs';\nexport default async () => ld.colour;";
    assert_eq!(found(source, false, &[]), told);
}

#[test]
fn a_body_that_ends_early_tells_nothing() {
    for source in [
        "} fetch(1); {",
        "}\nfetch(1);\nasync function b() {",
        "}; fetch(1) /*",
        "/* fetch(1)",
    ] {
        assert_eq!(found(source, false, &[]), [], "{source}");
    }
}

/// Each of these goes deeper with every repetition, in the parser or in what walks its tree.
#[test]
fn deeply_nested_sources_do_not_overflow_the_stack() {
    for (before, inside, after) in [
        ("(", "1", ")"),
        ("[", "", "]"),
        ("{", "", "}"),
        ("x={a:", "1", "}"),
        ("x={a(){", "", "}}"),
        ("(class{a=", "1", "})"),
        ("function a(){", "", "}"),
        ("`${", "1", "}`"),
        ("f(function(){", "", ""),
        ("!", "1", ""),
        ("a=>", "1", ""),
        ("a?", "1", ":1"),
        ("a**", "1", ""),
        ("if(a)", "1", ""),
        ("for(;;)", "1", ""),
        ("new ", "a", ""),
        ("", "a", ".b"),
        ("", "a", "()"),
        ("'a'+", "'b'", ""),
        ("a:", "1", ""),
    ] {
        let source = [before.repeat(100_000), inside.to_owned(), after.repeat(100_000)].concat();
        let mut told = found(&source, false, &[]);
        told.retain(|(kind, _)| *kind != "unchecked-code");
        assert_eq!(told, [], "{before}{after}");
    }
}

/// Closing brackets in texts make a source look flat: the stack is enough for it all the same.
#[test]
fn brackets_in_texts_do_not_overflow_the_stack() {
    let step = format!("{}'{}',", "(".repeat(2_000), ")".repeat(2_000));
    let source = [step.repeat(50), "ld.colour".to_owned(), ")".repeat(100_000)].concat();
    let unknown = vec![("unknown-member", "colour".to_owned())];
    assert_eq!(found(&source, false, &[]), unknown);
}

#[test]
fn long_chains_are_looked_into() {
    let absent = vec![("not-in-sandbox", "fetch".to_owned())];
    for source in [
        format!("x = {}fetch(1)", "'a' + ".repeat(20_000)),
        format!("fetch(1){}", ".then(a)".repeat(10_000)),
        format!("{}fetch(1)", "if (a) b(); else ".repeat(5_000)),
    ] {
        assert_eq!(found(&source, false, &[]), absent, "{}", &source[..20]);
    }
}

#[test]
fn keys_are_hidden_wherever_they_stand() {
    let key = "q7Wz2LmX9vRt4KpB6nYc8Hd3";
    for (source, places) in [
        (format!("// old: {key}, {key}\nld.log(1)"), 2),
        (format!("/* one\n * {key}\n */ ld.log(1)"), 1),
        (format!("/{key}/.test(a)"), 1),
        (format!("class A {{ a() {{ this.#{key} }} }}"), 1),
        (format!("ld.{key}()"), 1),
        ("ld.log(1)".to_owned(), 0),
    ] {
        let looked = super::look(&source, &NO_RULES);
        let hidden: Vec<_> = looked.keys.iter().map(|range| &source[range.clone()]).collect();
        assert_eq!(hidden, vec![key; places], "{source}");
        assert!(looked.findings.is_empty(), "{source}");
    }
}

#[test]
fn nothing_else_is_told_of_a_key() {
    let key = "q7Wz2LmX9vRt4KpB6nYc8Hd3";
    let told = [("hard-coded-key", key.to_owned())];
    for source in [format!("ld[\"{key}\"]()"), format!("const {{ \"{key}\": a }} = ld")] {
        assert_eq!(found(&source, false, &[]), told, "{source}");
    }
}

#[test]
fn as_many_are_told_as_there_is_room_for() {
    let calls: Vec<_> = (0..80).map(|number| format!("ld.colour{number}()")).collect();
    let told = super::findings(&calls.join(";"), &NO_RULES);
    assert_eq!(told.len(), super::super::MOST_FINDINGS + 1);
    let last = told.last().expect("there are some");
    assert_eq!(
        (last.code, last.message.as_str()),
        ("more-findings", "30 more findings from here on")
    );
}

#[test]
fn keys_that_are_not_told_are_counted() {
    let calls = "ld.colour();".repeat(50);
    let told = super::findings(&format!("{calls} a('{KEY}'); ld.colour(); b('{KEY}')"), &NO_RULES);
    let last = told.last().expect("there are some");
    assert_eq!(
        last.message,
        "3 more findings from here on, 2 of them about what looks like a key"
    );
    let told = super::findings(&format!("{calls} a('{KEY}')"), &NO_RULES);
    let last = told.last().expect("there are some");
    assert_eq!(
        last.message,
        "1 more finding from here on, 1 of them about what looks like a key"
    );
}

/// Every `for` is a scope, with braces or without: a thousand within each other would keep each `var` a thousand times.
#[test]
fn names_in_many_scopes_are_limited() {
    let names = |count: usize| {
        (0..count)
            .map(|number| format!("a{number}"))
            .collect::<Vec<_>>()
            .join(",")
    };
    let unchecked = vec![("unchecked-code", String::new())];
    let unknown = vec![("unknown-member", "colour".to_owned())];
    for (scope, end) in [("{", "}"), ("for(;;)", ""), ("for(let a of b)", ""), ("with(a)", "")] {
        let nested = |kind: &str, scopes: usize, count: usize| {
            let declared = format!("{kind} {}=1;", names(count));
            format!("{}{declared}{}\nld.colour", scope.repeat(scopes), end.repeat(scopes))
        };
        assert_eq!(
            found(&nested("var", 10, 20_000), false, &[]).len(),
            usize::from(scope != "with(a)"),
            "{scope}"
        );
        assert_eq!(found(&nested("var", 1_000, 5_000), false, &[]), unchecked, "{scope}");
        if end == "}" {
            assert_eq!(found(&nested("let", 1_000, 5_000), false, &[]), unknown, "{scope}");
        }
    }
    // In functions within each other each keeps its own.
    let functions = format!(
        "{}var {};{}",
        "(function(){".repeat(1_000),
        names(20_000),
        "})()".repeat(1_000)
    );
    assert_eq!(found(&functions, false, &[]), []);
}

#[test]
fn what_is_not_looked_into_is_told() {
    for (source, why) in [
        (
            format!("// {}\nld.colour", "(".repeat(6_000)),
            "its brackets are nested too deeply",
        ),
        ("a;".repeat(3_000_000), "it is too long"),
    ] {
        let told = super::findings(&source, &NO_RULES);
        let [told] = told.as_slice() else {
            panic!("{told:?}");
        };
        assert_eq!((told.code, told.range.clone()), ("unchecked-code", 0..0));
        assert_eq!(
            told.message,
            format!("this script was looked through for keys, and for nothing else: {why}")
        );
    }
}

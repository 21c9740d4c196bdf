use serde_json::json;

use super::*;

fn evaluate(inside: &str, arguments: Value) -> Result<Option<Value>, RenderError> {
    let Value::Object(arguments) = arguments else {
        panic!("arguments are an object")
    };
    let expression = Expression::compile(inside, 0).unwrap_or_else(|error| panic!("{inside}: {error}"));
    Ok(expression.evaluate(&arguments)?.map(Cow::into_owned))
}

#[test]
fn every_documented_filter_and_operator_works() {
    let arguments = json!({
        "name": "ada LOVELACE", "padded": "  x ", "n": -3, "price": 2.567, "flag": true, "nothing": null,
        "tags": ["b", "a", "b"], "rows": [{"id": 1}, {"id": 2}], "object": {"k": "<&'\">"}, "digits": "42",
    });
    let table = [
        ("n | abs", json!(3)),
        ("name | b64encode", json!("YWRhIExPVkVMQUNF")),
        ("n | b64encode", json!("LTM=")),
        ("tags | bool", json!(true)),
        ("name | capitalize", json!("Ada lovelace")),
        ("tags | count", json!(3)),
        ("gone | d('x')", json!("x")),
        ("gone | default(\"x\")", json!("x")),
        ("gone | default", json!("")),
        ("name | default('x')", json!("ada LOVELACE")),
        ("nothing | default('x')", json!(null)),
        ("nothing | default('x', true)", json!("x")),
        ("object.gone | default('x')", json!("x")),
        ("tags | first", json!("b")),
        ("digits | float", json!(42.0)),
        ("digits | int", json!(42)),
        ("object | items", json!([["k", "<&'\">"]])),
        ("tags | join(', ')", json!("b, a, b")),
        ("[1, 2.5, true, none, 'x'] | join('-')", json!("1-2.5-true-x")),
        ("tags | last", json!("b")),
        ("name | length", json!(12)),
        ("'a\nb' | lines", json!(["a", "b"])),
        ("tags | list", json!(["b", "a", "b"])),
        ("name | lower", json!("ada lovelace")),
        ("rows | map(attribute='id') | join(',')", json!("1,2")),
        ("[3, 1, 2] | max", json!(3)),
        ("[3, 1, 2] | min", json!(1)),
        ("name | replace('ada ', '')", json!("LOVELACE")),
        ("tags | reverse", json!(["b", "a", "b"])),
        ("price | round(1)", json!(2.6)),
        ("tags | sort", json!(["a", "b", "b"])),
        ("name | split(' ')", json!(["ada", "LOVELACE"])),
        ("object | string", json!("{\"k\":\"<&'\\\">\"}")),
        ("price | string", json!("2.567")),
        ("[1, 2] | sum", json!(3)),
        ("name | title", json!("Ada Lovelace")),
        ("object | tojson", json!("{\"k\":\"<&'\\\">\"}")),
        ("padded | trim", json!("x")),
        ("tags | unique", json!(["b", "a"])),
        ("name | upper", json!("ADA LOVELACE")),
        ("'a/b c&d=é' | urlencode", json!("a%2Fb%20c%26d%3D%C3%A9")),
        ("'<a b=\"c\">' | xml", json!("&lt;a b=&quot;c&quot;&gt;")),
        ("'<a>' | safe", json!("<a>")),
        ("object.k", json!("<&'\">")),
        ("rows[1].id + n * 2", json!(-4)),
        ("'yes' if flag else 'no'", json!("yes")),
        ("gone or name", json!("ada LOVELACE")),
        ("'gone' if gone is undefined else 'given'", json!("gone")),
        ("gone is not defined and n is integer", json!(true)),
        ("not (flag and n in [1, -3])", json!(false)),
        ("name ~ '/' ~ n", json!("ada LOVELACE/-3")),
        ("{'a': [n, {'b': name}]}", json!({"a": [-3, {"b": "ada LOVELACE"}]})),
        ("'{{'", json!("{{")),
    ];
    let mut unused = BTreeSet::from_iter(filters::filter_names());
    for (inside, expected) in table {
        assert_eq!(evaluate(inside, arguments.clone()), Ok(Some(expected)), "{inside}");
        unused.retain(|filter| !inside.contains(&format!("| {filter}")));
    }
    assert_eq!(unused, BTreeSet::new(), "filters without a case");
}

#[test]
fn what_was_not_given_drops_the_string_whatever_filter_it_passes() {
    for filter in filters::filter_names() {
        if matches!(filter, "d" | "default") {
            continue;
        }
        let call = match filter {
            "replace" => "replace('a', 'b')".to_owned(),
            "map" => "map(attribute='a')".to_owned(),
            filter => filter.to_owned(),
        };
        assert_eq!(evaluate(&format!("gone | {call}"), json!({})), Ok(None), "{filter}");
        assert_eq!(
            evaluate(&format!("x.gone | {call}"), json!({"x": {}})),
            Ok(None),
            "{filter} of a member"
        );
    }
    for inside in [
        "gone",
        "gone.a",
        "x.gone",
        "x.gone.gone",
        "x['gone']",
        "[x, gone]",
        "{'a': {'b': gone}}",
        "gone + 1",
        "gone ~ 'x'",
        "-gone",
        "1 in gone",
        "gone[:10]",
        "gone[:10] | length",
        "x.gone[1:][:2]",
        "[1, 2][gone:]",
        "{'a': [x, gone[0:1]]}",
        "gone is sequence",
        "'a' if gone is string else 'b'",
        "x.gone is none",
        "gone > 1",
    ] {
        assert_eq!(evaluate(inside, json!({"x": {}})), Ok(None), "{inside}");
    }
}

#[test]
fn numbers_stay_exact() {
    for number in [
        json!(u64::MAX),
        json!(i64::MIN),
        json!(9_007_199_254_740_993_u64),
        json!(1.5),
        json!(-0.0),
    ] {
        let arguments = json!({"x": number});
        assert_eq!(evaluate("x", arguments.clone()), Ok(Some(number.clone())));
        assert_eq!(evaluate("x | default(1)", arguments.clone()), Ok(Some(number.clone())));
        assert_eq!(evaluate("[x]", arguments), Ok(Some(json!([number]))));
    }
}

#[test]
fn failures_name_the_expression_and_never_the_value() {
    let table = [
        ("x | int", json!("hunter2"), "wrong type"),
        ("x | abs", json!("hunter2"), "wrong type"),
        ("x + 1", json!("hunter2"), "wrong type"),
        ("x.y.z", json!("hunter2"), "wrong type"),
        ("x | map(x)", json!("hunter2"), "filter that does not exist"),
        ("1 / x", json!(0), "out of range"),
        ("x * 1e308", json!(1e308), "not a finite number"),
        ("x + x", json!(u64::MAX), "more than 64 bits"),
        ("x ** 9999999", json!(99), "wrong type or is out of range"),
        ("'y' * x", json!(4_000_000_000_u64), "out of range"),
        ("{1: x}", json!(1), "key is not a string"),
    ];
    for (inside, value, expected) in table {
        match evaluate(inside, json!({"x": value})) {
            Err(error) => {
                assert!(error.message.contains(expected), "{inside}: {}", error.message);
                assert!(error.message.contains(inside), "{inside}: {}", error.message);
                assert!(
                    !error.message.replace(inside, "").contains("hunter2"),
                    "{}",
                    error.message
                );
                assert_eq!(error.pointer.as_deref(), Some("/x"));
            }
            Ok(value) => assert!(inside == "x.y.z" && value.is_none(), "{inside}: {value:?}"),
        }
    }
}

#[test]
fn no_filter_multiplies_long_arguments() {
    let arguments = json!({"x": "a".repeat(100_000), "list": vec![""; 100_000]});
    for inside in ["x | replace('a', x)", "list | join(x)", "x | replace('', x)"] {
        assert!(evaluate(inside, arguments.clone()).is_err(), "{inside}");
    }
}

#[test]
fn deep_expressions_are_refused_before_they_are_compiled() {
    let pieces = [
        "(",
        "[",
        "{'a':",
        "-",
        "not ",
        "x|upper|",
        "x.",
        "x[",
        "x or ",
        "x ~ ",
        "x if x else ",
        "x == ",
        "x ** ",
        "x is defined and ",
        "x if ",
    ];
    for piece in pieces {
        let error = Expression::compile(&piece.repeat(5000), 7).expect_err(piece);
        assert!(
            error.message.contains("more than 100 operators") && error.offset > 7,
            "{}",
            error.message
        );
        // Just below the limit: compiled and run, whatever comes of it, without exhausting the stack.
        if let Ok(expression) = Expression::compile(&format!("{}x", piece.repeat(99)), 0) {
            drop(expression.evaluate(json!({"x": "a"}).as_object().expect("an object")));
        }
    }
    assert!(Expression::compile("x | default('((((((((((----------..........')", 0).is_ok());
}

#[test]
fn expressions_run_out_of_steps() {
    let list = |length: usize| format!("[{}x] | length", "x,".repeat(length - 1));
    let error = evaluate(&list(2000), json!({"x": 1})).expect_err("too many steps");
    assert!(error.message.contains("too many steps"), "{}", error.message);
    assert_eq!(evaluate(&list(200), json!({"x": 1})), Ok(Some(json!(200))));
}

#[test]
fn arguments_may_have_the_names_of_the_engines_own_variables() {
    for name in [
        "loop",
        "self",
        "super",
        "caller",
        "range",
        "dict",
        "namespace",
        "debug",
        "varargs",
        "kwargs",
        "_",
    ] {
        assert_eq!(
            evaluate(&format!("{name} | upper"), json!({name: "x"})),
            Ok(Some(json!("X"))),
            "{name}"
        );
        assert_eq!(evaluate(&format!("{name} ~ ''"), json!({})), Ok(None), "{name}");
    }
}

#[test]
fn arguments_are_data_even_when_they_look_like_templates() {
    for hostile in [
        "{{7*7}}",
        "{{ x }}",
        "{% if x %}",
        "' ~ x ~ '",
        "}}",
        "\"",
        "\\",
        "\u{0}",
        "x | upper",
    ] {
        assert_eq!(evaluate("x", json!({"x": hostile})), Ok(Some(json!(hostile))));
        assert_eq!(evaluate("x ~ ''", json!({"x": hostile})), Ok(Some(json!(hostile))));
    }
}

#[test]
fn compile_errors_point_at_the_word() {
    let table = [
        ("x | uper", 4, "there is no filter `uper`; there are abs, "),
        (
            "x | default('|nope') | zzz",
            23,
            "there is no filter `zzz`; there are abs,",
        ),
        ("x is definde", 5, "there is no test `definde`; there are boolean, "),
        ("x is not definde", 9, "there is no test `definde`"),
        ("range(10)", 0, "`range(…)` is a call"),
        ("x.upper()", 2, "`upper(…)` is a call"),
        ("x | upper | escape", 12, "there is no filter `escape`"),
        ("x | map('uper')", 8, "there is no filter `uper`"),
        ("x | map ( \"escape\" ) | list", 10, "there is no filter `escape`"),
        ("x +", 0, "`x +` is not an expression"),
        ("x y", 0, "`x y` is not an expression"),
        ("true false", 0, "is not an expression"),
    ];
    for (inside, offset, message) in table {
        let error = Expression::compile(inside, 100).expect_err(inside);
        assert!(error.message.contains(message), "{inside}: {}", error.message);
        assert_eq!(error.offset, 100 + offset, "{inside}");
    }
}

#[test]
fn names_are_the_arguments_that_are_read() {
    let table: [(&str, &[&str]); 9] = [
        ("x", &["x"]),
        ("in", &["in"]),
        ("true", &[]),
        ("'x'", &[]),
        ("x.y[z] | default(w, true)", &["w", "x", "z"]),
        ("a if b is defined else c", &["a", "b", "c"]),
        ("X-Id", &["Id", "X"]),
        ("a.b[:x][y:] ~ (c + d)[1:]", &["a", "c", "d", "x", "y"]),
        ("rows | map(attribute='id')", &["rows"]),
    ];
    for (inside, expected) in table {
        let mut names = BTreeSet::new();
        Expression::compile(inside, 0)
            .expect(inside)
            .collect_arguments(&mut names);
        assert_eq!(
            names.iter().map(String::as_str).collect::<Vec<_>>(),
            expected,
            "{inside}"
        );
    }
}

#[test]
fn what_was_given_is_sliced() {
    let arguments = json!({"x": [1, 2, 3], "t": "a:b[c]", "rows": [{"id": [7, 8]}], "nothing": null});
    for (inside, expected) in [
        ("x[:2]", json!([1, 2])),
        ("x[1:][:1]", json!([2])),
        ("t[2:]", json!("b[c]")),
        ("'a:b'[:1] ~ t[:1]", json!("aa")),
        ("rows[0].id[1:]", json!([8])),
        ("rows[ 0 ] . id [ 1: ]", json!([8])),
        ("(x + x)[x[0]:x[1]]", json!([2])),
        ("x[::-1]", json!([3, 2, 1])),
        ("[1, 2][1:]", json!([2])),
        ("x[:1] if x else gone[:1]", json!([1])),
        ("(gone | default([]))[:1]", json!([])),
        ("{'a:b': x}['a:b'][1:]", json!([2, 3])),
        ("not x[3:]", json!(true)),
    ] {
        assert_eq!(evaluate(inside, arguments.clone()), Ok(Some(expected)), "{inside}");
    }
}

#[test]
fn what_fails_for_another_reason_is_not_taken_for_missing() {
    for (inside, x) in [
        ("x | int if gone is undefined else gone", json!("hunter2")),
        ("(x * 'a') if not gone else 1", json!("hunter2")),
        ("x[:1] if not gone else 1", json!(7)),
        ("1 / x if not gone else 1", json!(0)),
    ] {
        let error = evaluate(inside, json!({"x": x})).expect_err(inside);
        assert!(!error.message.replace(inside, "").contains("hunter2"), "{error:?}");
    }
}

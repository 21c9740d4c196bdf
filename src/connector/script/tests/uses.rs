//! Absent names are told however they are used.

use super::found;

/// For each source what is marked in it, as absent from the sandbox.
fn absent(cases: &[(&str, &[&str])]) {
    for (source, names) in cases {
        let expected: Vec<(&str, String)> = names
            .iter()
            .map(|name| ("not-in-sandbox", (*name).to_owned()))
            .collect();
        assert_eq!(found(source, false, &[]), expected, "{source}");
    }
}

#[test]
fn names_that_are_passed_on_are_used() {
    absent(&[
        ("urls.map(fetch)", &["fetch"]),
        ("const f = fetch; f(1)", &["fetch"]),
        ("return { fetch }", &["fetch"]),
        ("(0, eval)('1')", &["eval"]),
        ("load(process)", &["process"]),
        ("const known = { '%eval%': eval, '%Function%': Function }", &[]),
        ("rows.filter((row) => row instanceof Function)", &[]),
    ]);
}

/// A call says what to change; the same name elsewhere says nothing more.
#[test]
fn names_that_are_passed_on_and_used_are_told_where_they_are_used() {
    absent(&[("urls.map(fetch); fetch(1)", &["fetch"])]);
    let place = super::findings(
        "urls.map(fetch); fetch(1)",
        &super::Rules {
            aliases: false,
            handles: Vec::new(),
        },
    );
    assert_eq!(place[0].range, 17..22);
}

#[test]
fn calls_of_globals_through_their_object_are_told() {
    absent(&[
        ("globalThis.fetch(1)", &["fetch"]),
        ("self['fetch'](1)", &["fetch"]),
        ("new global.Headers()", &["Headers"]),
        ("const root = globalThis; root.require('a')", &["require"]),
        ("globalThis.process.env.A", &["process"]),
        ("globalThis.Function('1')", &["Function"]),
        ("class A extends self.EventTarget {}", &["EventTarget"]),
        ("globalThis.JSON.parse(a)", &[]),
        ("Object.keys(globalThis).map(a); globalThis.fetch(1)", &["fetch"]),
    ]);
}

#[test]
fn optional_calls_of_a_name_are_told() {
    absent(&[("fetch?.(1)", &["fetch"]), ("require?.('a')", &["require"])]);
}

#[test]
fn members_are_told_however_they_are_read() {
    absent(&[
        ("process['env'].A", &["process"]),
        ("process[name]", &["process"]),
        ("const { env } = process", &["process"]),
        ("localStorage['a']", &["localStorage"]),
        ("Intl[`DateTimeFormat`]", &["Intl"]),
        ("module['exports'] = 1", &["module"]),
        ("const { exports: all } = module; all.a = 1", &["module"]),
    ]);
}

#[test]
fn names_of_files_of_node_are_told() {
    absent(&[
        ("exports.run = 1", &["exports"]),
        ("load(__dirname + '/a', __filename)", &["__dirname", "__filename"]),
    ]);
}

#[test]
fn names_of_pages_are_told() {
    absent(&[
        ("window.location", &["window"]),
        ("document.querySelector('a')", &["document"]),
        ("const document = data.input.document; document.mimeType", &[]),
    ]);
}

#[test]
fn other_names_of_ld_and_of_its_fields_are_followed() {
    for (source, expected) in [
        ("const l = ld; l.colour", vec![("unknown-member", "colour")]),
        (
            "const l = ld, again = l; const { colour } = again",
            vec![("unknown-member", "colour")],
        ),
        ("let l = ld; l = other; l.colour", vec![]),
        (
            "const { auth } = data; auth.key.length",
            vec![("inspected-handle", "length")],
        ),
        (
            "const { auth: { key: k } } = data; k['slice'](1)",
            vec![("inspected-handle", "slice")],
        ),
        ("const { length } = data.auth.key", vec![("inspected-handle", "length")]),
        ("data.auth.key['trim']()", vec![]),
        ("data . auth ['key'] [ 0 ]", vec![("inspected-handle", "[")]),
        (
            "const { input } = data; 'http://' + input.host + '/'",
            vec![("input-in-host", "input.host")],
        ),
        (
            "log('a' + 'https://' + data.input.host)",
            vec![("input-in-host", "data.input.host")],
        ),
    ] {
        let expected: Vec<(&str, String)> = expected
            .into_iter()
            .map(|(code, text)| (code, text.to_owned()))
            .collect();
        assert_eq!(found(source, false, &["key"]), expected, "{source}");
    }
}

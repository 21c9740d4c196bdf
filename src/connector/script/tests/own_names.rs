//! Names that the script has itself, or asks for, are no names of the sandbox.

use super::found;

const NONE: [(&str, String); 0] = [];

/// Nothing is told of any of `sources`.
fn silent(sources: &[&str]) {
    for source in sources {
        assert_eq!(found(source, false, &["key"]), NONE, "{source}");
    }
}

#[test]
fn a_field_of_another_scope_is_no_handle() {
    silent(&[
        "function f() { const { key } = data.auth; return key; } rows.map((key) => key.length)",
        "{ const k = data.auth.key; } const k = 'abc'; k.split('')",
        "const { key } = data.auth; rows.map(({ key }) => key.slice(1))",
        "((data) => data.auth.key.length)({ auth: { key: 'a' } })",
    ]);
}

#[test]
fn a_name_that_gets_another_value_is_no_handle() {
    silent(&[
        "let k = data.auth.key; k = 'abc'; k.length",
        "var k = data.auth.key; var k = 'abc'; k.length",
        "data.auth.key = 'abc'; data.auth.key.length",
        "data = { auth: { key: 'a' } }; data.auth.key.length",
    ]);
}

#[test]
fn a_field_of_another_scope_is_no_part_of_a_host() {
    silent(&[
        "{ const { shop } = data.input; } const shop = 'a'; `https://${shop}.example.com`",
        "const { shop } = data.input; rows.map((shop) => `https://${shop}.example.com`)",
        "`https://${data.input.test ? 'sandbox' : 'api'}.example.com/`",
    ]);
}

#[test]
fn a_global_that_the_script_sets_is_its_own() {
    silent(&[
        "fetch = (url) => ld.request({ url }); fetch(1)",
        "globalThis.fetch ??= (url) => ld.request({ url }); fetch(1)",
        "self.fetch = load; fetch(1)",
        "globalThis['process'] = { env: {} }; process.env.A",
        "const root = globalThis; root.Headers = Map; new Headers()",
        "({ fetch } = api); fetch(1)",
        "Object.assign(globalThis, api); fetch(1)",
        "Object.defineProperty(globalThis, 'fetch', { value: 1 }); fetch(1)",
        "this.fetch = (url) => ld.request({ url }); fetch(1)",
        "for (const name of ['fetch']) globalThis[name] = api[name]; fetch(1)",
    ]);
}

#[test]
fn a_global_that_the_script_asks_for_is_known() {
    silent(&[
        "'fetch' in globalThis ? fetch(1) : ld.request({ url: '/' })",
        "if (typeof fetch === 'function') fetch(1)",
        "if (typeof globalThis.fetch === 'function') fetch(1)",
        "if (globalThis.fetch) globalThis.fetch(1)",
        "globalThis.fetch?.(1); globalThis.process?.env",
        "typeof window !== 'undefined' && document.title",
        "typeof module === 'object' && (exports.a = require('a'))",
    ]);
}

#[test]
fn functions_in_blocks_are_hoisted() {
    silent(&[
        "{ function fetch() {} } fetch(1)",
        "if (a) { function fetch() {} } fetch(1)",
        "switch (a) { case 1: function fetch() {} } fetch(1)",
        "load: function fetch() {} fetch(1)",
        "try { function fetch() {} } catch {} fetch(1)",
    ]);
    let absent = vec![("not-in-sandbox", "fetch".to_owned())];
    assert_eq!(
        found("function a() { { function fetch() {} } } fetch(1)", false, &[]),
        absent
    );
}

#[test]
fn names_inside_of_with_may_be_members() {
    silent(&["with (api) { fetch(1); }"]);
}

#[test]
fn comments_of_html_are_comments() {
    silent(&["<!-- require('a')\nld.log(1)\n--> ld.colour 'q7Wz2LmX9vRt4KpB6nYc8Hd3'"]);
}

#[test]
fn members_may_be_called_as_keywords_are() {
    silent(&["class A { import = 1; static require = 2; eval() {} } new A().import"]);
}

#[test]
fn members_that_the_script_adds_are_there() {
    silent(&[
        "ld.cache = 1; ld.log(ld.cache)",
        "ld.cache ??= {}; ld.cache.a = 1",
        "ld['cache'] = 1; const { cache } = ld",
        "Object.assign(ld, { cache: 1 }); ld.cache",
        "typeof ld.csv2json === 'function' ? ld.csv2json(a) : own(a)",
        "'csv2json' in ld && ld.csv2json(a)",
    ]);
}

#[test]
fn a_slash_divides_or_begins_a_regular_expression() {
    silent(&[
        "for await (const a of b) /ld.colour/.test(a)",
        "function f() {} /ld.colour/.test(a)",
    ]);
    let unknown = vec![("unknown-member", "colour".to_owned())];
    assert_eq!(found("const a = {} / 2, b = ld.colour / 1", false, &[]), unknown);
}

#[test]
fn a_member_of_ld_that_the_script_asks_for_is_known() {
    silent(&[
        "ld.colour?.()",
        "if (ld.colour) ld.colour()",
        "ld.colour && ld.colour()",
        "ld.colour ? ld.colour() : 1",
        "if (!ld.colour) return; ld.colour()",
        "ld[name] = 1; ld.colour()",
    ]);
    assert_eq!(
        found("1 && ld.colour()", false, &[]),
        [("unknown-member", "colour".to_owned())]
    );
    // A name that is absent ends the script where it is tested.
    assert_eq!(
        found("if (fetch) 1", false, &[]),
        [("not-in-sandbox", "fetch".to_owned())]
    );
}

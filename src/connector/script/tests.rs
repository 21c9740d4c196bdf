//! What is told of which source.

mod guarded;
mod odd_sources;
mod own_names;
mod unawaited;
mod uses;

use super::members::{MEMBERS, NOT_YET};
use super::{Finding, Looked, Rules, globals, look};

fn findings(source: &str, rules: &Rules) -> Vec<Finding> {
    look(source, rules).findings
}

/// The marked texts in `source`, each with the kind of the finding.
fn found(source: &str, aliases: bool, handles: &[&str]) -> Vec<(&'static str, String)> {
    let rules = Rules {
        aliases,
        handles: handles.iter().map(|&handle| handle.to_owned()).collect(),
    };
    findings(source, &rules)
        .into_iter()
        .map(|finding| (finding.code, source[finding.range].to_owned()))
        .collect()
}

#[test]
fn names_that_are_not_there_are_told_and_others_are_not() {
    let absent = "not-in-sandbox";
    for (source, expected) in [
        ("ld.request({}); ld?.log(1); ld.wait(1)", vec![]),
        ("ld.reqest({})", vec![("unknown-member", "reqest")]),
        ("`${ld.colour}`", vec![("unknown-member", "colour")]),
        ("ld.csv2json(x)", vec![("not-available", "csv2json")]),
        ("world.ld.colour; const held = 1; held.colour", vec![]),
        ("// ld.colour\n/* ld.colour */ 'ld.colour'; /ld.colour/", vec![]),
        ("require('fs')", vec![(absent, "require")]),
        ("const fs = await import('fs')", vec![(absent, "import")]),
        ("import fs from 'fs'", vec![(absent, "import")]),
        ("const a = { import: 1, require: 2 }; a.import(); a.require()", vec![]),
        ("process.env.KEY", vec![(absent, "process")]),
        ("rows.map((process) => process.id)", vec![]),
        ("const process = 1; process.a", vec![]),
        ("typeof process !== 'undefined' && process.env", vec![]),
        (
            "eval('1'); new Function('1'); Function('1')",
            vec![(absent, "eval"), (absent, "Function"), (absent, "Function")],
        ),
        ("a.eval('1'); f instanceof Function", vec![]),
        ("await fetch(url)", vec![(absent, "fetch")]),
        (
            "[...ld.colour, ...eval('1')]",
            vec![("unknown-member", "colour"), (absent, "eval")],
        ),
        ("async function fetch(a) {} fetch(1)", vec![]),
        ("ld.log('use fetch(url) or eval(x)')", vec![]),
        (
            "Intl.NumberFormat('de'); typeof a.Intl; a.Intl.b",
            vec![(absent, "Intl")],
        ),
        ("typeof Intl === 'object' ? Intl.Collator : null", vec![]),
        (
            "d.toLocaleDateString('en-CA') + n?.toLocaleString()",
            vec![
                ("without-locale", "toLocaleDateString"),
                ("without-locale", "toLocaleString"),
            ],
        ),
        ("class A { toLocaleString() {} } a.localeCompare(b)", vec![]),
        ("class A {\n  x = 1\n  fetch(u) { return u }\n}", vec![]),
        (
            "const s = \"abc \\\r\nfetch(1) ld.colour\"; require('a')",
            vec![(absent, "require")],
        ),
        (
            "const stop = new AbortController(); AbortSignal.timeout(5)",
            vec![(absent, "AbortController"), (absent, "AbortSignal")],
        ),
        (
            "class Form extends FormData {}; body instanceof Blob; new Headers({})",
            vec![(absent, "FormData"), (absent, "Blob"), (absent, "Headers")],
        ),
        ("localStorage?.getItem('a')", vec![(absent, "localStorage")]),
        ("module.exports = 1; lesson.module.exports", vec![(absent, "module")]),
        (
            "rows.module; const a = { Request: 1, Event: 2 }; a.Event.b; module.id",
            vec![],
        ),
        ("class Response {} new Response(); new a.Blob()", vec![]),
        ("typeof navigator === 'object' && navigator.platform", vec![]),
        ("'new Worker()'; /new Worker/; // new Worker()", vec![]),
    ] {
        let expected: Vec<(&str, String)> = expected
            .iter()
            .map(|(code, text)| (*code, (*text).to_owned()))
            .collect();
        assert_eq!(found(source, false, &[]), expected, "{source}");
    }
    assert_eq!(found("await fetch(url, { headers: new Headers() })", true, &[]), []);
}

#[test]
fn only_a_name_that_nothing_declares_where_it_is_used_is_absent() {
    let absent = vec![("not-in-sandbox", "fetch".to_owned())];
    for source in [
        "const api = { fetch() {} }; api.fetch(1)",
        "const api = { a: 1, async fetch(url) { return url; } }",
        "class A { b() {} static async fetch(url = f(1)) {} *eval() {} get require() {} } A.fetch(1)",
        "const { get: fetch } = api; fetch(1)",
        "const { a, b: { fetch = 1 }, ...rest } = api; fetch(1)",
        "const [a, fetch] = api; fetch(1)",
        "let a = f(1, 2), fetch = b; fetch(1)",
        "const load = ({ fetch }) => fetch(1)",
        "const load = (a, { b: [fetch] } = {}) => { return fetch(1); }",
        "function load(a, ...fetch) { fetch(1); }",
        "const load = fetch => fetch(1)",
        "const a = { load(fetch) { fetch(1); } }",
        "try { a(); } catch (fetch) { fetch(1); }",
        "for (const fetch of list) fetch(1)",
        "if (a) { var fetch = b; } fetch(1)",
        "fetch(1); function* fetch() {}",
        "const a = function fetch() { fetch(1); }",
        "const a = class fetch { b() { fetch(1); } }",
        "typeof fetch === 'function' ? fetch(1) : null",
    ] {
        assert_eq!(found(source, false, &[]), [], "{source}");
    }
    for source in [
        "const api = { fetch() {} }; fetch(1)",
        "class A { fetch() {} }\nfetch(1)",
        "const api = { fetch }; fetch(1)",
        "f({ fetch }, [fetch]); fetch(1)",
        "{ const fetch = 1; }\nfetch(1)",
        "function a() { function fetch() {} var fetch; }\nfetch(1)",
        "const load = (fetch) => fetch; fetch(1)",
        "const a = fetch => { fetch; }; fetch(1)",
        "function load(fetch) {} fetch(1)",
        "try { a(); } catch (fetch) {} fetch(1)",
        "for (const fetch of list) { fetch; } fetch(1)",
        "const a = function fetch() {}; fetch(1)",
        "if (fetch) { fetch(1); }",
        "const { a = fetch } = b, c = { d: fetch }; fetch(1)",
        "const { fetch: load } = api; fetch(1)",
        "if (await fetch(1)) { a(); }",
    ] {
        assert_eq!(found(source, false, &[]), absent, "{source}");
    }
}

#[test]
fn members_that_are_not_there_are_told_however_they_are_named() {
    let unknown = |text: &str| vec![("unknown-member", text.to_owned())];
    for (source, expected) in [
        ("const { request, lg } = ld", unknown("lg")),
        (
            "const {\n  request: send,\n  lg: log = 1,\n  ...rest\n} = ld;",
            unknown("lg"),
        ),
        ("let a = 1, { 'lg': log, wait } = ld", unknown("lg")),
        ("({ lg } = ld)", unknown("lg")),
        ("const load = ({ lg } = ld) => lg", unknown("lg")),
        (
            "const { csv2json } = ld",
            vec![("not-available", "csv2json".to_owned())],
        ),
        ("ld['lg'](1); ld['log'](1)", unknown("lg")),
        ("ld?.[\"lg\"]", unknown("lg")),
        ("ld[`lg`]", unknown("lg")),
        ("const { request: { lg }, log = { lg } } = ld", vec![]),
        (
            "const { lg } = ld.request; const { lo } = ld['request']; const { la } = ld()",
            vec![],
        ),
        ("const { lg } = world.ld; const { lo } = held", vec![]),
        (
            "ld[name]; ld['l' + 'g']; ld[`l${g}`]; ld['l\\x67']; world.ld['lg']",
            vec![],
        ),
        ("const { [lg]: one } = ld", vec![]),
        (
            "const { lg } = ld ? { lg: 1 } : {}; const { lo } = ld && { lo: 1 }",
            vec![],
        ),
        ("[{ lg: 1 }].map(ld => ld.lg)", vec![]),
        ("function f(ld) { return ld.lg } ld.lg", unknown("lg")),
        ("for (const ld of rows) { ld.lg; const { lo } = ld; }", vec![]),
        ("ld.toString(); ld.hasOwnProperty('lg')", vec![]),
        ("if ({ lg } == ld) {}", vec![]),
    ] {
        assert_eq!(found(source, false, &[]), expected, "{source}");
    }
}

/// What is reported as absent from the engine, by the script that looks for it there, and the manual says so.
#[test]
fn absent_names_are_those_of_the_engine_and_of_the_manual() {
    let looks = include_str!("../../../wasm-guests/js-engine/cases/absent-globals.js");
    let manual = include_str!("../../../docs/actions.md");
    let (_, section) = manual.split_once("\n### Globals\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    for (name, help) in globals::ABSENT
        .iter()
        .flat_map(|(names, help)| names.iter().map(move |name| (name, help)))
    {
        assert!(looks.contains(&format!("'{name}'")), "the engine's case lacks {name}");
        assert!(section.contains(&format!("`{name}`")), "the manual lacks {name}");
        let rules = Rules {
            aliases: false,
            handles: Vec::new(),
        };
        let told = findings(&format!("new {name}()"), &rules);
        assert_eq!(told.len(), 1, "{name}");
        assert_eq!(told[0].help, *help, "{name}");
    }
}

/// Bundles are long, and somebody waits. What took time for each pair of names would not end here.
#[test]
fn long_sources_take_no_longer_for_each_of_their_names() {
    let many = |piece: &str| piece.repeat(30_000);
    for (source, told) in [
        (format!("f({}1)", many("fetch(),")), true),
        (format!("var x = [{}1]", many("fetch(1),")), true),
        (many("require('a');\n"), true),
        (many("x = fetch => fetch(1)\n"), false),
        // It is not looked into.
        (many("const {a=1,x="), true),
        (format!("'{}'", many("sk-")), false),
        (many("const { key } = ld; "), true),
        (
            format!(
                "ld.hash('sha1', `{}`); const a = `{}`, b = `{}`, c = `${{d}}`, d = `{}`",
                many("${a}"),
                many("${b}"),
                many("${c}"),
                many("${a}")
            ),
            false,
        ),
    ] {
        assert_eq!(!found(&source, false, &["key"]).is_empty(), told, "{}", &source[..20]);
    }
}

#[test]
fn the_nearest_member_is_named() {
    let rules = Rules {
        aliases: false,
        handles: Vec::new(),
    };
    for (source, advice) in [
        ("ld.reqest()", "did you mean `ld.request`?"),
        (
            "ld.csvToJson; ld.cvs2json()",
            "did you mean `ld.csv2json`? It is not available in this version of Toolgate",
        ),
        ("ld.colour()", "there are `ld.request`, `ld.log`, "),
    ] {
        let last = findings(source, &rules).pop().unwrap();
        assert!(last.help.starts_with(advice), "{source}: {}", last.help);
    }
}

#[test]
fn handles_that_are_looked_into_are_told() {
    let told = |text: &str| vec![("inspected-handle", text.to_owned())];
    for (source, expected) in [
        ("data.auth.key.slice(0, 4)", told("slice")),
        ("data.auth.key?.length", told("length")),
        ("data.auth.key[0]", told("[")),
        ("`${data.auth.key.charAt(0)}`", told("charAt")),
        ("const k = data.auth.key; k.split('.')", told("split")),
        (
            "const { user, key: k } = data.auth;\nk.startsWith('a')",
            told("startsWith"),
        ),
        ("const { key } = data.auth; key.toUpperCase()", told("toUpperCase")),
        (
            "data.auth.key.trim() + `Bearer ${data.auth.key}` + btoa(data.auth.key)",
            vec![],
        ),
        ("data.auth.user.length", vec![]),
        (
            "const { key } = data.input; key.length; data.input.auth.key.length",
            vec![],
        ),
        ("const k = data.auth.key + 'x'; k.length", vec![]),
    ] {
        assert_eq!(found(source, false, &["key"]), expected, "{source}");
        // Where secrets are exposed there are no handles.
        assert_eq!(found(source, false, &[]), [], "{source}");
    }
}

#[test]
fn handles_that_are_compared_are_told() {
    let told = |text: &str| vec![("inspected-handle", text.to_owned())];
    for (source, expected) in [
        ("if (data.auth.key === data.input.key) a()", told("data.auth.key")),
        ("'live' != data.auth.key", told("data.auth.key")),
        ("const { key } = data.auth; return key == 'a'", told("key")),
        ("data.auth.key !== data.auth.user", told("data.auth.key")),
        // These ask whether there is one.
        ("if (!data.auth.key) throw new Error('no key')", vec![]),
        ("data.auth.key === undefined || data.auth.key == null", vec![]),
        (
            "data.auth.key === '' || `` === data.auth.key || data.auth.key === void 0",
            vec![],
        ),
        ("typeof data.auth.key === 'string' && data.auth.key !== null", vec![]),
        ("(data.auth.key || 'a') === 'a'", vec![]),
        (
            "data.auth.key > 1; data.auth.user === 'a'; data.input.key === 'a'",
            vec![],
        ),
        ("data.auth = { key: 'a' }; data.auth.key === 'a'", vec![]),
    ] {
        assert_eq!(found(source, false, &["key"]), expected, "{source}");
        assert_eq!(found(source, false, &[]), [], "{source}");
    }
}

#[test]
fn what_is_computed_of_handles_is_told() {
    let told = |text: &str| vec![("inspected-handle", text.to_owned())];
    for (source, expected) in [
        ("ld.hash('sha256', data.auth.key)", told("data.auth.key")),
        (
            "ld.hash('sha256', `${data.auth.user}:${data.auth.key}`)",
            told("data.auth.key"),
        ),
        (
            "ld.hash('sha1', Buffer.from(data.auth.key + ':'), 'hex')",
            told("data.auth.key"),
        ),
        (
            "const { key: k } = data.auth, text = 'a' + k.trim(); ld.hash('sha1', text)",
            told("k"),
        ),
        (
            "ld.hmac('sha256', data.auth.user, data.auth.key)",
            told("data.auth.key"),
        ),
        (
            "const { subtle } = crypto; subtle.digest('SHA-1', new TextEncoder().encode(data.auth.key))",
            told("data.auth.key"),
        ),
        (
            "crypto.subtle.sign('HMAC', k, encoder.encode(data.auth.key))",
            told("data.auth.key"),
        ),
        (
            "crypto.subtle.verify('HMAC', k, signature, Buffer.from(data.auth.key))",
            told("data.auth.key"),
        ),
        // An HMAC may have a handle as its key.
        ("ld.hmac('sha256', data.auth.key, 'a')", vec![]),
        ("ld.hmac('sha256', `AWS4${data.auth.key}`, day)", vec![]),
        (
            "crypto.subtle.importKey('raw', Buffer.from(data.auth.key), { name: 'HMAC', hash: 'SHA-1' }, false, ['sign'])",
            vec![],
        ),
        (
            "ld.hash('sha1', data.input.key + data.auth.user); ld.hash('sha1', ...a, data.auth.key)",
            vec![],
        ),
        (
            "ld.hash('sha1', load(data.auth.key)); world.ld.hash('sha1', data.auth.key)",
            vec![],
        ),
        ("let text = data.auth.key; text = 'a'; ld.hash('sha1', text)", vec![]),
        ("const a = b, b = a; ld.hash('sha1', a)", vec![]),
        (
            "(crypto) => crypto.subtle.digest('SHA-1', Buffer.from(data.auth.key))",
            vec![],
        ),
    ] {
        assert_eq!(found(source, false, &["key"]), expected, "{source}");
        assert_eq!(found(source, false, &[]), [], "{source}");
    }
}

#[test]
fn what_is_decoded_of_handles_is_told_where_it_is_read() {
    let told = |text: &str| vec![("inspected-handle", text.to_owned())];
    for (source, expected) in [
        (
            "Buffer.from(data.auth.key, 'base64').toString('utf8')",
            told("Buffer.from(data.auth.key, 'base64')"),
        ),
        (
            "const { key } = data.auth, bytes = Buffer.from(key, `HEX`); bytes.subarray(0, 16)",
            told("bytes"),
        ),
        ("JSON.parse(atob(data.auth.key))", told("atob(data.auth.key)")),
        ("atob(data.auth.key).split(':')", told("atob(data.auth.key)")),
        ("const text = atob(data.auth.key); `Token ${text}`", told("text")),
        ("'Token ' + atob(data.auth.key)", told("atob(data.auth.key)")),
        (
            "new TextDecoder().decode(Buffer.from(data.auth.key, 'base64url'))",
            told("Buffer.from(data.auth.key, 'base64url')"),
        ),
        ("ld.hash('sha1', atob(data.auth.key))", told("data.auth.key")),
        // The key of an HMAC, and what makes one.
        ("ld.hmac('sha256', Buffer.from(data.auth.key, 'base64'), 'a')", vec![]),
        (
            "const raw = Buffer.from(data.auth.key, 'hex'); crypto.subtle.importKey('raw', raw, a, false, ['sign'])",
            vec![],
        ),
        (
            "Uint8Array.from(atob(data.auth.key), (one) => one.charCodeAt(0))",
            vec![],
        ),
        (
            "const text = atob(data.auth.key); new Uint8Array(text.length).map((_, at) => text.charCodeAt(at))",
            vec![],
        ),
        ("atob(data.auth.key).split('').map(load)", vec![]),
        ("Buffer.from(data.auth.key).toString('base64')", vec![]),
        ("Buffer.from(data.auth.key, 'utf8').toString('hex')", vec![]),
        ("Buffer.from(data.input.key, 'base64').toString()", vec![]),
        ("const atob = load; JSON.parse(atob(data.auth.key))", vec![]),
    ] {
        assert_eq!(found(source, false, &["key"]), expected, "{source}");
        assert_eq!(found(source, false, &[]), [], "{source}");
    }
}

#[test]
fn handles_by_their_other_name_are_told() {
    let source = "secrets.key.length; secrets.key === 'a'; secrets.key";
    let told = ["length", "secrets.key"].map(|text| ("inspected-handle", text.to_owned()));
    assert_eq!(found(source, true, &["key"]), told);
    assert_eq!(found(source, false, &["key"]), []);
}

#[test]
fn input_in_a_host_is_told_and_elsewhere_is_not() {
    let told = |text: &str| vec![("input-in-host", text.to_owned())];
    for (source, expected) in [
        ("`https://${data.input.shop}.example.com/a`", told("data.input.shop")),
        ("`https://api.example.com${data.input.path}`", told("data.input.path")),
        ("'https://' + data.input.host + '/a'", told("data.input.host")),
        (
            "const { shop: s, limit = f(1, [2]) } = data.input;\n`https://${s}.example.com/?limit=${limit}`",
            told("s"),
        ),
        ("const shop = data.input.shop || 'a'; 'http://' + shop", told("shop")),
        ("`https://api.example.com/${data.input.path}`", vec![]),
        ("`https://api.example.com/a?b=` + data.input.b", vec![]),
        ("`https://${data.auth.domain}/a`", vec![]),
        ("ld.request({ url: data.input.url })", vec![]),
        ("const base = 'https://api.example.com', a = data.input.a", vec![]),
        ("`See https://${'x'} ${data.input.a}`", vec![]),
    ] {
        assert_eq!(found(source, false, &[]), expected, "{source}");
    }
}

#[test]
fn keys_are_told_and_not_quoted() {
    let key = "q7Wz2LmX9vRt4KpB6nYc8Hd3";
    let source = format!("// {key}\nconst k = '{key}', t = `Bearer ${{x}} {key}`;");
    let rules = Rules {
        aliases: false,
        handles: Vec::new(),
    };
    let Looked { findings, keys } = look(&source, &rules);
    assert_eq!(
        (findings.len(), keys.len()),
        (2, 3),
        "that in the comment is only hidden"
    );
    for finding in findings {
        assert_eq!((finding.code, &source[finding.range.clone()]), ("hard-coded-key", key));
        assert!(keys.contains(&finding.range));
        assert!(!finding.message.contains(key) && !finding.help.contains(key));
    }
}

/// The rules know the members that the engine has.
#[test]
fn members_are_those_of_the_engine() {
    let prelude = include_str!("../../../wasm-guests/js-engine/prelude/ld.js");
    let (_, rest) = prelude.split_once("kit.ld = {\n").unwrap();
    let (present, rest) = rest.split_once("\n  };").unwrap();
    let present: Vec<&str> = present
        .lines()
        .filter_map(|line| {
            line.strip_prefix("    ")
                .filter(|line| line.starts_with(char::is_alphabetic))
        })
        .filter_map(|line| line.split([',', '(', ':']).next())
        .collect();
    assert_eq!(present, MEMBERS);
    let (_, missing) = rest.split_once("NOT_YET = [").unwrap();
    let missing: Vec<&str> = missing
        .split(']')
        .next()
        .unwrap()
        .split('\'')
        .skip(1)
        .step_by(2)
        .collect();
    assert_eq!(missing, NOT_YET);
}

/// What `check` tells of code is explained where its author looks it up.
#[test]
fn every_kind_of_finding_is_in_the_manual() {
    let manual = include_str!("../../../docs/actions.md");
    let source = "ld.colour; ld.csv2json(); eval('1'); data.auth.key[0]; 'http://' + data.input.a; \
                  'q7Wz2LmX9vRt4KpB6nYc8Hd3'";
    let kinds: Vec<&str> = found(source, false, &["key"])
        .into_iter()
        .map(|(kind, _)| kind)
        .collect();
    assert_eq!(kinds.len(), 6, "{kinds:?}");
    for kind in kinds {
        assert!(manual.contains(&format!("\n| `{kind}` |")), "{kind}");
    }
}

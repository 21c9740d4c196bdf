//! Names that need not be there, by the code around them.

use super::found;

const NONE: [(&str, String); 0] = [];

/// Of each source these names are told, and nothing else.
fn absent(cases: &[(&str, &[&str])]) {
    for (source, names) in cases {
        let told: Vec<_> = names
            .iter()
            .map(|name| ("not-in-sandbox", (*name).to_owned()))
            .collect();
        assert_eq!(found(source, false, &[]), told, "{source}");
    }
}

#[test]
fn code_from_text_that_is_never_reached_is_not_told() {
    absent(&[
        ("const root = global || Function('return this')()", &[]),
        ("const root = globalThis ?? new Function(\"return this;\")()", &[]),
        (
            "var a = typeof global == 'object' && global && global.Object === Object && global; \
             var b = typeof self == 'object' && self; var root = a || b || Function('return this')()",
            &[],
        ),
        (
            "var g = check(typeof globalThis == 'object' && globalThis) || (function () { return this })() || \
             Function('return this')()",
            &[],
        ),
        (
            "const root = typeof globalThis === 'object' ? globalThis : Function('return this')()",
            &[],
        ),
        (
            "var g = (function () { try { return this || new Function('return this')() } catch (e) { return a } })()",
            &[],
        ),
        ("var root = a || global || Function(`return this`)()", &[]),
        (
            "const probe = () => { try { return Function(``), !0 } catch { return !1 } }",
            &[],
        ),
        ("try { new Function('') } catch (e) { a = true }", &[]),
        ("Function(``)", &["Function"]),
        ("const root = global || Function(`return ${a}`)()", &["Function"]),
        (
            "try { return Function(`return 1`)() } catch { return 2 }",
            &["Function"],
        ),
        ("const root = Function('return this')()", &["Function"]),
        ("const root = Function('return this')() || global", &["Function"]),
        (
            "const root = typeof window == 'object' && window || Function('return this')()",
            &["Function"],
        ),
        ("const root = global || Function('return 1')()", &["Function"]),
        (
            "const root = global || (() => Function('return this')())",
            &["Function"],
        ),
    ]);
}

#[test]
fn a_library_that_may_be_missing_is_not_told() {
    absent(&[
        ("try { require('x') } catch {}", &[]),
        (
            "let c; try { c = require('crypto').webcrypto; c.a() } catch (e) {}",
            &[],
        ),
        ("let c; try { c = require('crypto') } catch (e) { c = crypto }", &[]),
        ("if (a) { try { if (b) require('x') } catch {} }", &[]),
        (
            "try { const fs = require('fs'); return fs.a() } catch (error) { return { error: error.message } }",
            &["require"],
        ),
        ("try { a() } catch { require('x') }", &["require"]),
        ("try { require('x') } finally { a() }", &["require"]),
        ("try { run(() => require('x')) } catch {}", &["require"]),
        ("try { await fetch(url) } catch {}", &["fetch"]),
    ]);
}

#[test]
fn a_class_that_is_tried_or_asked_of_another_object_is_not_told() {
    absent(&[
        ("const a = (c, t) => c.File && t instanceof File", &[]),
        (
            "const a = (o) => o.MessageChannel ? new MessageChannel().port1 : null",
            &[],
        ),
        ("const a = (o) => { if (o.Blob) return new Blob([]) }", &[]),
        (
            "const a = () => { try { return !!new Blob([]) } catch { return false } }",
            &[],
        ),
        ("let a; try { new Blob([]); a = true } catch {}", &[]),
        ("const a = (c, t) => c.Files && t instanceof File", &["File"]),
        ("const a = (c, t) => c.File || t instanceof File", &["File"]),
        (
            "const a = (o) => new MessageChannel() ? o.MessageChannel : null",
            &["MessageChannel"],
        ),
        (
            "try { const f = new FormData(); await ld.request({ url, body: f }) } catch (error) { return { error } }",
            &["FormData"],
        ),
    ]);
}

#[test]
fn a_member_that_is_asked_for_by_its_name_is_known() {
    for source in [
        "if (globalThis.hasOwnProperty('fetch')) await fetch(1)",
        "Object.hasOwn(globalThis, 'fetch') && fetch(1)",
        "if (`fetch` in globalThis) await fetch(1)",
        "globalThis.hasOwnProperty(`fetch`) && fetch(1)",
        "if (Object.prototype.hasOwnProperty.call(self, 'fetch')) fetch(1)",
        "if ({}.hasOwnProperty.call(global, 'fetch')) fetch(1)",
        "Reflect.has(globalThis, 'process') ? process.env.A : null",
        "if (ld.hasOwnProperty('colour')) ld.colour()",
    ] {
        assert_eq!(found(source, false, &[]), NONE, "{source}");
    }
    absent(&[("Object.hasOwn(globalThis, 'fetch'); new Blob([])", &["Blob"])]);
}

#[test]
fn a_member_with_a_name_of_its_own_may_be_asked_for() {
    for source in [
        "const { colour } = ld; if (colour) colour()",
        "const { colour: paint } = ld; paint?.(1)",
        "const colour = ld.colour; if (typeof colour === 'function') colour()",
        "const { colour = null } = ld; if (colour) colour(1)",
        "const { colour } = ld; await (colour ? colour() : 1)",
    ] {
        assert_eq!(found(source, false, &[]), NONE, "{source}");
    }
    let unknown = vec![("unknown-member", "colour".to_owned())];
    for source in [
        "const { colour } = ld; colour()",
        "const colour = ld.colour; if (a) colour()",
    ] {
        assert_eq!(found(source, false, &[]), unknown, "{source}");
    }
}

//! Answers that are read before they are there.

use super::found;

#[test]
fn an_answer_that_is_not_there_yet_is_told() {
    let missing = |name: &str| ("missing-await", name.to_owned());
    for (source, expected) in [
        ("const r = ld.request({}); return r.json", vec![missing("json")]),
        ("return ld.request({}).text", vec![missing("text")]),
        (
            "const { status, json: j, then } = ld.request({})",
            vec![missing("status"), missing("json")],
        ),
        (
            "const { request } = ld; let r = request({}); if (r.ok) f()",
            vec![missing("ok")],
        ),
        ("const r = await ld.request({}); return r.json", vec![]),
        ("return (await ld.request({})).json", vec![]),
        ("const r = ld.request({}); const a = await r; return a.json", vec![]),
        ("const r = ld.request({}); return r.then((a) => a.json)", vec![]),
        ("const r = ld.request({}); return { r, other: r.other }", vec![]),
        ("let r = ld.request({}); r = await r; return r.json", vec![]),
        ("const r = other.request({}); return r.json", vec![]),
        ("ld.request = f; const r = ld.request({}); return r.json", vec![]),
        (
            "const all = [1].map((id) => ld.request({ id })); return all.status",
            vec![],
        ),
    ] {
        assert_eq!(found(source, false, &[]), expected, "{source}");
    }
}

//! Settings that cannot be used, and walks through pages.

use serde_json::json;

use super::*;

fn keys(written: Value) -> Keys {
    serde_json::from_value(written).expect("keys")
}

fn pagination(written: Value) -> Pagination {
    compile(&keys(written)).expect("pagination")
}

/// Walks through `pages`, which come from `https://api.example.com/v1/list`; what was asked for, and what they become.
fn walk(pagination: &Pagination, pages: &[Value]) -> Result<(Vec<Step>, Joined), PageError> {
    let url: Url = "https://api.example.com/v1/list".parse().expect("a URL");
    let mut walk = Walk::new(&url, None);
    let mut asked = Vec::new();
    for body in pages {
        assert_eq!(usize::try_from(walk.awaited()), Ok(asked.len() + 1));
        let arrived = Arrived {
            url: &url,
            links: &[],
            body: body.clone(),
        };
        match walk.take(pagination, arrived)? {
            Some(step) => asked.push(step),
            None => break,
        }
    }
    Ok((asked, walk.finish(pagination)))
}

#[test]
fn a_key_that_finds_nothing_for_a_slip_of_the_pen_is_told() {
    let page = json!({"items": [{"id": 1}], "next": "b", "has_more": true, "pages": 5});
    let cursor = |keys: Value| {
        let mut all = json!({"style": "cursor", "parameter": "after", "items": "items", "next": "next"});
        all.as_object_mut()
            .expect("an object")
            .extend(keys.as_object().expect("an object").clone());
        pagination(all)
    };
    let table = [
        (
            cursor(json!({"items": "itmes", "next": "none"})),
            Some(("items", "items")),
        ),
        (
            cursor(json!({"items": "rows", "next": "none"})),
            Some(("items", "items")),
        ),
        (cursor(json!({"next": "nxt"})), None),
        (cursor(json!({"more": "has_mor"})), Some(("more", "has_more"))),
        (
            pagination(json!({"style": "page", "parameter": "page", "items": "itmes", "total_pages": "pages"})),
            Some(("items", "items")),
        ),
        (cursor(json!({"next": "cursor"})), None),
    ];
    for (pagination, expected) in table {
        let (_, joined) = walk(&pagination, std::slice::from_ref(&page)).expect("a list");
        let slip = match &joined.end {
            End::Mistaken(slip) => Some((slip.key, slip.meant.as_str())),
            _ => None,
        };
        assert_eq!(slip, expected, "{:?}", joined.end);
    }
    // What is empty is often left out.
    for body in [
        json!({"count": 0}),
        json!({"links": [{"rel": "self"}]}),
        json!({"facets": [{}], "columns": [{}]}),
    ] {
        let (_, joined) = walk(&cursor(json!({})), &[body]).expect("a list");
        assert_eq!(joined.end, End::Complete);
    }
}

fn cursors(names: &[&str]) -> Vec<Step> {
    names.iter().map(|name| Step::Value(json!(name))).collect()
}

#[test]
fn what_cannot_be_used_is_told_with_its_key() {
    let cursor = json!({"style": "cursor", "parameter": "after", "next": "next"});
    let table = [
        (json!({}), "", "without a `style`"),
        (json!({"style": "cursor", "parameter": "a"}), "style", "needs `next`"),
        (json!({"style": "cursor", "next": "a"}), "style", "needs `parameter`"),
        (json!({"style": "page"}), "style", "needs `parameter`"),
        (json!({"style": "link", "next": "a"}), "next", "no effect"),
        (
            json!({"style": "url", "next": "a", "parameter": "a"}),
            "parameter",
            "no effect",
        ),
        (
            json!({"style": "cursor", "parameter": "a", "next": "a", "start": 1}),
            "start",
            "no effect",
        ),
        (
            json!({"style": "page", "parameter": "a", "total": "a"}),
            "total",
            "no effect",
        ),
        (
            json!({"style": "offset", "parameter": "a", "total_pages": "a"}),
            "total_pages",
            "no effect",
        ),
        (
            json!({"style": "cursor", "parameter": "", "next": "a"}),
            "parameter",
            "has a name",
        ),
        (
            json!({"style": "cursor", "parameter": "a", "next": "a["}),
            "next",
            "not a JMESPath",
        ),
        (
            json!({"style": "cursor", "parameter": "a[0]", "in": "body", "next": "a"}),
            "parameter",
            "path of names",
        ),
        (json!({"style": "link", "items": "data[]"}), "items", "path of names"),
        (json!({"style": "link", "max_pages": 0}), "max_pages", "from 1 to 100"),
        (json!({"style": "link", "max_pages": 101}), "max_pages", "from 1 to 100"),
    ];
    for (written, key, says) in table {
        let flaws = compile(&keys(written.clone())).expect_err(says);
        assert_eq!(flaws.len(), 1, "{written} {flaws:?}");
        assert_eq!(flaws[0].key, key, "{written}");
        assert!(flaws[0].message.contains(says), "{written} {flaws:?}");
    }
    assert_eq!(pagination(cursor).max_pages, USUAL_PAGES);
}

#[test]
fn what_is_written_counts_before_the_defaults() {
    let defaults =
        keys(json!({"style": "cursor", "parameter": "after", "next": "next", "items": "data", "max_pages": 3}));
    let merged = keys(json!({"items": "customers", "more": "more"})).over(&defaults);
    let all = pagination(serde_json::to_value(merged_keys(&merged)).expect("keys"));
    assert_eq!((all.items.written(), all.max_pages), ("customers", 3));
    assert_eq!(all.parameter, Some(Parameter::Query("after".to_owned())));
    // Another style has nothing to do with the keys of this one.
    let merged = keys(json!({"style": "link"})).over(&defaults);
    let other = compile(&merged).expect("pagination");
    assert_eq!(
        (other.items.written(), other.max_pages, other.parameter),
        ("data", 3, None)
    );
}

/// The keys again as an author writes them.
fn merged_keys(keys: &Keys) -> Value {
    json!({
        "style": "cursor", "parameter": keys.parameter, "next": keys.next, "items": keys.items, "more": keys.more,
        "max_pages": keys.max_pages,
    })
}

#[test]
fn the_items_of_all_pages_stand_in_the_last_answer() {
    let by_next = json!({"style": "cursor", "parameter": "after", "next": "next", "items": "data"});
    let whole = json!({"style": "cursor", "parameter": "after", "next": "[-1].id"});
    let table = [
        (
            &by_next,
            vec![
                json!({"data": [{"id": 1}], "next": "b", "n": 1}),
                json!({"data": [{"id": 2}], "next": "c", "n": 2}),
                json!({"data": [{"id": 3}], "next": null, "n": 3}),
            ],
            cursors(&["b", "c"]),
            json!({"data": [{"id": 1}, {"id": 2}, {"id": 3}], "next": null, "n": 3}),
        ),
        (
            &whole,
            vec![json!([{"id": "x"}]), json!([{"id": "y"}]), json!([])],
            cursors(&["x", "y"]),
            json!([{"id": "x"}, {"id": "y"}]),
        ),
        // A page may be empty and not the last one; some APIs leave an empty list out.
        (
            &by_next,
            vec![
                json!({"data": [1], "next": "b"}),
                json!({"next": "c"}),
                json!({"data": [2]}),
            ],
            cursors(&["b", "c"]),
            json!({"data": [1, 2]}),
        ),
        (&by_next, vec![json!({"n": 0})], vec![], json!({"n": 0})),
        (
            &by_next,
            vec![json!({"data": [], "n": 0})],
            vec![],
            json!({"data": [], "n": 0}),
        ),
        // An empty body behind the last page says nothing.
        (
            &by_next,
            vec![json!({"data": [1], "next": "b"}), json!(null)],
            cursors(&["b"]),
            json!({"data": [1], "next": "b"}),
        ),
    ];
    for (written, pages, asked, value) in table {
        let (found, joined) = walk(&pagination(written.clone()), &pages).expect("pages");
        assert_eq!(found, asked, "{pages:?}");
        assert_eq!((joined.value, joined.end), (value, End::Complete), "{pages:?}");
    }
}

#[test]
fn more_decides_before_the_style_does() {
    let written = json!({"style": "cursor", "parameter": "after", "next": "next", "items": "data", "more": "more"});
    let paged = pagination(written);
    for (more, asks) in [(json!(true), true), (json!(false), false), (json!(null), false)] {
        let (asked, _) = walk(&paged, &[json!({"data": [1], "next": "b", "more": more})]).expect("a page");
        assert_eq!(!asked.is_empty(), asks, "{more}");
    }
    // More that nothing leads to is no end.
    for (next, more, end) in [
        (json!(null), json!(true), End::Lost),
        (json!(null), json!(false), End::Complete),
        (json!("b"), json!(false), End::Complete),
    ] {
        let (_, joined) = walk(&paged, &[json!({"data": [1], "next": next, "more": more})]).expect("a page");
        assert_eq!(joined.end, end, "{next} {more}");
    }
    for more in [json!(0), json!("no"), json!([])] {
        let error = walk(&paged, &[json!({"data": [1], "next": "b", "more": more})]).expect_err("no condition");
        assert!(matches!(error, PageError::WrongKind { key: "more", .. }), "{error}");
    }
}

#[test]
fn no_more_pages_are_asked_for_than_may_be() {
    let written = json!({"style": "page", "parameter": "page", "items": "data", "max_pages": 2});
    let pages: Vec<Value> = (1..=5).map(|number| json!({"data": [{"id": number}]})).collect();
    let (asked, joined) = walk(&pagination(written), &pages).expect("pages");
    assert_eq!(asked, [Step::Value(json!(2))]);
    assert_eq!(joined.end, End::Cut(Step::Value(json!(3))));
    assert_eq!((joined.pages, joined.items), (2, 2));
}

#[test]
fn circles_end() {
    let by_next = pagination(json!({"style": "cursor", "parameter": "after", "next": "next", "items": "data"}));
    let page = |id: u32, next: &str| json!({"data": [{"id": id}], "next": next});
    // The same value at once, and after others.
    for pages in [
        vec![page(1, "b"), page(2, "b"), page(3, "b")],
        vec![page(1, "b"), page(2, "c"), page(3, "b"), page(4, "c")],
    ] {
        let (asked, joined) = walk(&by_next, &pages).expect("pages");
        assert_eq!(joined.end, End::NamedAgain, "{pages:?}");
        assert_eq!(asked.len() + 1, joined.items, "{pages:?}");
    }
    let by_url = pagination(json!({"style": "url", "next": "next", "items": "data"}));
    let (asked, joined) = walk(&by_url, &[page(1, "/v1/list")]).expect("a page");
    assert_eq!((asked.len(), joined.end), (0, End::NamedAgain));
    // An API that does not know the parameter answers with the first page again.
    let counted = pagination(json!({"style": "page", "parameter": "page", "items": "data"}));
    let (asked, joined) = walk(&counted, &[page(1, ""), page(1, ""), page(1, "")]).expect("pages");
    assert_eq!((asked.len(), joined.items, joined.end), (1, 1, End::SameItems));
    let plain = json!({"data": [0]});
    let (_, joined) = walk(&counted, &[plain.clone(), plain, json!({"data": []})]).expect("pages");
    assert_eq!((joined.items, joined.end), (2, End::Complete));
}

#[test]
fn another_server_is_never_the_next_page() {
    let by_url = pagination(json!({"style": "url", "next": "next", "items": "data"}));
    for next in [
        "https://api.example.com.evil.example/v1/list?page=2",
        "https://evil.example/v1/list?page=2",
        "//evil.example/v1/list",
        "http://api.example.com/v1/list?page=2",
        "https://api.example.com:8443/v1/list?page=2",
        "https://user@api.example.com/v1/list?page=2",
        "https://:password@api.example.com/v1/list?page=2",
        "file:///etc/passwd",
        "data:text/plain,x",
    ] {
        let error = walk(&by_url, &[json!({"data": [1], "next": next})]).expect_err(next);
        assert_eq!(error, PageError::Elsewhere, "{next}");
        assert!(!error.to_string().contains("example"), "{error}");
    }
}

#[test]
fn what_is_no_list_is_no_page() {
    let in_data = pagination(json!({"style": "page", "parameter": "page", "items": "data.items"}));
    for body in [
        json!({"data": {"items": "text"}}),
        json!({"data": {"items": {"a": 1}}}),
        json!({"data": [1]}),
        json!([1]),
        json!("text"),
    ] {
        let error = walk(&in_data, std::slice::from_ref(&body)).expect_err("no list");
        assert!(matches!(error, PageError::NotAList { .. }), "{body}");
    }
    let whole = pagination(json!({"style": "page", "parameter": "page"}));
    assert!(walk(&whole, &[json!({"data": []})]).is_err());
}

#[test]
fn what_more_computes_of_numbers_in_texts_is_a_comparison() {
    let paged = |more: &str| pagination(json!({"style": "page", "parameter": "page", "items": "items", "more": more}));
    let page = |number: Value, pages: Value| json!({"items": [{"id": number}], "page": number, "pages": pages});
    for (more, pages, asked, end) in [
        (
            "page < pages",
            [page(json!("1"), json!("2")), page(json!("2"), json!("2"))],
            1,
            End::Complete,
        ),
        (
            "pages > page",
            [page(json!("9"), json!("10")), page(json!(10), json!("10"))],
            1,
            End::Complete,
        ),
        (
            "page < pages",
            [page(json!(1), json!(1)), json!(null)],
            0,
            End::Complete,
        ),
        // Beside others, and in either order.
        (
            "items && page < pages",
            [page(json!("9"), json!("10")), page(json!("10"), json!("10"))],
            1,
            End::Complete,
        ),
        (
            "!(page >= pages) && (page < `1` || page < pages)",
            [page(json!("9"), json!("10")), page(json!("10"), json!("10"))],
            1,
            End::Complete,
        ),
        // What is left out says no there, too.
        (
            "more && page < pages",
            [page(json!("1"), json!("2")), json!(null)],
            0,
            End::Complete,
        ),
        // Nobody can say whether there is more.
        ("page < total", [page(json!(1), json!(2)), json!(null)], 0, End::Lost),
        (
            "page < pages",
            [page(json!("first"), json!("2")), json!(null)],
            0,
            End::Lost,
        ),
        // A place with nothing in it is how some APIs say no.
        (
            "metas[0].more",
            [page(json!(1), json!(1)), json!(null)],
            0,
            End::Complete,
        ),
        (
            "meta && meta.more",
            [page(json!(1), json!(1)), json!(null)],
            0,
            End::Complete,
        ),
        ("has_more", [page(json!(1), json!(2)), json!(null)], 0, End::Complete),
    ] {
        let (steps, joined) = walk(&paged(more), &pages).expect("a list");
        assert_eq!((steps.len(), joined.end), (asked, end), "{more} {pages:?}");
    }
}

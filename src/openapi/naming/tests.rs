//! What operations are called.

use super::*;

fn one<'a>(operation_id: Option<&'a str>, method: &'a str, path: &'a str, tag: Option<&'a str>) -> Naming<'a> {
    Naming {
        operation_id,
        method,
        path,
        tag,
        given: None,
    }
}

#[test]
fn names_are_read_from_ids_or_made_of_paths() {
    for (operation, expected) in [
        (
            one(Some("findPetsByStatus"), "GET", "/pets", None),
            "find_pets_by_status",
        ),
        (one(Some("GetHTTPStatus"), "GET", "/", None), "get_http_status"),
        (one(Some("pets.list"), "GET", "/", None), "pets_list"),
        (
            one(Some("calendar.colors.get"), "GET", "/colors", None),
            "calendar_colors_get",
        ),
        (one(Some("floatingIPs_list"), "GET", "/", None), "floating_ips_list"),
        (one(Some("listPACs"), "GET", "/", None), "list_pacs"),
        (one(Some("IPSettings"), "GET", "/", None), "ip_settings"),
        (
            one(Some("read_item_items__item_id__get"), "GET", "/items/{item_id}", None),
            "read_item",
        ),
        (one(Some(""), "GET", "/v1/pets/{petId}", None), "get_pets_by_pet_id"),
        (one(None, "POST", "/api/v2/pets/{petId}/toys", None), "post_pets_toys"),
        (one(None, "GET", "/", None), "get_root"),
        (one(None, "GET", "/v1", None), "get_v1"),
        (one(Some("取得"), "DELETE", "/pets", None), "delete_pets"),
    ] {
        assert_eq!(
            names("crm", std::slice::from_ref(&operation)),
            [expected],
            "{operation:?}"
        );
    }
}

#[test]
fn long_names_lose_what_says_little_and_stay_unique() {
    let path = "/a";
    let long = one(Some("get_the_list_of_customers_for_the_account_api"), "GET", path, None);
    assert_eq!(names("a_connector", &[long]), ["get_list_customers_account"]);
    let longer = |id| one(Some(id), "GET", id, None);
    // What tells them apart is at the end.
    assert_eq!(
        names(
            "crm",
            &[
                longer("retrieveSubscriptionInvoiceLineItemDiscountsPreviewFirst"),
                longer("retrieveSubscriptionInvoiceLineItemDiscountsPreviewSecond"),
                longer("actions/get-github-actions-default-workflow-permissions-organization"),
            ],
        ),
        [
            "retrieve_subscription_invoice_preview_first",
            "retrieve_subscription_invoice_second",
            "actions_get_github_workflow_permissions_org",
        ]
    );
    // In the middle of these there is nothing to leave out.
    let found = names(
        "crm",
        &[
            longer("retrieveSubscriptionInvoiceLineItemDiscounts/preview"),
            longer("incomprehensibilities_of_internationalization_services_first"),
            longer("incomprehensibilities_of_internationalization_services_second"),
        ],
    );
    let unique: HashSet<&String> = found.iter().collect();
    assert!(
        unique.len() == 3 && found.iter().all(|name| name.len() <= 43),
        "{found:?}"
    );
}

#[test]
fn operations_of_the_same_name_are_told_apart_by_tag_then_method_then_path() {
    let found = names(
        "crm",
        &[
            one(Some("list"), "GET", "/pets", Some("Pets")),
            one(Some("list"), "GET", "/toys", Some("Toys")),
            one(Some("get"), "GET", "/a", None),
            one(Some("get"), "POST", "/a", None),
            one(Some("find"), "GET", "/a", None),
            one(Some("find"), "GET", "/b", None),
        ],
    );
    assert_eq!(found[..4], ["pets_list", "toys_list", "get_get", "get_post"]);
    assert!(
        found[4].starts_with("find_") && found[5].starts_with("find_") && found[4] != found[5],
        "{found:?}"
    );
}

#[test]
fn given_names_stay_and_others_go_around_them() {
    let given = Naming {
        given: Some("pets_list"),
        ..one(Some("whatever"), "GET", "/a", None)
    };
    let pets = one(Some("list"), "GET", "/pets", Some("Pets"));
    let toys = one(Some("list"), "GET", "/toys", Some("Toys"));
    assert_eq!(
        names("crm", &[pets, toys, given]),
        ["list_get", "toys_list", "pets_list"]
    );
}

#[test]
fn kept_names_are_given_by_path_then_shape_then_id_and_only_once() {
    let kept = |method: &str, path: &str, id: Option<&str>, name: &str| KeptName {
        method: method.to_owned(),
        path: path.to_owned(),
        operation_id: id.map(str::to_owned),
        name: name.to_owned(),
    };
    let all = [
        kept("GET", "/a", Some("a"), "by_path"),
        kept("GET", "/b", Some("b"), "by_id"),
        kept("GET", "/c/{x}/d", None, "by_shape"),
        kept("GET", "/e", None, "taken"),
        kept("GET", "/f", None, "much_too_long_by_now"),
        kept("GET", "/gone", Some("twice"), "one_of_two"),
        kept("POST", "/gone", Some("twice"), "other_of_two"),
    ];
    let mut operations = [
        one(Some("b"), "GET", "/a", None),
        one(Some("b"), "GET", "/moved", None),
        one(None, "GET", "/c/{y}/d", None),
        one(None, "GET", "/e", None),
        one(None, "GET", "/f", None),
        one(Some("twice"), "GET", "/new", None),
        Naming {
            given: Some("taken"),
            ..one(None, "GET", "/g", None)
        },
    ];
    keep(&mut operations, &all, 12);
    let given: Vec<Option<&str>> = operations.iter().map(|one| one.given).collect();
    assert_eq!(
        given,
        [
            Some("by_path"),
            Some("by_id"),
            Some("by_shape"),
            None,
            None,
            None,
            Some("taken")
        ]
    );
}

#[test]
fn names_are_always_unique_and_always_slugs() {
    let ids = ["a", "A", "a_", "aA", "a-a", "__", "1", "a"];
    let operations: Vec<Naming<'_>> = ids.iter().map(|id| one(Some(id), "GET", "/x", Some("a"))).collect();
    let found = names(&"long".repeat(20), &operations);
    let unique: HashSet<&String> = found.iter().collect();
    assert_eq!(unique.len(), found.len(), "{found:?}");
    for name in &found {
        assert_eq!(&crate::connector::slug_of(name), name);
    }
}

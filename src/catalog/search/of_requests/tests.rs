//! How names that an import made of methods and paths are found.

use super::super::tests::{best, connector, loaded};
use super::*;

/// An import names most operations after their method and path; `post` and `get` in them say nothing that people say.
#[test]
fn names_of_requests_are_read_as_what_they_do() {
    let requests = [
        ("GET", "/v1/customers", "get_customers"),
        ("GET", "/v1/customers/{customer}", "get_customers_customer"),
        ("POST", "/v1/customers", "post_customers"),
        ("POST", "/v1/customers/{customer}", "post_customers_customer"),
        (
            "POST",
            "/v1/customers/{customer}/verify",
            "post_customers_customer_verify",
        ),
        (
            "GET",
            "/v1/customers/{customer}/orders",
            "get_customers_customer_orders",
        ),
        ("DELETE", "/v1/customers/{customer}", "delete_customers_customer_1a2b3c"),
    ];
    let described = requests.map(|(method, path, name)| (method, path, name, format!("{method} {path}")));
    let actions: Vec<_> = described
        .iter()
        .map(|(method, path, name, description)| (*method, *path, *name, description.as_str()))
        .collect();
    let catalog = loaded(vec![connector("Shop", &actions)]);
    for (sentence, meant) in [
        ("list the customers", "get_customers"),
        ("show customer cus_1", "get_customers_customer"),
        ("add a customer", "post_customers"),
        ("change customer cus_1", "post_customers_customer"),
        ("verify customer cus_1", "post_customers_customer_verify"),
        ("what orders does customer cus_1 have?", "get_customers_customer_orders"),
        ("remove customer cus_1", "delete_customers_customer_1a2b3c"),
    ] {
        assert_eq!(best(&catalog, sentence), format!("shop__{meant}"), "{sentence}");
    }
}

/// "Drafts a letter" says what is done, "Draft letters are short" does not.
#[test]
fn a_description_tells_the_verb_where_it_begins_with_one() {
    let actions = [
        ("POST", "/letters", "post_letters", "Creates a letter."),
        (
            "POST",
            "/letters/{letter}",
            "post_letters_letter",
            "Draft letters are short.",
        ),
        (
            "DELETE",
            "/orders/{letter}",
            "delete_orders_letter",
            "Cancels an order.",
        ),
        ("POST", "/letters/search", "post_letters_search", "Finds letters."),
    ];
    let catalog = loaded(vec![connector("Mail", &actions)]);
    for (sentence, meant) in [
        ("create a letter", "post_letters"),
        ("cancel the order 12", "delete_orders_letter"),
        ("find letters", "post_letters_search"),
    ] {
        assert_eq!(best(&catalog, sentence), format!("mail__{meant}"), "{sentence}");
    }
}

#[test]
fn that_it_is_an_api_is_no_part_of_a_name() {
    let steps = steps("/api/v4/projects/{id}/issues");
    assert_eq!(steps.len(), 2);
    assert!(is_made_of(
        &split("get_api_v4_projects_id_issues"),
        &Method::GET,
        &steps
    ));
    assert!(is_made_of(&split("get_projects_id_issues"), &Method::GET, &steps));
    assert!(!is_made_of(&split("get_issues"), &Method::GET, &steps));
}

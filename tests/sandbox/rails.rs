//! Rails and institutions: what is listed, and payment details that are judged by it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use unigox_sandbox::{Rails, Sandbox};

use crate::journey::fixture::{Fixture, Outcome, path_of};

/// Reads from `/api/v1/supported`.
async fn get(fixture: &Fixture, path: &str) -> (u16, Value) {
    let response = fixture.request("GET", &format!("/../supported{path}")).send().await.expect("the sandbox responds");
    let status = response.status().as_u16();
    let body = response.bytes().await.expect("the response is complete");
    (status, serde_json::from_slice(&body).expect("it is JSON"))
}

async fn rails(fixture: &Fixture, query: &str) -> Vec<Value> {
    let (status, body) = get(fixture, &format!("/payment-rails?{query}")).await;
    assert_eq!(status, 200, "{query}: {body}");
    body["data"]["rails"].as_array().expect("it is a list").clone()
}

async fn institutions(fixture: &Fixture, query: &str) -> Vec<Value> {
    let (status, body) = get(fixture, &format!("/institutions?{query}")).await;
    assert_eq!(status, 200, "{query}: {body}");
    body["data"]["institutions"].as_array().expect("it is a list").clone()
}

fn texts(values: &[Value], name: &str) -> Vec<String> {
    values.iter().map(|value| value[name].as_str().expect("it is text").to_owned()).collect()
}

/// Sends payment details for a new user.
async fn create(fixture: &Fixture, body: &Value) -> Outcome {
    let user = fixture.new_user().await;
    fixture.send_json("POST", &path_of(&user, "/payment-details"), body).await
}

#[tokio::test]
async fn rails_are_those_of_the_direction_the_country_and_the_currency() {
    let fixture = Fixture::start().await;
    let of = async |query| texts(&rails(&fixture, query).await, "slug");
    assert_eq!(of("direction=offramp&country=NG").await, ["nip-nigeria"]);
    assert_eq!(of("direction=offramp&country=CN").await, ["cnaps", "alipay-wallet", "wechat-wallet"]);
    assert_eq!(of("direction=onramp&currency=CNY").await, ["cnaps"]);
    assert_eq!(of("direction=offramp&country=DE&currency=EUR").await, ["iban-sepa"]);
    assert_eq!(of("direction=offramp&country=DE&currency=USD").await, Vec::<String>::new());
    let (_, body) = get(&fixture, "/payment-rails?direction=offramp&currency=GBP").await;
    assert_eq!((&body["data"]["country"], &body["data"]["currency"]), (&json!("GB"), &json!("GBP")));
    let (_, body) = get(&fixture, "/payment-rails?direction=offramp&country=GB").await;
    assert_eq!((&body["data"]["country"], &body["data"]["currency"]), (&json!("GB"), &json!("GBP")));
}

#[tokio::test]
async fn a_query_without_direction_or_place_or_with_codes_of_another_length_is_refused() {
    let fixture = Fixture::start().await;
    for query in [
        "",
        "country=NG",
        "direction=sideways&country=NG",
        "direction=offramp",
        "direction=offramp&country_code=NG",
        "direction=offramp&country=NGA",
        "direction=offramp&currency=NGNN",
        "direction=offramp&country=NG&currency=N",
    ] {
        let (status, body) = get(&fixture, &format!("/payment-rails?{query}")).await;
        assert_eq!((status, body["error"].is_string()), (400, true), "{query}: {body}");
    }
}

#[tokio::test]
async fn liquidity_is_told_only_for_a_country_and_a_currency() {
    let fixture = Fixture::start().await;
    for (query, is_told) in [("country=GH&currency=GHS", true), ("country=GH", false), ("currency=GHS", false)] {
        let rails = rails(&fixture, &format!("direction=offramp&{query}")).await;
        let formats = rails[0]["formats"].as_array().expect("it has formats");
        assert!(formats.iter().all(|format| format.get("has_liquidity").is_some() == is_told), "{query}");
    }
}

#[tokio::test]
async fn rails_and_institutions_have_no_member_that_the_document_does_not_describe() {
    let document = unigox_tests::Document::checked_in();
    let fixture = Fixture::start().await;
    let described = |name: &str| -> Option<BTreeSet<String>> {
        let properties = document.value().pointer(&format!("/components/schemas/{name}/properties"))?.as_object()?;
        Some(properties.keys().cloned().collect())
    };
    let check = |schema: &str, value: &Value| {
        let Some(described) = described(schema) else { return };
        let members: BTreeSet<_> = value.as_object().expect("it is an object").keys().cloned().collect();
        assert!(members.is_subset(&described), "{schema}: {:?}", members.difference(&described));
    };
    for rail in every_rail(&fixture).await {
        check("Rails", &rail);
        let formats = rail["formats"].as_array().into_iter().flatten();
        formats.clone().for_each(|format| check("RailFormat", format));
        let fields = formats.chain([&rail]).flat_map(|of| of["fields"].as_array().into_iter().flatten());
        fields.for_each(|field| check("PaymentField", field));
        let slug = rail["slug"].as_str().expect("it has a name");
        for institution in institutions(&fixture, &format!("rail={slug}&limit=100")).await {
            check("Institution", &institution);
        }
    }
}

/// The rails of all countries, each once.
async fn every_rail(fixture: &Fixture) -> Vec<Value> {
    let mut every = Vec::<Value>::new();
    for currency in ["EUR", "NGN", "GBP", "INR", "ARS", "GHS", "CNY", "CAD", "BRL", "KES"] {
        every.extend(rails(fixture, &format!("direction=offramp&currency={currency}")).await);
    }
    assert!(every.len() > 10, "there are only {}", every.len());
    every
}

#[tokio::test]
async fn institutions_are_found_by_what_is_asked_for_and_come_in_pages() {
    let fixture = Fixture::start().await;
    let of = async |query| texts(&institutions(&fixture, query).await, "id");
    assert_eq!(of("rail=ghipss").await, ["volta-bank", "cedi-savings", "cocoa-money", "kente-wallet"]);
    assert_eq!(of("rail=ghipss&search=WALLET").await, ["kente-wallet"]);
    assert_eq!(of("rail=ghipss&institution_id=volta-bank").await, ["volta-bank"]);
    assert_eq!(of("rail=imps-neft-india&code=ecbk").await, ["eastern-coast-bank"]);
    assert_eq!(of("rail=ghipss&country=NG").await, Vec::<String>::new());
    assert_eq!(of("rail=ghipss&currency=NGN").await, Vec::<String>::new());
    assert_eq!(of("rail=iban-sepa&country=LT&currency=EUR").await, ["other-bank", "amber-coast-bank"]);
    let (_, first) = get(&fixture, "/institutions?rail=imps-neft-india").await;
    let total = first["data"]["pagination"]["total"].as_u64().expect("it is a number");
    assert_eq!(first["data"]["pagination"], json!({"total": total, "limit": 20, "offset": 0}));
    assert!(total > 20, "one page has all of them");
    let mut paged = BTreeSet::new();
    for offset in (0..total).step_by(7) {
        let query = format!("rail=imps-neft-india&limit=7&offset={offset}");
        paged.extend(texts(&institutions(&fixture, &query).await, "id"));
    }
    assert_eq!(paged.len() as u64, total);
    assert_eq!(of("rail=imps-neft-india&offset=1000").await, Vec::<String>::new());
    for query in ["", "rail=", "rail=invented", "rail=ghipss&limit=0", "rail=ghipss&limit=101", "rail=ghipss&offset=-1"]
    {
        let (status, body) = get(&fixture, &format!("/institutions?{query}")).await;
        assert_eq!((status, body.pointer("/data/error_key").is_some()), (400, true), "{query}: {body}");
    }
}

#[tokio::test]
async fn an_institution_that_is_away_is_not_listed_and_can_not_be_named() {
    let fixture = Fixture::start().await;
    let account = || {
        json!({"rail": "ghipss", "currency": "GHS", "institution_id": "volta-bank",
               "details": {"full_name": "Ada Obi", "account_number": "1234567890123"}})
    };
    let omitted = || {
        json!({"rail": "alipay-wallet", "currency": "CNY", "details": {
            "first_name": "Ada", "last_name": "Obi", "account_number": "ada@example.com", "mobile_number": "13800138000"}})
    };
    for (is_live, status) in [(true, 201), (false, 400), (true, 201)] {
        fixture.sandbox.set_institution_live("volta-bank", is_live);
        fixture.sandbox.set_institution_live("alipay", is_live);
        let listed = texts(&institutions(&fixture, "rail=ghipss").await, "id");
        assert_eq!(listed.contains(&"volta-bank".to_owned()), is_live);
        assert_eq!(create(&fixture, &account()).await.status, status);
        assert_eq!(create(&fixture, &omitted()).await.status, status, "the assigned one is checked as if it were sent");
        let reason = fixture.sandbox.requests().pop().expect("it is logged").reason.map(|reason| reason.to_string());
        assert_eq!(reason.as_deref(), (!is_live).then_some("state /institution_id: invalid_payment_details"));
    }
}

/// Every kind of account that the rails list: for each format, or for the rail, with an institution and the beneficiary.
async fn every_account(fixture: &Fixture) -> Vec<Value> {
    let mut accounts = Vec::new();
    for rail in every_rail(fixture).await {
        let slug = rail["slug"].as_str().expect("it has a name");
        let known = institutions(fixture, &format!("rail={slug}&limit=100")).await;
        let formats = rail["formats"].as_array().cloned().unwrap_or_else(|| vec![rail.clone()]);
        for format in formats {
            let types = format["institution_types"].as_array().cloned();
            let fits = |institution: &&Value| {
                types.as_ref().is_none_or(|types| types.contains(&institution["institution_type"]))
            };
            let institution = known.iter().find(fits).expect("somebody can be paid");
            let mut details = Map::new();
            for field in format["fields"].as_array().expect("it has fields") {
                let option = field.pointer("/options/0/code");
                let value = option.or_else(|| field.get("placeholder")).expect("it has an example");
                details.insert(field["key"].as_str().expect("it has a name").to_owned(), value.clone());
            }
            if format["beneficiary_type"] == "business" {
                details.insert("beneficiary_type".to_owned(), json!("business"));
            }
            accounts.push(json!({"rail": slug, "currency": rail["currencies"][0], "institution_id": institution["id"],
                                 "details": details}));
        }
    }
    accounts
}

#[tokio::test]
async fn what_a_rail_lists_is_accepted_and_every_field_is_judged() {
    let fixture = Fixture::start().await;
    let rails = every_rail(&fixture).await;
    for account in every_account(&fixture).await {
        assert_eq!(create(&fixture, &account).await.status, 201, "{account}");
        let rail = rails.iter().find(|rail| rail["slug"] == account["rail"]).expect("it is listed");
        let formats = rail["formats"].as_array().into_iter().flatten().chain([rail]);
        let fields: Vec<_> = formats.flat_map(|of| of["fields"].as_array().into_iter().flatten()).collect();
        for key in
            account["details"].as_object().expect("it is an object").keys().filter(|key| *key != "beneficiary_type")
        {
            let field = fields.iter().find(|field| field["key"] == json!(key)).expect("it is listed");
            let change = |value: Option<Value>| {
                let mut changed = account.clone();
                let details = changed["details"].as_object_mut().expect("it is an object");
                match value {
                    Some(value) => details.insert(key.clone(), value),
                    None => details.remove(key),
                };
                changed
            };
            for (changed, status) in [
                (change(None), if field["required"] == json!(true) { 422 } else { 201 }),
                (change(Some(json!("~"))), 422),
                (change(Some(json!("x".repeat(200)))), 422),
                (change(Some(json!(7))), 422),
                (change(Some(json!({}))), 422),
            ] {
                let outcome = create(&fixture, &changed).await;
                assert_eq!(outcome.status, status, "{changed}");
                if status == 422 {
                    let reason = fixture.sandbox.requests().pop().and_then(|request| request.reason);
                    assert_eq!(reason.map(|reason| reason.pointer), Some(format!("/details/{key}")));
                    assert!(outcome.message.expect("it is in words").ends_with(&format!("check {key}")), "{changed}");
                }
            }
        }
    }
}

#[tokio::test]
async fn all_wrong_fields_are_named() {
    let fixture = Fixture::start().await;
    let body = json!({"rail": "iban-sepa", "currency": "EUR", "details": {"full_name": "A", "iban": "DE7"}});
    let outcome = create(&fixture, &body).await;
    assert_eq!(outcome.status, 422);
    assert!(outcome.message.expect("it is in words").ends_with("check full_name, iban"));
}

#[tokio::test]
async fn the_institution_and_the_beneficiary_choose_the_format() {
    let fixture = Fixture::start().await;
    let ghana = |institution: &str, number: &str| {
        let details = json!({"full_name": "Ada Obi", number: "0241234567"});
        json!({"rail": "ghipss", "currency": "GHS", "institution_id": institution, "details": details})
    };
    let china = |rail: &str, institution: &str, beneficiary: Value| {
        let details = json!({
            "first_name": "Ada", "last_name": "Obi", "account_number": "6222021234567890123",
            "mobile_number": "13800138000", "beneficiary_type": beneficiary});
        json!({"rail": rail, "currency": "CNY", "institution_id": institution, "details": details})
    };
    for (body, wrong) in [
        (ghana("volta-bank", "account_number"), None),
        (ghana("volta-bank", "mobile_number"), Some("account_number")),
        (ghana("cocoa-money", "mobile_number"), None),
        (ghana("kente-wallet", "account_number"), Some("mobile_number")),
        (china("cnaps", "yangtze-bank", json!("individual")), None),
        (china("cnaps", "yangtze-bank", json!("business")), Some("company_name")),
        (china("cnaps", "yangtze-bank", json!("company")), Some("beneficiary_type")),
        (china("cnaps", "yangtze-bank", json!(null)), Some("beneficiary_type")),
        (china("alipay-wallet", "alipay", json!("individual")), None),
        (china("alipay-wallet", "alipay", json!("business")), Some("beneficiary_type")),
    ] {
        let outcome = create(&fixture, &body).await;
        assert_eq!(outcome.status, if wrong.is_none() { 201 } else { 422 }, "{body}");
        let message = outcome.message.unwrap_or_default();
        assert!(wrong.is_none_or(|wrong| message.contains(wrong)), "{body}: {message}");
    }
}

#[tokio::test]
async fn an_institution_may_be_left_out_where_the_rail_says_so_and_is_assigned() {
    let fixture = Fixture::start().await;
    let mut assigned = BTreeSet::new();
    for mut account in every_account(&fixture).await {
        let rail = account["rail"].as_str().expect("it is text").to_owned();
        account.as_object_mut().expect("it is an object").remove("institution_id");
        let user = fixture.new_user().await;
        let outcome = fixture.send_json("POST", &path_of(&user, "/payment-details"), &account).await;
        let saved = user.payment_details().list().await.expect("it can be read");
        if outcome.status == 201 {
            let id = saved[0].institution_id.clone().flatten().expect("one is assigned");
            assigned.insert((rail.clone(), id));
        } else {
            assert_eq!((outcome.status, saved.len()), (400, 0), "{rail}");
        }
        let body = fixture.sandbox.requests().into_iter().rev().find_map(|request| request.body);
        assert_eq!(body, Some(account), "the log has what was sent");
    }
    let expected = [
        ("alipay-wallet", "alipay"),
        ("faster-payments", "other-bank"),
        ("iban-sepa", "other-bank"),
        ("imps-neft-india", "imps-or-neft-transfer"),
        ("interac-e-transfer", "interac-e-transfers"),
        ("nip-nigeria", "other-bank"),
        ("wechat-wallet", "wechat-pay"),
    ];
    assert_eq!(assigned, expected.map(|(rail, id)| (rail.to_owned(), id.to_owned())).into());
}

#[tokio::test]
async fn unknown_rails_currencies_and_institutions_are_refused() {
    let fixture = Fixture::start().await;
    let body = |rail: &str, currency: &str, institution: &str| {
        let details = json!({"full_name": "Ada Obi", "account_number": "1234567890123"});
        json!({"rail": rail, "currency": currency, "institution_id": institution, "details": details})
    };
    for (body, field) in [
        (body("invented", "GHS", "volta-bank"), "/rail"),
        (body("ghipss", "EUR", "volta-bank"), "/currency"),
        (body("ghipss", "GHS", "invented"), "/institution_id"),
        (body("ghipss", "GHS", "lagoon-bank"), "/institution_id"),
        (body("ghipss", "GHS", " "), "/institution_id"),
    ] {
        let outcome = create(&fixture, &body).await;
        assert_eq!((outcome.status, outcome.key.as_deref()), (400, Some("invalid_payment_details")), "{body}");
        let reason = fixture.sandbox.requests().pop().and_then(|request| request.reason).expect("it is refused");
        assert_eq!(reason.pointer, field);
    }
    // On this rail it is ignored.
    let india = json!({"rail": "imps-neft-india", "currency": "INR", "institution_id": "invented", "details": {
        "full_name": "Ada Obi", "bank_name": "A bank", "ifsc_code": "ECBK0001234", "account_number": "123456789012"}});
    assert_eq!(create(&fixture, &india).await.status, 201);
}

#[tokio::test]
async fn a_test_brings_rails_of_its_own_with_a_pattern_that_is_not_valid() {
    let text = "
rails:
  - countries: [TG]
    rail: { slug: own, institution_required: true, currencies: [XOF], fields: [{ key: phone, required: true, pattern: '(' }] }
institutions:
  - { institution: { id: own-bank, name: Own Bank, supported_rails: [own] } }
";
    let rails_of_test = Rails::from_yaml(text).expect("they are valid");
    let fixture = Fixture::with(Sandbox::builder().rails(rails_of_test)).await;
    let listed = rails(&fixture, "direction=offramp&country=TG").await;
    assert_eq!(listed[0]["fields"][0]["pattern"], "(");
    let body =
        |details: Value| json!({"rail": "own", "currency": "XOF", "institution_id": "own-bank", "details": details});
    assert_eq!(create(&fixture, &body(json!({"phone": "1"}))).await.status, 201);
    assert_eq!(create(&fixture, &body(json!({}))).await.status, 422);
    assert_eq!(rails(&fixture, "direction=offramp&country=NG").await, Vec::<Value>::new());
}

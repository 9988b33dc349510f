//! Forms of rails of several kinds: which fields they have, what they accept, and what is sent.

use serde_json::{Value, json};
use unigox::{
    AccountDetails, Error, ErrorKind, FieldRule, NipAccount, PaymentDetails, RailForm, SepaAccount,
    types::{Institution, PaymentRail},
};
use unigox_tests::{Reply, Server, USER, facade_at};

use super::{institution, rail};

// ---- Which fields ---------------------------------------------------------------------------------------------------

#[test]
fn a_form_lists_the_fields_of_the_rail_as_a_page_needs_them() {
    let form = PaymentDetails::for_rail(&cvu_cbu());
    let fields = serde_json::to_value(form.fields().expect("there is one list")).expect("it is JSON");
    assert_eq!(
        fields,
        json!([
            {"key": "account_type", "label": "Kind of account", "type": "select", "required": true,
             "options": [{"value": "CBU", "label": "CBU (bank)"}, {"value": "CVU", "label": "CVU"}]},
            {"key": "number", "label": "Number", "type": "text", "required": true, "pattern": "^[0-9]{22}$",
             "example": "0000000000000000000000"},
            {"key": "alias", "label": "alias", "type": "text", "required": false, "min_length": 6, "max_length": 20},
        ])
    );
}

#[test]
fn the_kind_of_the_institution_chooses_the_format() {
    let rail = ghipss();
    let keys = |kind: &str| keys(&PaymentDetails::for_rail(&rail).institution(&of_kind(kind)));
    assert_eq!(keys("mobile-money"), ["phone_number", "full_name"]);
    assert_eq!(keys("mobile-wallets"), ["phone_number", "full_name"]);
    assert_eq!(keys("bank-transfer"), ["account_number", "full_name"]);

    let error = PaymentDetails::for_rail(&rail).institution(&of_kind("card")).fields().expect_err("it has no format");
    assert_eq!(rules(&error), [("institution_id", FieldRule::Route)]);
}

#[test]
fn the_kind_of_the_holder_chooses_the_format() {
    let rail = cnaps();
    let form = || PaymentDetails::for_rail(&rail).institution(&of_kind("bank-transfer"));
    assert_eq!(keys(&form()), ["account_number", "full_name"]);
    assert_eq!(keys(&form().business()), ["account_number", "company_name", "company_name_native"]);

    let account = AccountDetails::new().field("account_number", "6222000000000042");
    let account = account.field("company_name", "Obi Ltd").field("company_name_native", "Obi");
    let body = body(&form().business().details(account.clone()).expect("it fits"));
    assert_eq!(body["details"]["beneficiary_type"], "business");
    let error = form().details(account.business()).expect_err("the form is for an individual");
    assert!(rules(&error).contains(&("details.beneficiary_type", FieldRule::Route)), "{error}");

    let mut individuals_alone = cnaps();
    individuals_alone.formats.iter_mut().for_each(|formats| formats.truncate(1));
    let form = PaymentDetails::for_rail(&individuals_alone).institution(&of_kind("bank-transfer")).business();
    assert_eq!(rules(&form.fields().expect_err("there is none")), [("details.beneficiary_type", FieldRule::Route)]);
}

#[test]
fn a_rail_without_formats_takes_a_business_with_its_own_fields() {
    let account = AccountDetails::new().field("full_name", "Obi Ltd").field("sort_code", "123456");
    let form = PaymentDetails::for_rail(&faster_payments()).business();
    let expected = json!({"full_name": "Obi Ltd", "sort_code": "123456", "beneficiary_type": "business"});
    assert_eq!(body(&form.details(account.clone()).expect("it fits"))["details"], expected);
    assert_eq!(body(&form.details(account.business()).expect("it fits"))["details"], expected);
}

#[test]
fn an_account_has_to_fit_one_of_the_formats_if_the_rail_does_not_say_which() {
    let rail = ghipss();
    let form = || PaymentDetails::for_rail(&rail).institution(&institution(json!({"id": "any"})));
    let account = |key: &str, value: &str| AccountDetails::new().field("full_name", "Ada Obi").field(key, value);
    form().details(account("phone_number", "+233241234567")).expect("it fits the first");
    form().details(account("account_number", "0000000042")).expect("it fits the second");
    let error = form().details(account("account_number", "42")).expect_err("it fits none");
    assert_eq!(rules(&error), [("details.account_number", FieldRule::Pattern)]);
}

// ---- What fits ------------------------------------------------------------------------------------------------------

#[test]
fn one_error_names_everything_that_is_wrong_and_what_the_rail_wants_and_no_value() {
    let form = PaymentDetails::for_rail(&cvu_cbu()).currency("USD").country("Argentina");
    let account = AccountDetails::new().field("account_type", "Secret1").field("number", "Secret2");
    let account = account.field("alias", "Se3").field("colour", "Secret4").field("Secret5 42", "Secret6");
    let error = form.details(account).expect_err("nothing is right");
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(
        rules(&error),
        [
            ("institution_id", FieldRule::Required),
            ("currency", FieldRule::Route),
            ("details.account_type", FieldRule::Options),
            ("details.number", FieldRule::Pattern),
            ("details.alias", FieldRule::Length),
            ("details.[hidden]", FieldRule::Known),
            ("details.colour", FieldRule::Known),
            ("country_code", FieldRule::Pattern),
        ]
    );
    assert_eq!(error.field(), Some("institution_id"));
    let message = error.to_string();
    for wanted in [
        "`institution_id` is required on this rail",
        "`currency` is not a currency of the rail, which has `ARS`",
        "`details.account_type` is not one of `CBU`, `CVU`",
        "`details.number` does not match the pattern `^[0-9]{22}$`",
        "`details.alias` has fewer than 6 characters",
        "`details.colour` is not a field of the rail, which has `account_type`, `number`, `alias`",
        "nothing was sent",
    ] {
        assert!(message.contains(wanted), "{wanted:?} is not in {message:?}");
    }
    for shown in [message, format!("{error:?}"), format!("{:?}", error.invalid_fields())] {
        assert!(!shown.contains("Secret") && !shown.contains("Se3"), "{shown}");
    }
}

#[test]
fn an_iban_a_number_with_a_bank_code_and_mobile_money_fit_their_rails() {
    let mobile = PaymentDetails::for_rail(&ghipss()).institution(&of_kind("mobile-money"));
    let nip = rail(json!({"slug": "nip-nigeria", "institution_required": false, "currencies": ["NGN"], "fields": [
        text("account_number", true, Some("^[0-9]{10}$")), text("bank_code", true, Some("^[0-9]{3,6}$"))]}));
    let sepa = iban_sepa();
    for (form, good, bad) in [
        (
            PaymentDetails::for_rail(&sepa),
            json!({"full_name": "Ada Obi", "iban": "DE75512108001245126199"}),
            json!({"full_name": "Ada Obi", "iban": "DE76512108001245126199"}),
        ),
        (
            PaymentDetails::for_rail(&nip),
            json!({"account_number": "0000000042", "bank_code": "058"}),
            json!({"account_number": "0000000042", "bank_code": "GTB"}),
        ),
        (mobile, json!({"phone_number": "+233241234567", "full_name": "Ada Obi"}), json!({"phone_number": "0241"})),
    ] {
        form.details(details(&good)).unwrap_or_else(|error| panic!("{good}: {error}"));
        assert_eq!(form.details(details(&bad)).expect_err("it does not fit").kind(), ErrorKind::InvalidRequest);
    }
}

#[test]
fn a_rail_without_fields_takes_what_it_is_given() {
    let form = PaymentDetails::for_rail(&rail(json!({"slug": "new-rail", "institution_required": false})));
    let form = form.currency("KES");
    assert_eq!(form.fields().ok(), Some(Vec::new()));
    let account = json!({"anything": "goes", "number": 42, "list": ["a"]});
    let payment_details = form.details(details(&account)).expect("the rail says nothing");
    assert_eq!(body(&payment_details)["details"], account);
}

#[test]
fn a_pattern_that_can_not_be_used_is_reported_and_its_field_left_to_the_server() {
    let exponential = "^(([a-z])+.)+[A-Z]([a-z])+$";
    let form = PaymentDetails::for_rail(&rail(json!({
        "slug": "faster-payments", "institution_required": false, "currencies": ["GBP"], "fields": [
            text("broken", true, Some("^[0-9{")), text("look_ahead", true, Some("^(?=.*[0-9]).+$")),
            text("right", true, Some(exponential))]})));
    assert_eq!(form.unchecked_patterns().expect("there is one list"), ["broken", "look_ahead"]);
    let account =
        |right: &str| AccountDetails::new().field("broken", "x").field("look_ahead", "y").field("right", right);
    form.details(account("ab.Cd")).expect("the others are not checked");
    let error = form.details(account(&"a".repeat(4_000))).expect_err("it does not match, and takes no time");
    assert_eq!(rules(&error), [("details.right", FieldRule::Pattern)]);
    let error = form.details(account(&"a".repeat(4_097))).expect_err("it is too long");
    assert_eq!(rules(&error), [("details.right", FieldRule::Length)]);
}

#[test]
fn fields_of_kinds_that_are_not_known_are_left_to_the_server() {
    let field = |kind: &str| json!({"key": "field", "type": kind, "required": true, "pattern": "^a+$"});
    let form = |kind: &str| {
        let rail = rail(json!({"slug": "a-rail", "institution_required": false, "currencies": ["EUR"],
                               "fields": [field(kind)]}));
        PaymentDetails::for_rail(&rail)
    };
    let set = |value: Value| AccountDetails::new().field("field", value);
    form("address").details(set(json!({"city": "Accra"}))).expect("the server knows what it is");
    let error = form("text").details(set(json!({"city": "Accra"}))).expect_err("it is no text");
    assert_eq!(rules(&error), [("details.field", FieldRule::Type)]);
    for kind in ["address", "text", "number"] {
        let error = form(kind).details(set(json!("b"))).expect_err("it does not match");
        assert_eq!(rules(&error), [("details.field", FieldRule::Pattern)]);
    }
}

#[test]
fn blank_fields_are_left_out_and_numbers_are_sent_as_the_rail_has_them() {
    let rail = rail(json!({"slug": "a-rail", "institution_required": false, "currencies": ["EUR"], "fields": [
        text("account", true, Some("^[0-9]+$")), text("alias", false, None),
        {"key": "branch", "type": "number", "required": false}, {"label": "without a key", "required": true}]}));
    let account = json!({"account": 42, "alias": " ", "branch": 7, "other": null});
    let form = PaymentDetails::for_rail(&rail);
    let payment_details = form.details(details(&account)).expect("it fits");
    assert_eq!(body(&payment_details)["details"], json!({"account": "42", "branch": 7}));
    let error = form.details(details(&json!({"account": "\t"}))).expect_err("it is blank");
    assert_eq!(rules(&error), [("details.account", FieldRule::Required)]);
}

// ---- Institution, rail and currency ---------------------------------------------------------------------------------

#[tokio::test]
async fn an_institution_is_left_out_on_any_rail_that_says_so() {
    let server = Server::start().await;
    let user = facade_at(&server.url()).user(USER);
    for slug in ["iban-sepa", "faster-payments", "a-rail-of-tomorrow"] {
        let rail = rail(json!({"slug": slug, "institution_required": false, "currencies": ["EUR"]}));
        let form = PaymentDetails::for_rail(&rail).country("DE");
        assert!(!form.needs_institution());
        let account = AccountDetails::new().field("iban", "DE75512108001245126199");
        let payment_details = form.details(account).expect("it fits");
        let stored = serde_json::to_string(&payment_details).expect("it can be kept");
        let payment_details: PaymentDetails = serde_json::from_str(&stored).expect("it can be read");
        server.reply(Reply::json(
            201,
            &json!({"success": true, "data": {
            "payment_details_id": "1", "rail": slug, "currency": "EUR"}}),
        ));
        user.payment_details().create(&payment_details).await.expect("it is saved");
        assert_eq!(
            server.take_request().json(),
            json!({"rail": slug, "currency": "EUR", "country_code": "DE",
                   "details": {"iban": "DE75512108001245126199"}})
        );
    }
}

#[test]
fn an_institution_is_needed_on_any_rail_that_does_not_say_otherwise() {
    let with = |slug: &str, required: Option<bool>| {
        let mut json = json!({"slug": slug, "currencies": ["EUR"]});
        required.into_iter().for_each(|required| json["institution_required"] = required.into());
        PaymentDetails::for_rail(&rail(json))
    };
    for form in [with("iban-sepa", Some(true)), with("cvu-cbu", Some(true)), with("cvu-cbu", None)] {
        assert!(form.needs_institution(), "{form:?}");
        let error = form.details(AccountDetails::new()).expect_err("it needs one");
        assert_eq!(rules(&error), [("institution_id", FieldRule::Required)]);
        let form = form.institution(&institution(json!({"id": "a-bank"})));
        let payment_details = form.details(AccountDetails::new()).expect("it has one");
        assert_eq!(body(&payment_details)["institution_id"], "a-bank");
    }
    assert!(!with("iban-sepa", None).needs_institution());
}

#[test]
fn an_institution_of_another_rail_and_a_currency_that_is_open_are_refused() {
    let rail = rail(json!({"slug": "a-rail", "institution_required": true, "currencies": ["EUR", "GBP"]}));
    let form = PaymentDetails::for_rail(&rail);
    let there = institution(json!({"id": "a-bank", "supported_rails": ["b-rail", "a-rail"]}));
    let elsewhere = institution(json!({"id": "a-bank", "supported_rails": ["b-rail"]}));
    let nameless = institution(json!({"name": "A Bank"}));
    form.clone().institution(&there).currency("GBP").details(AccountDetails::new()).expect("it fits");
    for (form, wrong) in [
        (form.clone().institution(&there), ("currency", FieldRule::Required)),
        (form.clone().institution(&elsewhere).currency("EUR"), ("institution_id", FieldRule::Route)),
        (form.clone().institution(&nameless).currency("EUR"), ("institution_id", FieldRule::Required)),
    ] {
        assert_eq!(rules(&form.details(AccountDetails::new()).expect_err("it does not fit")), [wrong]);
    }
}

#[tokio::test]
async fn an_institution_that_disappears_is_refused_by_the_server_with_a_typed_error() {
    let server = Server::start().await;
    let user = facade_at(&server.url()).user(USER);
    let form = PaymentDetails::for_rail(&ghipss()).institution(&of_kind("bank-transfer"));
    let account = AccountDetails::new().field("account_number", "0000000042").field("full_name", "Ada Obi");
    let payment_details = form.details(account).expect("it fits");
    for (status, body, key) in [
        (
            400,
            json!({"success": false, "data": {"error_key": "invalid_payment_details"}}),
            Some("invalid_payment_details"),
        ),
        (422, json!({"success": false, "error": "There is no such institution"}), None),
    ] {
        server.reply(Reply::json(status, &body));
        let error = user.payment_details().create(&payment_details).await.expect_err("it was taken away");
        assert_eq!((error.kind(), error.key(), error.effect()), (ErrorKind::Api, key, unigox::Effect::No));
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
        assert_eq!(server.take_requests().len(), 1);
    }
}

// ---- Accounts whose fields are known in advance ---------------------------------------------------------------------

#[test]
fn accounts_whose_fields_are_known_fit_the_forms_of_their_rails() {
    let account = SepaAccount::new("Ada Obi", "de75 5121 0800 1245 1261 99");
    let form = PaymentDetails::for_rail(&iban_sepa());
    form.check(&PaymentDetails::sepa(account.clone())).expect("it fits");
    form.check(&PaymentDetails::sepa(account.clone().business())).expect("it fits");
    form.check(&PaymentDetails::sepa(account.clone().institution("revolut"))).expect("it fits");

    // A rail that was changed meanwhile.
    let mut changed = iban_sepa();
    changed.institution_required = Some(true);
    let bic: unigox::types::PaymentField = serde_json::from_value(text("bic", true, None)).expect("it is a field");
    changed.fields.iter_mut().for_each(|fields| fields.push(bic.clone()));
    let error = PaymentDetails::for_rail(&changed).check(&PaymentDetails::sepa(account)).expect_err("it changed");
    assert_eq!(rules(&error), [("institution_id", FieldRule::Required), ("details.bic", FieldRule::Required)]);

    let error = form.check(&PaymentDetails::nip_nigeria(NipAccount::new("0000000042"))).expect_err("another rail");
    assert!(rules(&error).starts_with(&[("rail", FieldRule::Route), ("currency", FieldRule::Route)]), "{error}");
}

// ---- Rails ----------------------------------------------------------------------------------------------------------

fn text(key: &str, required: bool, pattern: Option<&str>) -> Value {
    let mut field = json!({"key": key, "type": "text", "required": required});
    pattern.into_iter().for_each(|pattern| field["pattern"] = pattern.into());
    field
}

#[test]
fn an_iban_is_sent_without_spaces_and_in_capitals() {
    let form = PaymentDetails::for_rail(&iban_sepa());
    let of = |iban: &str| AccountDetails::new().field("full_name", "Ada Obi").field("iban", iban);
    let payment_details = form.details(of("de75 5121 0800 1245 1261 99")).expect("it is an IBAN");
    let sent = serde_json::to_value(&payment_details).expect("it is JSON");
    assert_eq!(sent["request"]["details"]["iban"], "DE75512108001245126199");
    form.check(&payment_details).expect("it fits");
    // What was made in another way is sent as it is.
    let spaced = PaymentDetails::via("iban-sepa", "other-bank", "EUR").details(of("DE75 5121 0800 1245 1261 99"));
    let error = form.check(&spaced).expect_err("it would be sent with spaces");
    assert_eq!(error.invalid_fields()[0].path(), "details.iban");
}

fn iban_sepa() -> PaymentRail {
    rail(json!({"slug": "iban-sepa", "institution_required": false, "currencies": ["EUR"], "fields": [
        text("full_name", true, None), text("iban", true, Some("^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$"))]}))
}

fn faster_payments() -> PaymentRail {
    rail(json!({"slug": "faster-payments", "institution_required": false, "currencies": ["GBP"], "fields": [
        text("full_name", true, None), text("sort_code", true, Some("^[0-9]{6}$"))]}))
}

fn cvu_cbu() -> PaymentRail {
    rail(json!({"slug": "cvu-cbu", "institution_required": true, "currencies": ["ARS"], "fields": [
        {"key": "account_type", "label": "Kind of account", "type": "select", "required": true,
         "options": [{"code": "CBU", "name": "CBU (bank)"}, {"code": "CVU"}]},
        {"key": "number", "label": "Number", "type": "text", "required": true, "pattern": "^[0-9]{22}$",
         "placeholder": "0000000000000000000000"},
        {"key": "alias", "type": "text", "required": false, "min_length": 6, "max_length": 20}]}))
}

/// Two formats, by the kind of the institution.
fn ghipss() -> PaymentRail {
    rail(json!({"slug": "ghipss", "institution_required": true, "currencies": ["GHS"],
        "fields": [text("best_guess", true, None)],
        "formats": [
            {"id": "mobile-money", "institution_types": ["mobile-money", "mobile-wallets"], "fields": [
                text("phone_number", true, Some(r"^\+233[0-9]{9}$")), text("full_name", true, None)]},
            {"id": "bank", "institution_types": ["bank-transfer"], "fields": [
                text("account_number", true, Some("^[0-9]{10,16}$")), text("full_name", true, None)]}]}))
}

/// Two formats, by the kind of the holder.
fn cnaps() -> PaymentRail {
    rail(json!({"slug": "cnaps", "institution_required": true, "currencies": ["CNY"], "formats": [
        {"id": "cnaps-bank", "beneficiary_type": "individual", "institution_types": ["bank-transfer"], "fields": [
            text("account_number", true, None), text("full_name", true, None)]},
        {"id": "cnaps-bank_business", "beneficiary_type": "business", "institution_types": ["bank-transfer"],
         "fields": [text("account_number", true, None), text("company_name", true, None),
                    text("company_name_native", true, None)]}]}))
}

fn of_kind(kind: &str) -> Institution {
    institution(json!({"id": "an-institution", "institution_type": kind}))
}

fn keys(form: &RailForm) -> Vec<String> {
    form.fields().expect("there is a format").into_iter().map(|field| field.key).collect()
}

fn details(account: &Value) -> AccountDetails {
    account.as_object().expect("it is an object").clone().into()
}

/// What is sent.
fn body(payment_details: &PaymentDetails) -> Value {
    serde_json::to_value(payment_details).expect("it is JSON")["request"].clone()
}

fn rules(error: &Error) -> Vec<(&str, FieldRule)> {
    error.invalid_fields().iter().map(|field| (field.path(), field.rule())).collect()
}

//! Saving payment details once: what was saved before is found, and after a failure the list tells.

use std::{error::Error as _, time::Duration};

use serde_json::{Value, json};
use tokio::time::Instant;
use unigox::{
    AccountDetails, CallOptions, Effect, EnsuredPaymentDetails, Error, ErrorKind, PaymentDetails, PaymentDetailsHandle,
    Result, SepaAccount,
};
use unigox_tests::{Clock, Reply, Server, USER, facade_at};

const IBAN: &str = "DE75 5121 0800 1245 1261 99";

// ---- A history ------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn what_is_saved_already_is_found_wherever_it_is_in_the_list_and_nothing_is_sent() {
    let stage = Stage::open().await;
    for saved in [
        vec![ada("2")],
        vec![older("1"), ada("2"), other_rail("3")],
        vec![other_rail("1"), older("3"), ada("2")],
        vec![ada("2"), ada("4"), older("5")],
    ] {
        stage.server.reply(list(&saved));
        let ensured = stage.ensure().await.expect("it is there");
        assert_eq!((ensured.payment_details_id(), ensured.is_created()), ("2", false), "{saved:?}");
        assert_eq!(stage.methods(), ["GET"]);
    }
}

#[tokio::test]
async fn what_is_not_saved_is_created_whatever_else_is() {
    let stage = Stage::open().await;
    for saved in [vec![], vec![older("1")], vec![other_rail("1"), older("2")]] {
        stage.server.reply(list(&saved));
        stage.server.reply(created(ada("9")));
        let ensured = stage.ensure().await.expect("nothing fails");
        assert!(matches!(&ensured, EnsuredPaymentDetails::Created(saved) if saved.payment_details_id == "9"));
        assert_eq!(ensured.into_saved().payment_details_id, "9");
        assert_eq!(stage.methods(), ["GET", "POST"]);
    }
}

#[tokio::test]
async fn calls_for_one_user_wait_for_each_other_and_one_of_them_saves() {
    let stage = Stage::open().await;
    stage.server.reply(list(&[older("1")]));
    stage.server.reply(created(ada("9")));
    stage.server.reply_otherwise(list(&[older("1"), ada("9")]));
    let of_clone = stage.client.clone().user(USER).payment_details();
    let to_save = ada_to_save();
    let (first, second, third) = tokio::join!(stage.ensure(), stage.ensure(), of_clone.ensure(&to_save));
    let created = [first, second, third].map(|ensured| ensured.expect("nothing fails").is_created());
    assert_eq!(created, [true, false, false]);
    assert_eq!(stage.methods(), ["GET", "POST", "GET", "GET"]);
}

#[tokio::test]
async fn a_call_that_took_effect_although_it_failed_is_found_behind_an_older_account() {
    let stage = Stage::open().await;
    for failure in ambiguous() {
        stage.server.reply(list(&[older("1")]));
        stage.server.reply(failure.clone());
        stage.server.reply(list(&[ada("2"), older("1")]));
        let ensured = stage.ensure().await.unwrap_or_else(|error| panic!("{failure:?}: {error}"));
        assert_eq!((ensured.payment_details_id(), ensured.is_created()), ("2", false), "{failure:?}");
        assert_eq!(stage.methods(), ["GET", "POST", "GET"]);
    }
}

#[tokio::test]
async fn a_call_that_takes_effect_late_is_waited_for() {
    let stage = Stage::open().await;
    for looks in [1, 3, 9] {
        stage.server.reply(list(&[older("1")]));
        stage.server.reply(Reply::raw(""));
        (0..looks).for_each(|_| stage.server.reply(list(&[older("1")])));
        stage.server.reply(list(&[older("1"), ada("2")]));
        let ensured = stage.ensure().await.expect("it is there in the end");
        assert_eq!((ensured.payment_details_id(), ensured.is_created()), ("2", false));
        let methods = stage.methods();
        assert_eq!((methods.len(), methods.iter().filter(|method| *method == "POST").count()), (looks + 3, 1));
    }
}

#[tokio::test]
async fn a_call_that_never_took_effect_ends_with_the_time_and_is_made_by_the_next_call() {
    let stage = Stage::open().await;
    for failure in ambiguous() {
        stage.server.reply(list(&[older("1")]));
        stage.server.reply(failure.clone());
        stage.server.reply_otherwise(list(&[older("1")]));
        let started = Instant::now();
        let error = stage.ensure().await.expect_err("nobody can tell");
        let took = started.elapsed();
        assert_eq!((error.kind(), error.operation_id()), (ErrorKind::OutcomeUnknown, Some("createPaymentDetails")));
        assert!(error.is_transient() && error.attempts() == 1, "{error:?}");
        assert!(error.source().is_some_and(|source| source.is::<Error>()), "{error:?}");
        assert!(
            error.to_string().ends_with("make the same call again in a minute: it looks before it changes anything")
        );
        // A call that times out takes 30 s besides.
        assert!(took >= Duration::from_secs(90) && took <= Duration::from_secs(122), "{failure:?}: {took:?}");
        let methods = stage.methods();
        assert!((13..40).contains(&methods.len()), "{} requests", methods.len());
        assert_eq!(methods.iter().filter(|method| *method == "POST").count(), 1);

        stage.server.reply(list(&[older("1")]));
        stage.server.reply(created(ada("2")));
        assert!(stage.ensure().await.expect("nothing fails").is_created());
        assert_eq!(stage.methods(), ["GET", "POST"]);
    }
}

#[tokio::test]
async fn the_patience_is_the_total_time_out_of_the_call() {
    let stage = Stage::open().await;
    stage.server.reply(list(&[]));
    stage.server.reply(Reply::new(500, ""));
    stage.server.reply_otherwise(list(&[]));
    let options = CallOptions::new().total_timeout(Duration::from_secs(5));
    let handle = stage.client.user(USER).with_options(options).payment_details();
    let started = Instant::now();
    let error = handle.ensure(&ada_to_save()).await.expect_err("nobody can tell");
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert!(started.elapsed() >= Duration::from_secs(5) && started.elapsed() < Duration::from_secs(6));
}

#[tokio::test]
async fn a_refusal_is_returned_at_once() {
    let stage = Stage::open().await;
    for refusal in [
        Reply::new(400, r#"{"success":false,"data":{"error_key":"invalid_payment_details"}}"#),
        Reply::new(401, ""),
        Reply::new(409, ""),
        Reply::new(422, ""),
        Reply::new(429, "").with_header("retry-after", "3"),
        Reply::json(200, &json!({"success": false, "data": {"error_key": "no"}})),
    ] {
        stage.server.reply(list(&[older("1")]));
        stage.server.reply(refusal.clone());
        let error = stage.ensure().await.expect_err("it is refused");
        assert_eq!((error.kind(), error.operation_id()), (ErrorKind::Api, Some("createPaymentDetails")), "{refusal:?}");
        assert_eq!(stage.methods(), ["GET", "POST"], "{refusal:?}");
    }
}

#[tokio::test]
async fn nothing_is_saved_if_the_list_can_not_be_read() {
    let stage = Stage::open().await;
    let odd = Reply::json(200, &json!({"success": true, "data": [5]}));
    for reply in [Reply::new(500, ""), Reply::new(404, ""), Reply::new(200, "<html>"), Reply::raw(""), odd] {
        stage.server.reply_otherwise(reply.clone());
        let error = stage.ensure().await.expect_err("the list can't be read");
        // Whatever the response to the read claims, nothing was saved.
        assert_ne!((error.kind(), error.effect()), (ErrorKind::Decode, Effect::Yes), "{reply:?}");
        let is_read = error.operation_id() == Some("getPaymentDetails");
        assert!(is_read || error.effect() == Effect::No, "{reply:?}: {error}");
        assert!(stage.methods().iter().all(|method| method == "GET"), "{reply:?}");
    }
}

#[tokio::test]
async fn looks_that_fail_do_not_end_the_search_unless_they_can_not_succeed() {
    let stage = Stage::open().await;
    for odd in
        [Reply::new(500, ""), Reply::new(503, ""), Reply::new(200, "<html>"), Reply::new(302, ""), Reply::raw("")]
    {
        stage.server.reply(list(&[]));
        stage.server.reply(Reply::raw(""));
        (0..3).for_each(|_| stage.server.reply(odd.clone()));
        stage.server.reply(list(&[ada("2")]));
        assert_eq!(stage.ensure().await.expect("it is there").payment_details_id(), "2", "{odd:?}");
        stage.methods();
    }
    stage.server.reply(list(&[]));
    stage.server.reply(Reply::raw(""));
    stage.server.reply_otherwise(Reply::new(401, ""));
    let error = stage.ensure().await.expect_err("the key is not valid any more");
    assert_eq!((error.kind(), stage.methods().len()), (ErrorKind::OutcomeUnknown, 3));
}

#[tokio::test]
async fn payment_details_without_their_account_leave_it_open() {
    let stage = Stage::open().await;
    let mut hidden = ada("1");
    hidden["details"] = json!({});
    stage.server.reply(list(&[hidden]));
    let error = stage.ensure().await.expect_err("nobody can tell");
    assert_eq!((error.kind(), error.effect()), (ErrorKind::OutcomeUnknown, Effect::No));
    assert_eq!(stage.methods(), ["GET"]);
    assert!(error.to_string().contains("compare them"), "{error}");
}

#[tokio::test]
async fn a_body_that_is_not_valid_is_refused_before_the_list_is_read() {
    let stage = Stage::open().await;
    let account = SepaAccount::new("Ada Obi", "DE00");
    let error = stage.handle().ensure(&PaymentDetails::sepa(account)).await.expect_err("it is no IBAN");
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidRequest, Some("details.iban")));
    assert_eq!(stage.methods().len(), 0);
}

#[tokio::test]
async fn an_account_on_any_rail_is_found_by_the_fields_that_are_sent() {
    let stage = Stage::open().await;
    let details = AccountDetails::new().field("vpa", "Ada@Bank").business();
    let to_save = PaymentDetails::via("upi-india", "some-bank", "INR").country("IN").details(details);
    let saved = |institution: &str, details: Value| {
        json!({"payment_details_id": "7", "rail": "upi-india", "currency": "INR", "institution_name": "A bank",
               "institution_id": institution, "details": details})
    };
    let business = json!({"vpa": "ada@bank", "beneficiary_type": "business", "added": {"by": "the server"}});
    for (profile, is_same) in [
        (saved("some-bank", business.clone()), true),
        (saved("another-bank", business), false),
        (saved("some-bank", json!({"vpa": "ada@bank"})), false),
        (saved("some-bank", json!({"vpa": "bo@bank", "beneficiary_type": "business"})), false),
    ] {
        stage.server.reply(list(std::slice::from_ref(&profile)));
        stage.server.reply(created(ada("9")));
        let ensured = stage.handle().ensure(&to_save).await.expect("nothing fails");
        assert_eq!(!ensured.is_created(), is_same, "{profile}");
        stage.server.forget_replies();
        stage.methods();
    }
}

#[tokio::test]
async fn neither_outcomes_nor_errors_show_the_account() {
    let stage = Stage::open().await;
    stage.server.reply(list(&[ada("2")]));
    let ensured = stage.ensure().await.expect("it is there");
    let mut shown = format!("{ensured:?} {ensured:#?}");
    stage.server.reply(list(&[]));
    stage.server.reply(Reply::new(500, ada("2").to_string()));
    stage.server.reply_otherwise(list(&[]));
    let error = stage.ensure().await.expect_err("nobody can tell");
    shown += &format!("{error} {error:?} {error:#?}");
    for secret in ["ADA", "Ada", "1245", "SOGE"] {
        assert!(!shown.contains(secret), "{secret} is shown: {shown}");
    }
}

// ---- Support --------------------------------------------------------------------------------------------------------

struct Stage {
    _clock: Clock,
    server: Server,
    client: unigox::Client,
}

impl Stage {
    async fn open() -> Self {
        let clock = Clock::pause();
        let server = Server::start().await;
        let client = facade_at(&server.url());
        Self { _clock: clock, server, client }
    }

    fn handle(&self) -> PaymentDetailsHandle {
        self.client.user(USER).payment_details()
    }

    async fn ensure(&self) -> Result<EnsuredPaymentDetails> {
        self.handle().ensure(&ada_to_save()).await
    }

    /// The methods of the requests since the last call.
    fn methods(&self) -> Vec<String> {
        self.server.take_requests().into_iter().map(|request| request.method).collect()
    }
}

/// Responses after which nobody knows whether the call took effect.
fn ambiguous() -> Vec<Reply> {
    vec![
        Reply::raw(""),
        Reply::raw("").then_silent(),
        Reply::new(408, ""),
        Reply::new(500, ""),
        Reply::new(503, ""),
        Reply::new(200, "<html>").with_header("content-type", "text/html"),
        Reply::new(201, ""),
        Reply::new(201, r#"{"success":true,"data":{"id":1}}"#),
        Reply::new(201, r#"{"success":true,"data":{}}"#).cut_short(),
        Reply::new(201, "{}").endless(),
    ]
}

fn ada_to_save() -> PaymentDetails {
    PaymentDetails::sepa(SepaAccount::new("Ada Obi", IBAN))
}

/// The account as a server may return it.
fn ada(id: &str) -> Value {
    sepa(id, &json!({"full_name": "ADA OBI", "iban": "DE75 5121 0800 1245 1261 99", "bic": "SOGEDEFF"}))
}

/// Another account of the same person.
fn older(id: &str) -> Value {
    sepa(id, &json!({"full_name": "Ada Obi", "iban": "LT121000011101001000"}))
}

fn sepa(id: &str, details: &Value) -> Value {
    json!({"payment_details_id": id, "rail": "iban-sepa", "currency": "EUR", "institution_name": null,
           "institution_id": "other-bank", "details": details})
}

/// The same account on another rail.
fn other_rail(id: &str) -> Value {
    let mut profile = ada(id);
    profile["rail"] = json!("sepa-instant");
    profile
}

fn list(saved: &[Value]) -> Reply {
    Reply::json(200, &json!({"success": true, "data": saved}))
}

fn created(saved: Value) -> Reply {
    Reply::json(201, &json!({"success": true, "data": saved}))
}

//! Payment details: saved, listed, held, deleted.

use unigox::{AccountDetails, CvuCbuAccount, NipAccount, PaymentDetails, SepaAccount};
use unigox_sandbox::Fault;

use super::{fixture::Fixture, person::sepa};

#[tokio::test]
async fn payment_details_have_one_identifier_under_both_names() {
    let fixture = Fixture::start().await;
    let user = fixture.user("customer-42").await;
    let mut saved = Vec::new();
    for _ in 0..3 {
        saved.push(user.payment_details().create(&sepa()).await.expect("it is complete").payment_details_id.clone());
    }
    let listed = user.payment_details().list().await.expect("it can be read");
    let listed: Vec<_> = listed.iter().map(|account| account.payment_details_id.clone()).collect();
    let read = user.get().await.expect("it can be read");
    let read: Vec<_> = read.payment_profiles.iter().flatten().filter_map(|account| account.id.clone()).collect();
    assert_eq!((&listed, &read), (&saved, &saved));
    saved.dedup();
    assert_eq!(saved.len(), 3, "two of them have the same identifier");
}

#[tokio::test]
async fn deleted_payment_details_are_not_listed_and_can_not_be_deleted_again() {
    let fixture = Fixture::start().await;
    let user = fixture.user("customer-42").await;
    let kept = user.payment_details().create(&sepa()).await.expect("it is complete");
    let gone = user.payment_details().create(&sepa()).await.expect("it is complete");
    user.payment_details().delete(&gone.payment_details_id).await.expect("no offer refers to it");
    let again = user.payment_details().delete(&gone.payment_details_id).await.expect_err("it is deleted");
    assert!(again.is_not_found());
    let listed = user.payment_details().list().await.expect("it can be read");
    assert_eq!((listed.len(), &listed[0].payment_details_id), (1, &kept.payment_details_id));
    let next = user.payment_details().create(&sepa()).await.expect("it is complete");
    assert_ne!(next.payment_details_id, gone.payment_details_id, "an identifier is never given twice");
}

#[tokio::test]
async fn payment_details_that_an_offer_refers_to_can_not_be_deleted() {
    let fixture = Fixture::start().await;
    let accounts = fixture.user("customer-42").await.payment_details();
    let saved = accounts.create(&sepa()).await.expect("it is complete");
    fixture.sandbox.hold(&saved.payment_details_id, true);
    for _ in 0..2 {
        let error = accounts.delete(&saved.payment_details_id).await.expect_err("an offer refers to it");
        assert!(error.is_conflict());
    }
    assert_eq!(accounts.list().await.expect("it can be read").len(), 1);
    fixture.sandbox.hold(&saved.payment_details_id, false);
    accounts.delete(&saved.payment_details_id).await.expect("no offer refers to it any more");
}

#[tokio::test]
async fn payment_details_belong_to_one_user() {
    let fixture = Fixture::start().await;
    let (ada, bo) = (fixture.user("ada").await, fixture.user("bo").await);
    let saved = ada.payment_details().create(&sepa()).await.expect("it is complete");
    let error = bo.payment_details().delete(&saved.payment_details_id).await.expect_err("it is Ada's");
    assert!(error.is_not_found());
    assert!(bo.payment_details().list().await.expect("it can be read").is_empty());
    assert_eq!(ada.payment_details().list().await.expect("it can be read").len(), 1);
}

#[tokio::test]
async fn unusual_identifiers_are_not_found() {
    let fixture = Fixture::start().await;
    let accounts = fixture.user("customer-42").await;
    for id in ["a/b?c#d", "../../x", "ä b", "%"] {
        assert!(accounts.payment_details().delete(id).await.expect_err("it does not exist").is_not_found(), "{id}");
    }
    let path = format!("/users/{}/payment-details/%ff", accounts.uuid());
    let response = fixture.request("DELETE", &path).send().await.expect("there is a response");
    assert_eq!(response.status(), 404);
}

#[tokio::test]
async fn payment_details_are_saved_once_whatever_becomes_of_the_response() {
    let fixture = Fixture::start().await;
    let accounts = fixture.user("customer-42").await.payment_details();
    let older = PaymentDetails::sepa(SepaAccount::new("Ada Obi", "LT12 1000 0111 0100 1000"));
    let older = accounts.create(&older).await.expect("it is complete").into_value();
    for fault in [Fault::ResponseLost, Fault::Truncated, Fault::InvalidJson] {
        fixture.sandbox.fault("createPaymentDetails", fault.clone());
        let ensured = accounts.ensure(&sepa()).await.unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        assert!(!ensured.is_created(), "{fault:?}");
        assert_ne!(ensured.payment_details_id(), older.payment_details_id);
        let again = accounts.ensure(&sepa()).await.expect("it is there");
        assert_eq!(again.payment_details_id(), ensured.payment_details_id());
        let listed = accounts.list().await.expect("it can be read");
        assert_eq!(listed.len(), 2, "{fault:?}");
        accounts.delete(ensured.payment_details_id()).await.expect("no offer refers to it");
        // The next fault would wait for a call of its own otherwise.
        assert_eq!(fixture.requests_of("createPaymentDetails").pop(), Some((Some(name_of(&fault)), Some(201))));
    }
}

#[tokio::test]
async fn accounts_of_every_kind_are_found_as_they_were_sent() {
    let fixture = Fixture::start().await;
    let accounts = fixture.user("customer-42").await.payment_details();
    for payment_details in [
        sepa(),
        PaymentDetails::nip_nigeria(NipAccount::new("0123456789").full_name("Ada Obi")),
        PaymentDetails::cvu_cbu("uala", CvuCbuAccount::cvu("0000003100010000000001").phone_number("+5491112345678")),
        PaymentDetails::via("upi-india", "lotus-wallet", "INR").details(AccountDetails::new().field("vpa", "ada@bank")),
    ] {
        let created = accounts.ensure(&payment_details).await.expect("it is complete");
        assert!(created.is_created());
        let found = accounts.ensure(&payment_details).await.expect("it is there");
        assert_eq!((found.is_created(), found.saved()), (false, created.saved()));
    }
    assert_eq!(accounts.list().await.expect("it can be read").len(), 4);
}

fn name_of(fault: &Fault) -> &'static str {
    match fault {
        Fault::ResponseLost => "response_lost",
        Fault::Truncated => "truncated",
        _ => "invalid_json",
    }
}

//! Ownership: a user is found by the partner who created it, and by no other.

use std::sync::Arc;

use unigox_sandbox::{Clock, Sandbox};

use super::{
    fixture::{Fixture, NOON, date},
    person::{Act, Person},
};

#[tokio::test]
async fn a_user_is_created_once_and_found_after_that() {
    let fixture = Fixture::at("2026-02-03T09:15:00Z").await;
    let made = fixture.client.users().create("customer-42", "ada@example.com").await.expect("it is new");
    let found = fixture.client.users().create("customer-42", "another@example.com").await.expect("it is known");
    assert_eq!((made.is_new(), found.is_new()), (true, false));
    assert_eq!((made.http_status().as_u16(), found.http_status().as_u16()), (201, 200));
    assert_eq!(*made, *found, "what is found is what was made");
    assert_eq!(found.email.as_deref(), Some("ada@example.com"));
    let other = fixture.client.users().create("customer-43", "ada@example.com").await.expect("it is new");
    assert!(other.is_new());
    assert_ne!(other.user_uuid, made.user_uuid);
}

#[tokio::test]
async fn the_same_name_with_two_partners_is_two_users() {
    let builder = Sandbox::builder().partner("one", "key-one").partner("two", "key-two");
    let fixture = Fixture::with(builder).await;
    assert_eq!(fixture.sandbox.key(), "key-one");
    let one = fixture.client.users().create("customer-42", "ada@example.com").await.expect("it is new");
    let two = fixture.client_with("key-two").users().create("customer-42", "bo@example.com").await.expect("it is new");
    assert!(one.is_new() && two.is_new());
    assert_ne!(one.user_uuid, two.user_uuid);
    assert_eq!(two.email.as_deref(), Some("bo@example.com"));
    let partners: Vec<_> = fixture.sandbox.requests().into_iter().filter_map(|request| request.partner).collect();
    assert_eq!(partners, ["one", "two"]);
}

#[tokio::test]
async fn partners_that_can_not_be_told_apart_and_secrets_that_are_blank_are_refused() {
    let refused = [
        (Sandbox::builder().partner("one", "key").partner("two", "key"), "two partners have the same key"),
        (Sandbox::builder().partner("one", " "), "the key of a partner is blank"),
        (Sandbox::builder().webhook_secret(""), "the secret of events is blank"),
    ];
    for (builder, reason) in refused {
        let error = builder.start().await.expect_err(reason);
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput, "{error}");
        assert!(error.to_string().starts_with(reason), "{error}");
    }
}

#[tokio::test]
async fn another_partners_user_is_not_found_and_stays_as_it_was() {
    let builder = Sandbox::builder().partner("one", "key-one").partner("two", "key-two");
    let fixture = Arc::new(Fixture::with(builder.clock(Clock::paused_at(date(NOON)))).await);
    let other = fixture.client_with("key-two");
    for call in Act::ALL {
        if matches!(call, Act::VerifyAuth | Act::CreatePartnerUser) {
            continue;
        }
        let person = Person::on(&fixture).await;
        let foreign = person.act_by(call, &other).await.expect_err("it belongs to another partner");
        let unknown = person.act_on_nobody(call, &other).await.expect_err("it does not exist");
        assert!(foreign.is_not_found(), "{call:?}: {foreign}");
        let of = |error: &unigox::Error| error.response().map(|response| (response.status(), response.body().clone()));
        assert_eq!(of(&foreign), of(&unknown), "{call:?} tells them apart");
        assert_ne!(person.is_done(call).await, Some(true), "{call:?} took effect");
        person.act(call).await.unwrap_or_else(|error| panic!("{call:?}: {error}"));
        assert_ne!(person.is_done(call).await, Some(false), "{call:?} took no effect");
    }
}

#[tokio::test]
async fn an_unknown_key_learns_nothing_about_users() {
    let person = Person::new().await;
    let other = person.fixture.client_with("key-of-nobody");
    for call in Act::ALL {
        let foreign = person.act_by(call, &other).await.expect_err("the key is unknown");
        let unknown = person.act_on_nobody(call, &other).await.expect_err("the key is unknown");
        assert!(foreign.is_unauthorized() && unknown.is_unauthorized(), "{call:?}");
        assert_ne!(person.is_done(call).await, Some(true), "{call:?} took effect");
    }
}

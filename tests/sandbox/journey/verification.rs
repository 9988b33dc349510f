//! How a verification progresses: by documents, by polls, by time, as it is scripted.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use unigox::{
    BatchUpload, DocumentFile, DocumentLinks, DocumentType, KycSubmission, KycUpdate, Pii, RegistryNumberType,
    UserHandle, VerificationOutcome, WaitPolicy,
    futures_util::TryStreamExt,
    types::{KycStatus, MissingItem, Verification, VerificationStartStatus, VerificationStatus},
};
use unigox_sandbox::Script;
use unigox_tests::PICTURE;

use super::fixture::{Fixture, NOON, ada};

fn hours(hours: u64) -> Duration {
    Duration::from_secs(hours * 3600)
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

async fn poll(user: &UserHandle) -> Verification {
    user.verification().status().await.expect("it can be read").into_value()
}

/// The status of the user, and the reason of a rejection. Reading it does not count as a poll.
async fn summary(user: &UserHandle) -> (Option<KycStatus>, Option<String>) {
    let read = user.get().await.expect("it can be read");
    let kyc = read.kyc.clone().expect("it was submitted");
    (kyc.status, kyc.rejection_reason.flatten())
}

async fn handed_off(fixture: &Fixture) -> UserHandle {
    let user = fixture.user("customer-42").await;
    user.kyc().submit(&KycSubmission::handoff()).await.expect("it is accepted");
    user
}

fn briefly() -> WaitPolicy {
    WaitPolicy::within(seconds(20)).first_delay(Duration::from_millis(100)).max_delay(Duration::from_millis(100))
}

// ---- Documents ------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn the_second_of_selfie_and_front_starts_the_check_in_either_order() {
    use DocumentType::{IdentityBack, IdentityFront, PassportFront, Selfie};
    let fixture = Fixture::start().await;
    for order in [[IdentityFront, Selfie], [Selfie, IdentityFront], [Selfie, PassportFront]] {
        let user = fixture.known_user().await;
        for kind in [IdentityBack, order[0], order[0]] {
            user.documents().link(kind, "https://example.com/1").await.expect("it is accepted");
            assert_eq!(poll(&user).await.status, VerificationStatus::PendingDocuments);
        }
        let file = DocumentFile::from_bytes("a.png", PICTURE.clone()).expect("it is a PNG");
        user.documents().upload(order[1], file).await.expect("it is accepted");
        assert_eq!(poll(&user).await.status, VerificationStatus::InProgress);
    }
}

#[tokio::test]
async fn a_batch_with_both_starts_the_check_and_one_without_does_not() {
    use DocumentType::{IdentityBack, IdentityFront, NationalId, Selfie};
    for (kinds, status) in [
        (&[Selfie, IdentityFront][..], VerificationStatus::InProgress),
        (&[IdentityFront, IdentityBack, Selfie], VerificationStatus::InProgress),
        (&[IdentityFront, IdentityBack, NationalId], VerificationStatus::PendingDocuments),
    ] {
        let fixture = Fixture::start().await;
        let user = fixture.known_user().await;
        let url = "https://example.com/1";
        let links = kinds.iter().fold(DocumentLinks::new(), |links, kind| links.add(*kind, url));
        user.documents().link_batch(&links).await.and_then(BatchUpload::into_result).expect("all are accepted");
        assert_eq!(poll(&user).await.status, status);
    }
}

#[tokio::test]
async fn documents_before_kyc_find_no_session() {
    let fixture = Fixture::start().await;
    let user = fixture.user("customer-42").await;
    let file = DocumentFile::from_bytes("a.png", PICTURE.clone()).expect("it is a PNG");
    let links = DocumentLinks::new().add(DocumentType::Selfie, "https://example.com/1");
    let documents = user.documents();
    for outcome in [
        documents.upload(DocumentType::Selfie, file).await.map(drop),
        documents.link(DocumentType::Selfie, "https://example.com/1").await.map(drop),
        documents.link_batch(&links).await.map(drop),
    ] {
        assert!(outcome.expect_err("there is no session").is_not_found());
    }
    assert_eq!(poll(&user).await.status, VerificationStatus::NotInitiated);
    user.kyc().submit(&ada()).await.expect("it is accepted");
    documents.link(DocumentType::Selfie, "https://example.com/1").await.expect("now there is one");
}

#[tokio::test]
async fn a_registry_number_stands_for_an_identity_document() {
    let fixture = Fixture::start().await;
    let user = fixture.new_user().await;
    let pii = Pii::new("Ada", "Obi", "NG").registry_number(RegistryNumberType::Nin, "12345678901");
    user.kyc().submit(&KycSubmission::direct(pii)).await.expect("it is accepted");
    let start = user.verification().start().await.expect("it is checked");
    assert_eq!((start.ready, start.missing.as_deref()), (false, Some(&[MissingItem::Selfie][..])));
    user.documents().link(DocumentType::Selfie, "https://example.com/1").await.expect("it is accepted");
    assert_eq!(poll(&user).await.status, VerificationStatus::InProgress);
    let start = user.verification().start().await.expect("it is checked");
    assert_eq!((start.ready, start.status.as_ref()), (true, Some(&VerificationStartStatus::InProgress)));
}

#[tokio::test]
async fn a_verification_is_started_only_for_data_that_was_submitted_directly() {
    let fixture = Fixture::start().await;
    let user = handed_off(&fixture).await;
    let error = user.verification().start().await.expect_err("it was handed off");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(400));
}

#[tokio::test]
async fn a_person_stays_under_review_and_a_completed_session_tells_no_result() {
    for (script, status, kyc_status) in [
        (Script::under_review(), VerificationStatus::UnderReview, KycStatus::UnderReview),
        (Script::completed(), VerificationStatus::Completed, KycStatus::InProgress),
    ] {
        let fixture = Fixture::start().await;
        fixture.sandbox.script(script.after_polls(1));
        let user = handed_off(&fixture).await;
        assert_eq!(poll(&user).await.status, VerificationStatus::InProgress);
        for _ in 0..3 {
            assert_eq!(poll(&user).await.status, status);
        }
        let read = user.get().await.expect("it can be read");
        assert_eq!(read.kyc.as_ref().and_then(|kyc| kyc.status.as_ref()), Some(&kyc_status));
    }
}

// ---- Sessions -------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_session_is_found_by_its_identifier_until_another_replaces_it() {
    let fixture = Fixture::start().await;
    let user = fixture.known_user().await;
    let upload = async || {
        let stored =
            user.documents().link(DocumentType::Selfie, "https://example.com/1").await.expect("it is accepted");
        // The document has dropped it; the sandbox tells it all the same.
        let body = stored.raw().json().expect("it is JSON");
        body["data"]["verification_session_id"].as_str().expect("there is a session").to_owned()
    };
    let first = upload().await;
    assert_eq!(upload().await, first);
    let of = |session: &str| user.verification().of_session(session);
    of(&first).status().await.expect("it is the latest");
    user.kyc().submit(&ada()).await.expect("it may be submitted again");
    assert!(of(&first).status().await.expect_err("it is replaced").is_not_found());
    let second = upload().await;
    assert_ne!(second, first);
    of(&second).status().await.expect("it is the latest");
    assert!(of("a session & more").status().await.expect_err("it does not exist").is_not_found());
}

// ---- Polls ----------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_verdict_is_reached_after_as_many_polls_as_are_scripted() {
    for polls in [0, 1, 2, 5] {
        let fixture = Fixture::start().await;
        fixture.sandbox.script(Script::verified().after_polls(polls));
        let user = handed_off(&fixture).await;
        for _ in 0..polls {
            assert_eq!(summary(&user).await.0, Some(KycStatus::InProgress));
            assert_eq!(poll(&user).await.status, VerificationStatus::InProgress);
        }
        assert_eq!(poll(&user).await.status, VerificationStatus::Verified);
        assert_eq!(summary(&user).await, (Some(KycStatus::Verified), None));
    }
}

#[tokio::test]
async fn polls_count_from_the_start_of_the_check() {
    let fixture = Fixture::start().await;
    fixture.sandbox.script(Script::verified().after_polls(1));
    let user = fixture.known_user().await;
    for _ in 0..3 {
        assert_eq!(poll(&user).await.status, VerificationStatus::PendingDocuments);
    }
    for kind in [DocumentType::Selfie, DocumentType::IdentityFront] {
        user.documents().link(kind, "https://example.com/1").await.expect("it is accepted");
    }
    assert_eq!(poll(&user).await.status, VerificationStatus::InProgress);
    assert_eq!(poll(&user).await.status, VerificationStatus::Verified);
}

#[tokio::test]
async fn every_verdict_ends_a_wait_with_its_outcome() {
    type IsIt = fn(&VerificationOutcome) -> bool;
    for (script, is_it, reason, status) in [
        (Script::verified(), VerificationOutcome::is_verified as IsIt, None, KycStatus::Verified),
        (
            Script::rejected("the photo is blurred"),
            |outcome| matches!(outcome, VerificationOutcome::Rejected(_)),
            Some("the photo is blurred"),
            KycStatus::VerificationRejected,
        ),
        // A user does not have such a status.
        (
            Script::failed("no light"),
            |outcome| matches!(outcome, VerificationOutcome::Failed(_)),
            Some("no light"),
            KycStatus::InProgress,
        ),
    ] {
        let fixture = Fixture::start().await;
        fixture.sandbox.script(script.after_polls(1));
        let user = handed_off(&fixture).await;
        let shown = Arc::new(Mutex::new(Vec::new()));
        let pages = Arc::clone(&shown);
        let show = move |url: &str| pages.lock().expect("no other thread panicked").push(url.to_owned());
        let outcome = user.verification().wait(briefly().on_action(show)).await.expect("it ends");
        assert!(is_it(&outcome), "{outcome:?}");
        let messages = outcome.verification().provider_messages.clone().flatten();
        assert_eq!(messages.as_deref(), reason.map(|reason| vec![reason.to_owned()]).as_deref());
        assert_eq!(outcome.verification_url(), None);
        assert_eq!(shown.lock().expect("no other thread panicked").len(), 1);
        assert_eq!(fixture.requests_of("getVerificationStatus").len(), 2);
        let refused = reason.filter(|_| status == KycStatus::VerificationRejected).map(str::to_owned);
        assert_eq!(summary(&user).await, (Some(status), refused));
    }
}

#[tokio::test]
async fn changes_are_yielded_in_order() {
    let fixture = Fixture::start().await;
    fixture.sandbox.script(Script::rejected("blurred").after_polls(2));
    let user = handed_off(&fixture).await;
    let changes: Vec<_> = user.verification().changes(briefly()).try_collect().await.expect("it ends");
    let statuses: Vec<_> = changes.into_iter().map(|change| change.status).collect();
    assert_eq!(statuses, [VerificationStatus::InProgress, VerificationStatus::VerificationRejected]);
    assert_eq!(fixture.requests_of("getVerificationStatus").len(), 3);
}

#[tokio::test]
async fn a_wait_continues_after_a_fault() {
    let fixture = Fixture::start().await;
    fixture.sandbox.script(Script::verified().after_polls(0));
    let user = handed_off(&fixture).await;
    fixture.sandbox.fault("getVerificationStatus", unigox_sandbox::Fault::status(500));
    assert!(user.verification().wait(briefly()).await.expect("it ends").is_verified());
    assert_eq!(fixture.requests_of("getVerificationStatus"), [(Some("status"), Some(500)), (None, Some(200))]);
}

// ---- Time -----------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_verdict_is_reached_when_its_time_has_passed() {
    let fixture = Fixture::at(NOON).await;
    fixture.sandbox.script(Script::rejected("blurred").after(seconds(90)).after_polls(1000));
    let user = handed_off(&fixture).await;
    fixture.sandbox.advance(seconds(89));
    assert_eq!(poll(&user).await.status, VerificationStatus::InProgress);
    fixture.sandbox.advance(seconds(1));
    assert_eq!(summary(&user).await, (Some(KycStatus::VerificationRejected), Some("blurred".to_owned())));
    assert_eq!(poll(&user).await.status, VerificationStatus::VerificationRejected);
}

#[tokio::test]
async fn other_operations_see_that_the_time_has_passed() {
    let fixture = Fixture::at(NOON).await;
    fixture.sandbox.script(Script::verified().after(seconds(90)).after_polls(1000));
    let user = handed_off(&fixture).await;
    fixture.sandbox.advance(seconds(90));
    let found = fixture.client.users().create("customer-42", "ada@example.com").await.expect("it is known");
    assert_eq!((found.is_new(), &found.kyc_status), (false, &KycStatus::Verified));

    let other = fixture.user("customer-43").await;
    other.kyc().submit(&KycSubmission::handoff()).await.expect("it is accepted");
    fixture.sandbox.advance(seconds(90));
    let again = other.kyc().submit(&KycSubmission::handoff()).await.expect("it is accepted");
    assert_eq!(again.kyc_status, KycStatus::Verified, "a verified person stays verified");
    assert_eq!(poll(&user).await.status, VerificationStatus::Verified);
}

#[tokio::test]
async fn time_counts_from_the_start_of_the_check() {
    let fixture = Fixture::at(NOON).await;
    fixture.sandbox.script(Script::verified().after(seconds(90)).after_polls(1000));
    let user = fixture.known_user().await;
    fixture.sandbox.advance(hours(5));
    assert_eq!(poll(&user).await.status, VerificationStatus::PendingDocuments);
    for kind in [DocumentType::Selfie, DocumentType::IdentityFront] {
        user.documents().link(kind, "https://example.com/1").await.expect("it is accepted");
    }
    assert_eq!(poll(&user).await.status, VerificationStatus::InProgress);
    fixture.sandbox.advance(seconds(90));
    assert_eq!(poll(&user).await.status, VerificationStatus::Verified);
}

#[tokio::test]
async fn a_page_is_returned_until_the_verdict_and_its_seconds_run_down() {
    let fixture = Fixture::at(NOON).await;
    fixture.sandbox.script(Script::verified().after_polls(3));
    let user = fixture.user("customer-42").await;
    let taken = user.kyc().submit(&KycSubmission::handoff()).await.expect("it is accepted");
    assert!(taken.verification_url.as_ref().and_then(Option::as_ref).is_some_and(|url| url.starts_with("https://")));
    for (by, left) in [(0, 3600), (90, 3510), (4000, 0)] {
        fixture.sandbox.advance(seconds(by));
        let now = poll(&user).await;
        assert_eq!(
            (now.verification_url, now.verification_seconds_left),
            (taken.verification_url.clone(), Some(Some(left)))
        );
    }
    let now = poll(&user).await;
    assert_eq!(now.status, VerificationStatus::Verified);
    assert_eq!((now.verification_url, now.verification_seconds_left), (None, None));
}

#[tokio::test]
async fn a_session_expires_after_an_hour_however_often_it_is_polled() {
    for submission in [KycSubmission::handoff(), ada()] {
        for script in [Script::expired(), Script::expired().after_polls(0)] {
            let fixture = Fixture::at(NOON).await;
            fixture.sandbox.script(script);
            let user = fixture.user("customer-42").await;
            user.kyc().submit(&submission.clone()).await.expect("it is accepted");
            fixture.sandbox.advance(seconds(3599));
            for _ in 0..5 {
                let status = poll(&user).await.status;
                assert!(matches!(status, VerificationStatus::InProgress | VerificationStatus::PendingDocuments));
            }
            fixture.sandbox.advance(seconds(1));
            let now = poll(&user).await;
            assert_eq!(now.status, VerificationStatus::Failed);
            assert_eq!(now.provider_messages.flatten().map(|messages| messages.len()), Some(1));
            assert_eq!((now.verification_url, now.verification_seconds_left), (None, None));
        }
    }
}

#[tokio::test]
async fn the_clock_does_not_overflow() {
    let fixture = Fixture::at(NOON).await;
    fixture.sandbox.advance(Duration::MAX);
    fixture.sandbox.advance(Duration::MAX);
    let user = handed_off(&fixture).await;
    assert_eq!(poll(&user).await.verification_seconds_left, Some(Some(3600)));
    assert!(user.get().await.expect("it can be read").created_at.is_some());
}

// ---- Further submissions --------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_verified_person_stays_verified() {
    let fixture = Fixture::start().await;
    fixture.sandbox.script(Script::verified().after_polls(0));
    let user = handed_off(&fixture).await;
    assert_eq!(poll(&user).await.status, VerificationStatus::Verified);
    user.kyc().update(&KycUpdate::new().city("Vilnius").address("A 1")).await.expect("it is accepted");
    assert_eq!(poll(&user).await.status, VerificationStatus::Verified);
    fixture.sandbox.script(Script::rejected("blurred").after_polls(0));
    let again = user.kyc().submit(&ada()).await.expect("it is accepted");
    assert_eq!(again.kyc_status, KycStatus::Verified);
    user.documents().link(DocumentType::Selfie, "https://example.com/1").await.expect("it is accepted");
    assert_eq!(poll(&user).await.status, VerificationStatus::Verified);
    assert_eq!(summary(&user).await, (Some(KycStatus::Verified), None));
}

#[tokio::test]
async fn a_rejected_person_may_submit_again() {
    let fixture = Fixture::start().await;
    fixture.sandbox.script(Script::rejected("blurred").after_polls(0));
    let user = handed_off(&fixture).await;
    assert_eq!(poll(&user).await.status, VerificationStatus::VerificationRejected);
    fixture.sandbox.script(Script::verified().after_polls(0));
    assert_eq!(poll(&user).await.status, VerificationStatus::VerificationRejected, "it was submitted before");
    user.kyc().submit(&KycSubmission::sumsub("a token")).await.expect("it is accepted");
    assert_eq!(poll(&user).await.status, VerificationStatus::Verified);
}

#[tokio::test]
async fn a_script_for_one_user_takes_precedence_over_that_for_all() {
    let fixture = Fixture::start().await;
    fixture.sandbox.script(Script::verified().after_polls(0));
    fixture.sandbox.script_user("customer-43", Script::rejected("blurred").after_polls(0));
    fixture.sandbox.script_user("customer-44", Script::failed("no light").after_polls(0));
    let mut statuses = Vec::new();
    for name in ["customer-42", "customer-43", "customer-44", "customer-45"] {
        let user = fixture.user(name).await;
        user.kyc().submit(&KycSubmission::persona("inq_1")).await.expect("it is accepted");
        statuses.push(poll(&user).await.status);
    }
    use VerificationStatus::{Failed, VerificationRejected, Verified};
    assert_eq!(statuses, [Verified, VerificationRejected, Failed, Verified]);
}

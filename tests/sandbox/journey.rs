//! The facade and the sandbox, end to end: every operation, variant, documented status and fault.

mod bodies;
mod faults;
pub(crate) mod fixture;
mod lifetime;
mod log;
mod ownership;
mod payment_details;
mod person;
mod statuses;
mod verification;

use std::time::Duration;

use unigox::{
    DocumentFile, DocumentType, KycSubmission, PaymentDetails, Pii, SepaAccount, WaitPolicy, types::KycStatus,
};
use unigox_sandbox::Script;
use unigox_tests::PICTURE;

use self::fixture::Fixture;

#[tokio::test]
async fn a_user_is_created_verified_and_given_payment_details() {
    let fixture = Fixture::start().await;
    fixture.sandbox.script(Script::verified().after_polls(1));
    assert_eq!(fixture.client.verify_auth().await.expect("the key is known").authenticated, Some(true));
    let created = fixture.client.users().create("customer-42", "ada@example.com").await.expect("it is new");
    assert!(created.is_new());
    assert_eq!((created.email.as_deref(), &created.kyc_status), (Some("ada@example.com"), &KycStatus::NotInitiated));
    let user = fixture.client.user(created.user_uuid);

    let pii = Pii::new("Ada", "Obi", "LT");
    let pii = pii.address("Svitrigailos g. 29").city("Vilnius").postal_code("03229");
    user.kyc().submit(&KycSubmission::direct(pii)).await.expect("the data is complete");
    for kind in [DocumentType::IdentityFront, DocumentType::Selfie] {
        let file = DocumentFile::from_bytes("scan.png", PICTURE.clone()).expect("it is a PNG");
        user.documents().upload(kind, file).await.expect("it is accepted");
    }
    let policy = WaitPolicy::within(Duration::from_secs(5)).first_delay(Duration::from_millis(100));
    let outcome = user.verification().wait(policy).await.expect("the status can be read");
    assert!(outcome.is_verified(), "{outcome:?}");

    let account = SepaAccount::new("Ada Obi", "DE75 5121 0800 1245 1261 99");
    let saved = user.payment_details().create(&PaymentDetails::sepa(account)).await.expect("it is complete");
    let read = user.get().await.expect("it is there");
    let kyc = read.kyc.as_ref().expect("it was submitted");
    assert_eq!((&kyc.status, kyc.first_name.as_deref()), (&Some(KycStatus::Verified), Some("Ada")));
    assert_eq!(
        read.payment_profiles.as_ref().expect("it is there")[0].id.as_deref(),
        Some(saved.payment_details_id.as_str())
    );
    user.payment_details().delete(&saved.payment_details_id).await.expect("nothing refers to it");
    assert!(user.payment_details().list().await.expect("it can be read").is_empty());
}

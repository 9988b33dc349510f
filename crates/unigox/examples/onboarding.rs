//! From a new user to saved payment details: `cargo run -p unigox --example onboarding [FRONT SELFIE]`.
//!
//! It starts a mock server of its own, or uses staging if `UNIGOX_API_KEY` is set, for which it needs photos of an identity
//! document and of a person. It prints each step and its result, and no personal data.

#![allow(clippy::print_stdout, reason = "an example shows what it does")]
#![allow(dead_code, missing_docs, unreachable_pub, reason = "the examples share a module")]

mod api;

use std::env;

use indicatif::{ProgressBar, ProgressStyle};
use unigox::{
    DocumentFile, DocumentType, KycSubmission, PaymentDetails, Pii, SepaAccount, VerificationOutcome, chrono::NaiveDate,
};

use api::{Api, Result, or_none};

#[tokio::main]
async fn main() -> Result {
    let api = Api::connect().await?;
    let unigox = &api.unigox;

    step("checking the API key");
    unigox.verify_auth().await?;

    step("creating a user");
    let created = unigox.users().create("example-onboarding", "ada@example.com").await?;
    println!("   {}: {}", if created.is_new() { "new" } else { "known" }, created.user_uuid);
    let user = unigox.user(created.user_uuid);

    step("submitting KYC data");
    let dob = NaiveDate::from_ymd_opt(1990, 12, 10).ok_or("no such date")?;
    let pii = Pii::new("Ada", "Obi", "LT").dob(dob).address("Svitrigailos g. 29").city("Vilnius").postal_code("03229");
    println!("   missing for payouts in EUR: {}", or_none(&pii.missing_for_payout("EUR")));
    let submitted = user.kyc().submit(&KycSubmission::direct(pii)).await?;
    println!("   now {}", submitted.kyc_status);

    for (document_type, file) in documents(&api).await? {
        step(&format!("uploading {document_type}"));
        let bar = ProgressBar::new(file.length())
            .with_style(ProgressStyle::with_template("   {bar:30} {bytes}/{total_bytes}")?);
        let observer = bar.clone();
        let file = file.on_progress(move |progress| observer.set_position(progress.sent));
        let uploaded = user.documents().upload(document_type, file).await?;
        bar.finish();
        println!("   stored as {}", uploaded.document_id().unwrap_or("(no id)"));
    }

    step("waiting for the verification");
    match user.verification().wait(api.wait_policy()).await? {
        VerificationOutcome::Verified(_) => println!("   verified"),
        other => {
            println!("   ended with {}", other.verification().status);
            return Ok(());
        }
    }

    step("saving payment details");
    let account = SepaAccount::new("Ada Obi", "DE75 5121 0800 1245 1261 99");
    let ensured = user.payment_details().ensure(&PaymentDetails::sepa(account)).await?;
    println!("   {}", if ensured.is_created() { "new" } else { "known" });
    let saved = ensured.into_saved();
    let institution = saved.institution_id.as_ref().and_then(Option::as_deref).unwrap_or("none");
    println!("   saved as {}, institution {institution}", saved.payment_details_id);

    step("listing payment details");
    for saved in user.payment_details().list().await?.iter() {
        println!("   {}: {} in {}", saved.payment_details_id, saved.rail, saved.currency);
    }

    step("deleting the payment details");
    user.payment_details().delete(&saved.payment_details_id).await?;
    println!("   {} left", user.payment_details().list().await?.len());
    Ok(())
}

fn step(name: &str) {
    println!("=> {name}");
}

/// The files that were named, or generated ones for the mock server.
async fn documents(api: &Api) -> Result<Vec<(DocumentType, DocumentFile)>> {
    let types = [DocumentType::IdentityFront, DocumentType::Selfie];
    let paths: Vec<_> = env::args_os().skip(1).collect();
    let mut documents = Vec::new();
    for (index, document_type) in types.into_iter().enumerate() {
        let file = match paths.get(index) {
            Some(path) => DocumentFile::open(path).await?,
            None if api.is_sandbox() => {
                let mut photo = b"\xff\xd8\xff\xe0".to_vec();
                photo.resize(3_000_000, 0);
                DocumentFile::from_bytes(format!("{document_type}.jpg"), photo)?
            }
            None => return Err("staging needs photos: name two files, of a document and of a person".into()),
        };
        documents.push((document_type, file));
    }
    Ok(documents)
}

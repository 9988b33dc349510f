//! Documents that Unigox fetches from addresses: `cargo run -p unigox --example batch_links`.

#![allow(clippy::print_stdout, reason = "an example shows what it does")]
#![allow(dead_code, missing_docs, unreachable_pub, reason = "the examples share a module")]

mod api;

use api::{Api, Result, or_none};
use unigox::{DocumentLinks, DocumentType, KycSubmission, Pii};

#[tokio::main]
async fn main() -> Result {
    let api = Api::connect().await?;
    let created = api.unigox.users().create("example-batch-links", "ada@example.com").await?;
    let user = api.unigox.user(created.user_uuid);
    user.kyc().submit(&KycSubmission::direct(Pii::new("Ada", "Obi", "NG"))).await?;

    // Whoever has the address can see the document, so it should expire soon.
    let links = DocumentLinks::new()
        .add(DocumentType::IdentityFront, "https://files.example.com/front.jpg")
        .add(DocumentType::Selfie, "https://files.example.com/selfie.jpg");
    let upload = user.documents().link_batch(&links).await?;
    for document_type in upload.not_uploaded() {
        println!("not stored: {document_type}");
    }
    // Without this, a batch that failed would pass for a success.
    let stored = upload.into_result()?;
    println!("stored: {}", stored.len());

    // Starts the verification, or says what is missing.
    let start = user.verification().start().await?;
    let missing: Vec<_> = start.missing.iter().flatten().map(|item| item.as_str()).collect();
    println!("ready: {}, missing: {}", start.ready, or_none(&missing));

    // An address that is not `https` is refused before anything is sent.
    let refused = DocumentLinks::new().add(DocumentType::Selfie, "http://files.example.com/selfie.jpg");
    println!("{}", refused.validate().err().map_or_else(String::new, |error| error.to_string()));
    Ok(())
}

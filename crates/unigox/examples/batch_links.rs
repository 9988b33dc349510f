//! Documents that Unigox fetches from addresses: `cargo run -p unigox --example batch_links`.

#![allow(clippy::print_stdout, reason = "an example shows what it does")]
#![allow(dead_code, missing_docs, unreachable_pub, reason = "the examples share a module")]

mod api;

use api::{Api, Result};
use unigox::{BatchDocumentType, DocumentLinks, KycSubmission, Pii};

#[tokio::main]
async fn main() -> Result {
    let api = Api::connect().await?;
    let created = api.unigox.users().create("example-batch-links", "ada@example.com").await?;
    let user = api.unigox.user(created.user_uuid);
    user.kyc().submit(&KycSubmission::direct(Pii::new("Ada", "Obi", "NG"))).await?;

    // Whoever has the address can see the document, so it should expire soon.
    let links = DocumentLinks::new()
        .add(BatchDocumentType::IdentityFront, "https://files.example.com/front.jpg")
        .add(BatchDocumentType::Selfie, "https://files.example.com/selfie.jpg");
    let uploaded = user.documents().link_batch(&links).await?;
    println!("accepted; the verification is {:?}", uploaded.verification_status);

    // An address that is not `https` is refused before anything is sent.
    let refused = DocumentLinks::new().add(BatchDocumentType::Selfie, "http://files.example.com/selfie.jpg");
    println!("{}", refused.validate().err().map_or_else(String::new, |error| error.to_string()));
    Ok(())
}

//! The address that payouts in euro need, added later: `cargo run -p unigox --example update_for_eur`.

#![allow(clippy::print_stdout, reason = "an example shows what it does")]
#![allow(dead_code, missing_docs, unreachable_pub, reason = "the examples share a module")]

mod api;

use api::{Api, Result, or_none};
use unigox::{KycSubmission, KycUpdate, Pii};

#[tokio::main]
async fn main() -> Result {
    let api = Api::connect().await?;
    let created = api.unigox.users().create("example-update", "ada@example.com").await?;
    let user = api.unigox.user(created.user_uuid);

    let pii = Pii::new("Ada", "Obi", "LT");
    println!("missing for payouts in EUR: {}", or_none(&pii.missing_for_payout("EUR")));
    user.kyc().submit(&KycSubmission::direct(pii)).await?;

    let update = KycUpdate::new().address("Svitrigailos g. 29").city("Vilnius").postal_code("03229");
    println!("still missing after the update: {}", or_none(&update.missing_for_payout("EUR")));
    let updated = user.kyc().update(&update).await?;
    println!("changed: {}", updated.updated_fields.join(", "));
    Ok(())
}

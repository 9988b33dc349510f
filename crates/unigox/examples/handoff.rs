//! Unigox verifies the person on a page of its own: `cargo run -p unigox --example handoff`.

#![allow(clippy::print_stdout, reason = "an example shows what it does")]
#![allow(dead_code, missing_docs, unreachable_pub, reason = "the examples share a module")]

mod api;

use api::{Api, Result};
use unigox::{KycSubmission, Prefill};

#[tokio::main]
async fn main() -> Result {
    let api = Api::connect().await?;
    let created = api.unigox.users().create("example-handoff", "ada@example.com").await?;
    let user = api.unigox.user(created.user_uuid);

    let prefill = Prefill::new().first_name("Ada").country("NG");
    let submitted = user.kyc().submit(&KycSubmission::handoff_with(prefill)).await?;
    // Whoever has the address can act as the person: send it to their browser, and keep it out of logs.
    println!("there is a page to show: {}", submitted.verification_url.is_some());

    let policy = api.wait_policy().on_action(|_url| println!("the person has to act on the page"));
    let outcome = user.verification().wait(policy).await?;
    println!("ended with {}", outcome.verification().status);
    Ok(())
}

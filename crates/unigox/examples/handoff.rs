//! Unigox verifies the person on a page of its own: `cargo run -p unigox --example handoff`.

#![allow(clippy::print_stdout, reason = "an example shows what it does")]
#![allow(dead_code, missing_docs, unreachable_pub, reason = "the examples share a module")]

mod desk;

use desk::{Desk, Outcome};
use unigox::{KycSubmission, Prefill};

#[tokio::main]
async fn main() -> Outcome {
    let desk = Desk::open().await?;
    let created = desk.unigox.users().create("example-handoff", "ada@example.com").await?;
    let user = desk.unigox.user(created.user_uuid);

    let prefill = Prefill::new().first_name("Ada").country("NG");
    let submitted = user.kyc().submit(KycSubmission::handoff_with(prefill)).await?;
    // The address acts for whoever holds it: it goes to the person's browser, and not into a log.
    println!("there is a page to show: {}", submitted.verification_url.is_some());

    let policy = desk.patience().on_action(|_url| println!("the person has to act on the page"));
    let outcome = user.verification().wait(policy).await?;
    println!("ended with {}", outcome.verification().status);
    Ok(())
}

//! A service of your own, tested with the faults of the mock server:
//! `cargo test -p unigox --example testing_your_service`, or `cargo run` for its output.

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use unigox::{Client, Environment, ErrorKind, PaymentDetails, SepaAccount, uuid::Uuid};
use unigox_sandbox::{Fault, Sandbox};

/// The service: it saves payment details once, even if the response was lost.
async fn save_once(unigox: &Client, user: Uuid, payment_details: &PaymentDetails) -> unigox::Result<String> {
    let handle = unigox.user(user).payment_details();
    match handle.create(payment_details).await {
        Ok(saved) => Ok(saved.into_value().payment_details_id),
        Err(error) if error.kind() == ErrorKind::MaybeSent => {
            let saved = handle.list().await?;
            saved.last().map(|saved| saved.payment_details_id.clone()).ok_or(error)
        }
        Err(error) => Err(error),
    }
}

/// How many payment details there are after the response to the first call was lost.
async fn count_after_a_lost_response() -> Result<usize, Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let environment = Environment::Custom(sandbox.base_url().to_owned());
    let unigox = Client::builder(environment).api_key(sandbox.key()).build()?;
    let user = unigox.users().create("customer-42", "ada@example.com").await?.user_uuid;

    sandbox.fault("createPaymentDetails", Fault::ResponseLost);
    let account = SepaAccount::new("Ada Obi", "DE75 5121 0800 1245 1261 99");
    save_once(&unigox, user, &PaymentDetails::sepa(account)).await?;

    Ok(unigox.user(user).payment_details().list().await?.len())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("payment details after a lost response: {}", count_after_a_lost_response().await?);
    Ok(())
}

#[tokio::test]
async fn payment_details_are_saved_once_even_if_the_response_is_lost() {
    assert_eq!(count_after_a_lost_response().await.expect("the mock server responds"), 1);
}

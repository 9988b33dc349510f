//! A service of your own, tested against the sandbox on its bad days:
//! `cargo test -p unigox --example testing_your_service`, or `cargo run` to see it work.

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use unigox::{Client, Environment, ErrorKind, PaymentDetails, SepaAccount, uuid::Uuid};
use unigox_sandbox::{Fault, Sandbox};

/// The service: it saves an account once, even if the answer to its call was lost.
async fn save_once(unigox: &Client, user: Uuid, account: SepaAccount) -> unigox::Result<String> {
    let accounts = unigox.user(user).payment_details();
    match accounts.create(PaymentDetails::sepa(account)).await {
        Ok(saved) => Ok(saved.into_value().payment_details_id),
        Err(error) if error.kind() == ErrorKind::MaybeSent => {
            let saved = accounts.list().await?;
            saved.last().map(|account| account.payment_details_id.clone()).ok_or(error)
        }
        Err(error) => Err(error),
    }
}

async fn saves_once_even_if_the_answer_is_lost() -> Result<usize, Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let environment = Environment::Custom(sandbox.base_url().to_owned());
    let unigox = Client::builder(environment).api_key(sandbox.key()).build()?;
    let user = unigox.users().create("customer-42", "ada@example.com").await?.user_uuid;

    sandbox.fault("createPaymentDetails", Fault::ResponseLost);
    save_once(&unigox, user, SepaAccount::new("Ada Obi", "DE75 5121 0800 1245 1261 99")?).await?;

    Ok(unigox.user(user).payment_details().list().await?.len())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("accounts after a lost answer: {}", saves_once_even_if_the_answer_is_lost().await?);
    Ok(())
}

#[tokio::test]
async fn an_account_is_saved_once() {
    assert_eq!(saves_once_even_if_the_answer_is_lost().await.expect("the sandbox answers"), 1);
}

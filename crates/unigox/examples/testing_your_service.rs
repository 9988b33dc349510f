//! A service of your own, tested with the faults of the mock server:
//! `cargo test -p unigox --example testing_your_service`, or `cargo run` for its output.

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::time::Duration;

use unigox::{
    CallOptions, Client, EnsuredPaymentDetails, Environment, ErrorKind, PaymentDetails, SepaAccount, UserHandle,
};
use unigox_sandbox::{Fault, Sandbox};

/// The result of the tests.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// What the service tells its own database.
#[derive(Debug, PartialEq)]
enum Payout {
    /// The account is saved under this identifier.
    Ready(String),
    /// Nobody knows yet. The job is to be run again in a minute.
    RunAgain,
}

/// The service: it saves an account once, however often it is called, and whatever becomes of the responses.
async fn save_once(user: &UserHandle, payment_details: &PaymentDetails) -> unigox::Result<Payout> {
    match user.payment_details().ensure(payment_details).await {
        Ok(EnsuredPaymentDetails::Created(saved) | EnsuredPaymentDetails::Found(saved)) => {
            Ok(Payout::Ready(saved.payment_details_id))
        }
        Err(error) if error.kind() == ErrorKind::OutcomeUnknown => Ok(Payout::RunAgain),
        Err(error) => Err(error),
    }
}

/// A person with an account that was saved long ago, and a mock server that can be told to fail.
struct History {
    sandbox: Sandbox,
    user: UserHandle,
    older: String,
}

impl History {
    async fn begin() -> Outcome<Self> {
        let sandbox = Sandbox::start().await?;
        let environment = Environment::Custom(sandbox.base_url().to_owned());
        let unigox = Client::builder(environment).api_key(sandbox.key()).build()?;
        let user = unigox.user(unigox.users().create("customer-42", "ada@example.com").await?.user_uuid);
        let older = user.payment_details().ensure(&account("LT12 1000 0111 0100 1000")).await?;
        Ok(Self { sandbox, user, older: older.payment_details_id().to_owned() })
    }

    /// The person, with less time: the list is watched for so long after a failure.
    fn with_little_time(&self) -> UserHandle {
        self.user.with_options(CallOptions::new().total_timeout(Duration::from_millis(300)))
    }

    /// The identifiers of the accounts that are saved.
    async fn saved(&self) -> Outcome<Vec<String>> {
        let saved = self.user.payment_details().list().await?;
        Ok(saved.iter().map(|saved| saved.payment_details_id.clone()).collect())
    }
}

fn account(iban: &str) -> PaymentDetails {
    PaymentDetails::sepa(SepaAccount::new("Ada Obi", iban))
}

const IBAN: &str = "DE75 5121 0800 1245 1261 99";

#[tokio::main]
async fn main() -> Outcome {
    let history = History::begin().await?;
    println!("saved long ago: {}", history.older);
    history.sandbox.fault("createPaymentDetails", Fault::Reset);
    show("after a call that took no effect", save_once(&history.with_little_time(), &account(IBAN)).await?);
    history.sandbox.fault("createPaymentDetails", Fault::ResponseLost);
    show("after a lost response", save_once(&history.user, &account(IBAN)).await?);
    println!("accounts that are saved: {}", history.saved().await?.join(", "));
    Ok(())
}

fn show(when: &str, payout: Payout) {
    match payout {
        Payout::Ready(id) => println!("{when}: saved as {id}"),
        Payout::RunAgain => println!("{when}: nobody knows, the job is run again"),
    }
}

#[tokio::test]
async fn the_account_is_found_after_a_lost_response_and_not_the_older_one() {
    let history = History::begin().await.expect("the mock server responds");
    history.sandbox.fault("createPaymentDetails", Fault::ResponseLost);
    let payout = save_once(&history.user, &account(IBAN)).await.expect("nothing else fails");
    let saved = history.saved().await.expect("the mock server responds");
    assert_eq!(saved.len(), 2);
    assert_ne!(payout, Payout::Ready(history.older.clone()));
    assert!(saved.iter().any(|id| payout == Payout::Ready(id.clone())), "{payout:?}");

    // The job is run again, because the service was restarted.
    assert_eq!(save_once(&history.user, &account(IBAN)).await.expect("nothing fails"), payout);
    assert_eq!(history.saved().await.expect("the mock server responds").len(), 2);
}

#[tokio::test]
async fn a_call_that_never_took_effect_is_made_by_the_next_run() {
    let history = History::begin().await.expect("the mock server responds");
    history.sandbox.fault("createPaymentDetails", Fault::Reset);
    assert_eq!(
        save_once(&history.with_little_time(), &account(IBAN)).await.expect("nothing else fails"),
        Payout::RunAgain
    );
    assert_eq!(history.saved().await.expect("the mock server responds"), std::slice::from_ref(&history.older));

    let payout = save_once(&history.user, &account(IBAN)).await.expect("nothing fails");
    let saved = history.saved().await.expect("the mock server responds");
    assert_eq!((saved.len(), payout), (2, Payout::Ready(saved[1].clone())));
}

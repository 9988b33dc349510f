//! A typed account goes with its own rail.

fn main() {
    let account = unigox::NipAccount::new("0000000042").expect("ten digits");
    let _ = unigox::PaymentDetails::sepa(account);
}

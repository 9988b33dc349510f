//! An account of one rail does not go with another.

fn main() {
    let account = unigox::NipAccount::new("0000000042");
    let _ = unigox::PaymentDetails::sepa(account);
}

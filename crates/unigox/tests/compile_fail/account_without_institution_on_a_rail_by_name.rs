//! Only a rail that the document lists does without an institution, and a name is not one of them.

fn main() {
    let _ = unigox::PaymentDetails::on("iban-sepa", "EUR");
}

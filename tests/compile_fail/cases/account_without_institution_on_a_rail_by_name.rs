//! Only the rails that the document lists need no institution, and a name is not one of them.

fn main() {
    let _ = unigox::PaymentDetails::on("iban-sepa", "EUR");
}

//! A rail that needs an institution is none that does without.

fn main() {
    let _ = unigox::PaymentDetails::on(unigox::InstitutionOptionalRail::CvuCbu, "ARS");
}

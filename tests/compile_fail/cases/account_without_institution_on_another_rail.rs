//! A rail that needs an institution is not among those that need none.

fn main() {
    let _ = unigox::PaymentDetails::on(unigox::InstitutionOptionalRail::CvuCbu, "ARS");
}

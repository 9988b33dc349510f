//! On any other rail the institution can't be left out.

fn main() {
    let _ = unigox::PaymentDetails::via("cvu-cbu", "ARS");
}

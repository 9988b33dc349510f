//! The first name was verified.

fn main() {
    let _ = unigox::KycUpdate::new().first_name("Ada");
}

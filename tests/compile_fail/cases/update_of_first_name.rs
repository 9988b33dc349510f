//! The first name was verified and can't be changed.

fn main() {
    let _ = unigox::KycUpdate::new().first_name("Ada");
}

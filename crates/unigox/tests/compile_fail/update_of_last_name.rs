//! The last name was verified.

fn main() {
    let _ = unigox::KycUpdate::new().last_name("Obi");
}

//! The last name was verified and can't be changed.

fn main() {
    let _ = unigox::KycUpdate::new().last_name("Obi");
}

//! The country was verified.

fn main() {
    let _ = unigox::KycUpdate::new().country("NG");
}

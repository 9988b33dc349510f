//! The country was verified and can't be changed.

fn main() {
    let _ = unigox::KycUpdate::new().country("NG");
}

//! The credential of a provider is not direct data.

fn main() {
    let _ = unigox::KycSubmission::direct(unigox::KycSubmission::sumsub("token"));
}

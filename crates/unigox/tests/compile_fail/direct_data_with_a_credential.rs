//! One method takes no data of another: the credential of a provider is none of what you state yourself.

fn main() {
    let _ = unigox::KycSubmission::direct(unigox::KycSubmission::sumsub("token"));
}

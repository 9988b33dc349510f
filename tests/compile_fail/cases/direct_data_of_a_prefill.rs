//! The data of a handoff is not enough for direct data.

fn main() {
    let _ = unigox::KycSubmission::direct(unigox::Prefill::new().first_name("Ada"));
}

//! What may be filled in on a page is less than what has to be stated.

fn main() {
    let _ = unigox::KycSubmission::direct(unigox::Prefill::new().first_name("Ada"));
}

//! Persona needs an inquiry.

fn main() {
    let _ = unigox::KycSubmission::persona();
}

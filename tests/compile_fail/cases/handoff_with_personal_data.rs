//! A handoff has names and country alone.

fn hand_off(pii: unigox::Pii) -> unigox::KycSubmission {
    unigox::KycSubmission::handoff_with(pii)
}

fn main() {}

//! The date of birth is not part of a handoff.

fn prefill(date: unigox::chrono::NaiveDate) -> unigox::Prefill {
    unigox::Prefill::new().dob(date)
}

fn main() {}

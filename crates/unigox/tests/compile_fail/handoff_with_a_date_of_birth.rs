//! A page of Unigox asks for the date of birth itself.

fn prefill(date: unigox::chrono::NaiveDate) -> unigox::Prefill {
    unigox::Prefill::new().dob(date)
}

fn main() {}

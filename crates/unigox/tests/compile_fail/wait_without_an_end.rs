//! A wait has an end.

fn main() {
    let _ = unigox::WaitPolicy::new();
}

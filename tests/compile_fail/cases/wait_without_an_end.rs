//! A wait needs a maximum.

fn main() {
    let _ = unigox::WaitPolicy::new();
}

//! The maximum of a wait has no default.

fn main() {
    let _ = unigox::WaitPolicy::default();
}

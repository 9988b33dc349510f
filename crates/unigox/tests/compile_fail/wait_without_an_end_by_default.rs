//! No default says how long to wait.

fn main() {
    let _ = unigox::WaitPolicy::default();
}

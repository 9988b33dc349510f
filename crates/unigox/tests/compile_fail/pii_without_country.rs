//! Whoever states who a person is states their country.

fn main() {
    let _ = unigox::Pii::new("Ada", "Obi");
}

//! Direct data needs the country.

fn main() {
    let _ = unigox::Pii::new("Ada", "Obi");
}

//! The number of an identity document goes with its kind.

fn pii(pii: unigox::Pii) -> unigox::Pii {
    pii.id_number("A01234567")
}

fn main() {}

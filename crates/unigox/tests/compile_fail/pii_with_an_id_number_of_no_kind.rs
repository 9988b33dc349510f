//! The number of an identity document needs the type of the document.

fn pii(pii: unigox::Pii) -> unigox::Pii {
    pii.id_number("A01234567")
}

fn main() {}

//! A submission has a number in a registry, and no number of a document.

fn pii(pii: unigox::Pii) -> unigox::Pii {
    pii.registry_number(unigox::IdType::Passport, "A01234567")
}

fn main() {}

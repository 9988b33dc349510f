//! A number in a registry needs the registry.

fn pii(pii: unigox::Pii) -> unigox::Pii {
    pii.registry_number("12345678901")
}

fn main() {}

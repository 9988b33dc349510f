//! An update has the number of a document, and no number in a registry.

fn update(update: unigox::KycUpdate) -> unigox::KycUpdate {
    update.id_number(unigox::RegistryNumberType::Bvn, "12345678901")
}

fn main() {}

//! The number of an identity document needs the type of the document.

fn update(update: unigox::KycUpdate) -> unigox::KycUpdate {
    update.id_number("A01234567")
}

fn main() {}

//! A batch has fewer types of documents than a single link.

fn main() {
    let _ = unigox::DocumentLinks::new().add(unigox::DocumentType::VoterId, "https://files.example.com/1.jpg");
}

//! A batch takes links, and no files.

async fn link(user: unigox::User, file: unigox::DocumentFile) {
    let _ = user.documents().link_batch(file).await;
}

fn main() {}

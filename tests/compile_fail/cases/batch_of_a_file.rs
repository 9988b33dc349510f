//! A batch has links, and no files.

async fn link(user: unigox::UserHandle, file: unigox::DocumentFile) {
    let _ = user.documents().link_batch(&file).await;
}

fn main() {}

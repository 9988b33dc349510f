// A batch may have failed with a status of success.
#![deny(unused_must_use)]

async fn send(user: unigox::UserHandle, links: unigox::DocumentLinks) -> unigox::Result<()> {
    user.documents().link_batch(&links).await?;
    Ok(())
}

fn main() {}

//! An update is not a submission.

async fn submit(user: unigox::UserHandle) {
    let _ = user.kyc().submit(&unigox::KycUpdate::new()).await;
}

fn main() {}

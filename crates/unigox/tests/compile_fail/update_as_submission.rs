//! A change is no submission.

async fn submit(user: unigox::User) {
    let _ = user.kyc().submit(unigox::KycUpdate::new()).await;
}

fn main() {}

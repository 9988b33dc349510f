//! Payment details without an account can't be saved.

fn main() {}

async fn save(user: unigox::UserHandle) -> unigox::Result<()> {
    let builder = unigox::PaymentDetails::via("cvu-cbu", "uala", "ARS");
    user.payment_details().create(&builder).await?;
    Ok(())
}

//! An account without its data can't be saved.

fn main() {}

async fn save(user: unigox::User) -> unigox::Result<()> {
    let draft = unigox::PaymentDetails::via("cvu-cbu", "uala", "ARS")?;
    user.payment_details().create(draft).await?;
    Ok(())
}

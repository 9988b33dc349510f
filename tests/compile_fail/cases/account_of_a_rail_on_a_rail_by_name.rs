//! An account of one rail is no set of fields for any rail.

fn main() {
    let account = unigox::SepaAccount::new("Ada Obi", "DE75512108001245126199");
    let _ = unigox::PaymentDetails::via("cvu-cbu", "uala", "ARS").details(account);
}

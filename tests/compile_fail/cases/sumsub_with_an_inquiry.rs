//! Sumsub needs a token, and has no inquiry.

fn main() {
    let _ = unigox::KycSubmission::sumsub("token", "inq_1");
}

//! Sumsub has a token, and no inquiry.

fn main() {
    let _ = unigox::KycSubmission::sumsub("token", "inq_1");
}

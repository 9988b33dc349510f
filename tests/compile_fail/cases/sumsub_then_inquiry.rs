//! A submission has the credential of one provider alone.

fn main() {
    let _ = unigox::KycSubmission::sumsub("token").inquiry_id("inq_1");
}

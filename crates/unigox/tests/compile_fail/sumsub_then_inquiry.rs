//! What was verified by one provider takes no credential of the other.

fn main() {
    let _ = unigox::KycSubmission::sumsub("token").inquiry_id("inq_1");
}

//! What constructors check can't be built past them.

fn main() {
    let _ = unigox::KycSubmission { 0: any() };
    let _ = unigox::Pii { 0: any() };
    let _ = unigox::Prefill { 0: any() };
    let _ = unigox::KycUpdate { 0: any() };
    let _ = unigox::DocumentLinks { 0: any() };
    let _ = unigox::PaymentDetails { 0: any() };
    let _ = unigox::PaymentDetailsDraft { 0: any() };
    let _ = unigox::SepaAccount { details: any() };
    let _ = unigox::NipAccount { details: any() };
    let _ = unigox::CvuCbuAccount { details: any() };
}

fn any<T>() -> T {
    loop {}
}

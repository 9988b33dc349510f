//! The contents of a body are private: only constructors and setters make one.

fn main() {
    let _ = unigox::KycSubmission { 0: any() };
    let _ = unigox::Pii { 0: any() };
    let _ = unigox::Prefill { 0: any() };
    let _ = unigox::KycUpdate { 0: any() };
    let _ = unigox::DocumentLinks { 0: any() };
    let _ = unigox::PaymentDetails { body: any(), format: any() };
    let _ = unigox::PaymentDetailsBuilder { route: any(), currency: any(), country: any() };
    let _ = unigox::SepaAccount { 0: any() };
    let _ = unigox::NipAccount { 0: any() };
    let _ = unigox::CvuCbuAccount { 0: any() };
}

fn any<T>() -> T {
    loop {}
}

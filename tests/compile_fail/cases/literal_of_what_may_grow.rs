//! Types that are returned may get more fields.

fn main() {
    let _ = unigox::Progress { sent: 0, total: 0 };
}

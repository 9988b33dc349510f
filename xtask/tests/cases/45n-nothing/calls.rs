pub(crate) fn run() {
    let _ = exchange::<()>;
    let _ = crate::wire::run::<std::future::Ready<()>>;
}

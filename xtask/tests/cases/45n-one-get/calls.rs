pub(crate) fn run() {
    assert_eq!(sent(async |api| api.get_a().await).target, "/a");
}

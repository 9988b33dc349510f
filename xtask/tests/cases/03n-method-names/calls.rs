pub(crate) fn run() {
    let params = types::GetAParams::new().q("x");
    assert_eq!(sent(async |api| api.get_a_with_2(&params).await).target, "/a?q=x");
    assert_eq!(sent(async |api| api.get_a_with().await).target, "/b");
}

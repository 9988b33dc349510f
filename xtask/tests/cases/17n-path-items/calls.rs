pub(crate) fn run() {
    assert_eq!(sent(async |api| api.get_a("1", 2).await).target, "/a/1?q=2");
    assert_eq!(sent(async |api| api.get_b_by_id("1", 2).await).target, "/b/1?q=2");
    let params = types::OptionsCByIdParams::new().q("x");
    let request = sent(async |api| api.options_c_by_id_with("1", &params).await);
    assert_eq!((request.method.as_str(), request.target.as_str()), ("OPTIONS", "/c/1?q=x"));
    assert_eq!(sent(async |api| api.trace_a("1").await).method, "TRACE");
}

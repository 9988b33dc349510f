pub(crate) fn run() {
    let params = types::MakeAParams::new().q(5);
    let body = types::A::default();
    let (request, read) = both(Reply::json(json!({})), async |api| api.make_a_with(&params, &body).await);
    assert_eq!((request.target.as_str(), request.text(), written(&read)), ("/a?q=5", "{}", json!({})));
}

pub(crate) fn run() {
    let params = types::GetAParams::new().p(vec!["x".to_owned(), "y".to_owned()]);
    let (request, value) = both(Reply::json(json!({"a": "p"})), async |api| api.get_a_with(&params).await);
    assert_eq!((request.target.as_str(), request.header("accept")), ("/a?p=x&p=y", Some("application/json")));
    assert_eq!(value.a, Some(types::GetAResponseA::P));
}

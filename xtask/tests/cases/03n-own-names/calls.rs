pub(crate) fn run() {
    let params = types::MakeAParameters::new();
    let body: types::MakeABody = of(json!({"body": "b"}));
    let request = sent(async |api| api.make_a_with("p", "q", "r", &params, Some(&body)).await);
    assert_eq!((request.target.as_str(), request.text()), ("/a/p?params=q&form=r", r#"{"body":"b"}"#));
    let mut params = types::MakeAParameters::new();
    params.new_query = Some("1".to_owned());
    params.default = Some("2".to_owned());
    params.self_ = Some("3".to_owned());
    params.type_ = Some("4".to_owned());
    let request = sent(async |api| api.make_a_with("p", "q", "r", &params, None).await);
    assert_eq!(request.target, "/a/p?params=q&form=r&new=1&default=2&Self=3&type=4");
    assert_eq!((request.text(), request.header("content-type")), ("", None));
}

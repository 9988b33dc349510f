pub(crate) fn run() {
    let body: types::MakeBBody = of(json!({"x": "anything"}));
    assert_eq!(sent(async |api| api.make_b(&body).await).text(), r#"{"x":"anything"}"#);
}

pub(crate) fn run() {
    let params = types::GetTopParams::new().top(3).limit(4);
    let (request, value) = both(Reply::json(json!({"a": "x"})), async |api| api.get_top_with(&params).await);
    assert_eq!(request.target.replace('$', "%24"), "/top?%24top=3&limit=4");
    assert_eq!(value.a.as_deref(), Some("x"));
    assert_eq!(read(Reply::json(json!({"a": "x"})), async |api| api.get_user("1").await), value);
}

pub(crate) fn run() {
    let value = json!({
        "type": "1", "self": "2", "Self": "3", "crate": "4", "new": "5", "default": "6", "a-b": "7", "a_b": "8", "aB": "9",
        "1": "10", "": "11", "$ref": "12", "a\"b\\c": "13", "ü": "14", "emoji 🙂": "15",
    });
    let body: types::A = of(value.clone());
    assert_eq!((body.a_b.as_str(), body.a_b_2.as_deref(), body.a_b_3.as_deref()), ("7", Some("8"), Some("9")));
    assert_eq!((body.self_.as_deref(), body.self_2.as_deref(), body.extra.len()), (Some("2"), Some("3"), 0));
    let (request, read) = both(Reply::json(value.clone()), async |api| api.make_a(&body).await);
    assert_eq!((request.json(), written(&read)), (value.clone(), value));
}

pub(crate) fn run() {
    let (request, value) = both(Reply::json(json!(null)), async |api| api.j(None).await);
    assert_eq!((request.text(), value.is_none()), ("null", true));
    let (request, value) = both(Reply::json(json!("y")), async |api| api.j(Some("x")).await);
    assert_eq!((request.text(), written(&value)), ("\"x\"", json!("y")));
    let (request, value) = both(Reply::json(json!(null)), async |api| api.n(None).await);
    assert_eq!((request.text(), value.is_none()), ("null", true));
    let (request, value) = both(Reply::json(json!({"x": "y"})), async |api| api.n(Some(&types::N::default())).await);
    assert_eq!((request.text(), written(&value)), ("{}", json!({"x": "y"})));
    let (request, value) = both(Reply::json(json!(null)), async |api| api.l(Some(&[1])).await);
    assert_eq!((request.text(), value.is_none()), ("[1]", true));
}

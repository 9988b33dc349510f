pub(crate) fn run() {
    let params = types::MakeAParams::new().x(types::AB::from("y".to_owned()));
    let value = json!({"a": "1", "b/c": {"d": 2}});
    let body: types::A = of(value.clone());
    let (request, read) = both(Reply::json(value.clone()), async |api| api.make_a_with(&params, Some(&body)).await);
    assert_eq!((request.target.as_str(), request.json(), written(&read)), ("/a%20b?x=y", value.clone(), value));
    let (request, read) = both(Reply::json(json!({"d": 2})), async |api| api.get_b().await);
    assert_eq!((request.target.as_str(), read.d), ("/b", Some(2)));
}

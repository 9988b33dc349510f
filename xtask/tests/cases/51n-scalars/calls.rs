pub(crate) fn run() {
    let (request, value) = both(Reply::json(json!(false)), async |api| api.a(true).await);
    assert_eq!((request.text(), value), ("true", false));
    let (request, value) = both(Reply::json(json!(2.5)), async |api| api.b(0.5).await);
    assert_eq!((request.text(), value), ("0.5", 2.5));
    let (request, value) = both(Reply::json(json!(["y"])), async |api| api.c(&["x".to_owned()]).await);
    assert_eq!((request.text(), written(&value)), ("[\"x\"]", json!(["y"])));
    let (request, value) = both(Reply::json(json!("z")), async |api| api.d(&types::DBody::X).await);
    assert_eq!((request.text(), written(&value)), ("\"x\"", json!("z")));
    let (request, value) = both(Reply::json(json!("2020-01-31")), async |api| api.e(of(json!("2020-02-01"))).await);
    assert_eq!((request.text(), written(&value)), ("\"2020-02-01\"", json!("2020-01-31")));
    let map = std::collections::HashMap::from([("k".to_owned(), 1)]);
    let (request, value) = both(Reply::json(json!({"l": 2})), async |api| api.f(&map).await);
    assert_eq!((request.text(), written(&value)), ("{\"k\":1}", json!({"l": 2})));
    let (request, value) = both(Reply::json(json!("y")), async |api| api.g("x").await);
    assert_eq!((request.text(), written(&value)), ("\"x\"", json!("y")));
    let (request, value) = both(Reply::json(json!(null)), async |api| api.h(&json!([1])).await);
    assert_eq!((request.text(), written(&value)), ("[1]", json!(null)));
    let items: Vec<types::IBodyItem> = of(json!([{}, {"x": 1}]));
    let (request, value) = both(Reply::json(json!([{"x": 2}])), async |api| api.i(&items).await);
    assert_eq!((request.text(), value[0].x), ("[{},{\"x\":1}]", Some(2)));
    let (request, _) = both(Reply::json(json!("y")), async |api| api.k(KText::text()).await);
    assert_eq!(request.text(), "\"xy\"");
    let (request, value) = both(Reply::json(json!(9)), async |api| api.l(&types::LBody::Value1).await);
    assert_eq!((request.text(), written(&value)), ("1", json!(9)));
}

struct KText;

impl KText {
    fn text() -> &'static str {
        "xy"
    }
}

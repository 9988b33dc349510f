pub(crate) fn run() {
    let o = || of::<types::O>(json!({"x": 1, "y": "a b"}));
    let params = types::GetAParams::new()
        .x_o(o())
        .x_e(o())
        .x_j(o())
        .m(std::collections::HashMap::from([("k l".to_owned(), 5)]))
        .d(of::<Value>(json!({"p": "q&"})).as_object().cloned().map_or_else(Default::default, |map| {
            map.into_iter().map(|(key, value)| (key, value.as_str().unwrap_or_default().to_owned())).collect::<std::collections::HashMap<_, _>>()
        }));
    let request = sent(async |api| api.get_a_with(&o(), &o(), &params).await);
    assert_eq!(request.target, "/a/x=1,y=a%20b/%7B%22x%22%3A1%2C%22y%22%3A%22a%20b%22%7D?k%20l=5&d[p]=q%26");
    assert_eq!(request.header("x-o"), Some("x,1,y,a b"));
    assert_eq!(request.header("x-e"), Some("x=1,y=a b"));
    assert_eq!(request.header("x-j"), Some(r#"{"x":1,"y":"a b"}"#));
}

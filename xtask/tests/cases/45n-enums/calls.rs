pub(crate) fn run() {
    for value in [
        json!({"odd": "", "twins": "a_b", "same": "x", "case": "ASC", "ints": -1, "nums": 0.5, "bools": true, "list": ["p"]}),
        json!({"odd": "new", "ints": 77, "nums": 0.25, "bools": false, "list": ["r"], "mixed": 1, "typeless": "c", "one": "two"}),
        json!({"ints": 9007199254740993_i64, "mixed": true}),
    ] {
        let body: types::A = of(value.clone());
        let (request, read) = both(Reply::json(value.clone()), async |api| api.make_a(&body).await);
        assert_eq!((request.json(), written(&read)), (value.clone(), value));
    }
    let body = types::B::new(types::BSort::Desc, types::BLevel::Value2);
    assert_eq!(sent(async |api| api.make_b(&body).await).text(), r#"{"sort":"desc","level":2}"#);
    assert!(serde_json::from_value::<types::B>(json!({"sort": "up", "level": 1})).is_err());
}

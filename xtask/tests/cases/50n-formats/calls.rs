pub(crate) fn run() {
    let value = json!({
        "b": true, "l": ["x"], "dec": 0.1, "i128": 5, "u": u64::MAX, "i8": -8, "byte": "YQ==", "pw": "p", "mail": "m", "uri": "u",
        "ip": "127.0.0.1", "ip6": "::1", "time": "10:00", "dur": "P1D", "wrong": "w", "odd": "o", "none": [1], "ts": 5, "fl": 0.5,
    });
    let body: types::A = of(value.clone());
    let (request, read) = both(Reply::json(value.clone()), async |api| api.make_a(&body).await);
    assert_eq!((request.json(), written(&read)), (value.clone(), value));
}

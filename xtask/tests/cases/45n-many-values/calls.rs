pub(crate) fn run() {
    let body: types::A = of(json!({"sent": "c299"}));
    let (request, response) =
        both(Reply::json(json!({"received": "c298", "number": 297})), async |api| api.make_a(&body).await);
    assert_eq!(request.json(), json!({"sent": "c299"}));
    assert_eq!(serde_json::to_value(response).expect("JSON"), json!({"received": "c298", "number": 297}));
}

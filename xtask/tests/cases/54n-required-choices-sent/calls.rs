pub(crate) fn run() {
    let value = json!({"currency": "c", "cryptoAmount": "1", "email": "e"});
    let body: types::A = of(value.clone());
    assert_eq!(sent(async |api| api.make_a(&body).await).json(), value);
    assert!(serde_json::from_value::<types::A>(json!({"currency": "c", "email": "e"})).is_err());
}

pub(crate) fn run() {
    let value = json!({"name": "n", "file": "AAEC"});
    let body: types::A = of(value.clone());
    let request = sent(async |api| api.send_a(&body).await);
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.json(), value);
    let body: types::B = of(value.clone());
    let request = sent(async |api| api.send_b(&body).await);
    assert_eq!(request.json(), value);
}

pub(crate) fn run() {
    let response = json!([{"t": "Y", "v": "1"}, {"t": "X"}, {"t": "Z", "n": 1}]);
    let list = read(Reply::json(response.clone()), async |api| api.list_a().await);
    assert!(matches!(list[0], types::ListAResponseItem::Y(_)) && matches!(list[1], types::ListAResponseItem::X(_)));
    assert_eq!(written(&list), response);
    for value in [json!({"one": {"t": "X", "v": "1"}}), json!({"one": {"t": "Y"}, "maybe": null}), json!({"one": {"t": "Y"}, "maybe": {"t": "Y"}})] {
        let body: types::B = of(value.clone());
        assert_eq!(sent(async |api| api.send_b(&body).await).json(), value);
    }
}

pub(crate) fn run() {
    let node = json!({
        "parent": {"kids": [{}]}, "other": {"peer": {"x": "1", "more": {}}}, "map": {"k": {"map": {}}}, "wrapped": null,
    });
    let body: types::Node = of(node.clone());
    let response = json!([{"not": "a"}, ["b", []]]);
    let (request, value) = both(Reply::json(response.clone()), async |api| api.make_node(&body).await);
    assert_eq!(request.json(), node);
    assert_eq!(written(&value), response);
    let empty = types::Node::default();
    let (request, _) = both(Reply::json(json!("a")), async |api| api.make_node(&empty).await);
    assert_eq!(request.text(), "{}");
    let mut third = types::Third::default();
    assert_eq!(written(&third), json!({}));
    third.more = Some(Box::new(types::Third::default()));
    assert_eq!(written(&third), json!({"more": {}}));
}

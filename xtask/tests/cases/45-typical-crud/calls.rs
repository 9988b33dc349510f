pub(crate) fn run() {
    let thing = json!({"id": "6f1c2d9e-4b7a-4c35-9a0e-2d8b1f6e7c04", "kind": "c"});
    let params = types::ListThingsParams::new().limit(5);
    let (request, things) = both(Reply::json(json!([thing])), async |api| api.list_things_with(&params).await);
    assert_eq!(request.target, "/things?limit=5");
    assert_eq!(written(&things), json!([thing]));
    let reply = Reply(201, "application/json", thing.to_string());
    let (request, made) = both(reply, async |api| api.make_thing(&types::NewThing::new("n")).await);
    assert_eq!((request.text(), made), (r#"{"name":"n"}"#, things[0].clone()));
}

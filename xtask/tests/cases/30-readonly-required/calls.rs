pub(crate) fn run() {
    let mut user = types::User::new("n");
    user.secret = Some("s".to_owned());
    let response = Reply(201, "application/json", json!({"id": "1", "name": "n"}).to_string());
    let (request, value) = both(response, async |api| api.make_user(&user).await);
    assert_eq!(request.json(), json!({"name": "n", "secret": "s"}));
    assert_eq!((value.id.as_deref(), value.name.as_str(), value.secret), (Some("1"), "n", None));
}

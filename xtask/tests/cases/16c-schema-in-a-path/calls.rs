pub(crate) fn run() {
    let response = json!({"pet": {"n": "x"}, "other": {"c": "y"}});
    let user = read(Reply::json(response), async |api| api.get_user("1").await);
    assert_eq!(user.other.and_then(|other| other.c).as_deref(), Some("y"));
    let pet = read(Reply::json(json!({"n": "x"})), async |api| api.get_pet().await);
    assert_eq!(user.pet, pet);
}

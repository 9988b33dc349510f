pub(crate) fn run() {
    let params = types::GetAParams::new().ids(vec![1, 2]);
    let request = sent(async |api| api.get_a_with("s t", &params).await);
    assert_eq!(request.header("cookie"), Some("session=s%20t; ids=1,2"));
}

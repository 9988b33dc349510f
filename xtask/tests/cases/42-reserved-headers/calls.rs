pub(crate) fn run() {
    let (request, value) = both(Reply(200, "text/csv", "a,b".to_owned()), async |api| api.get_a().await);
    assert_eq!((request.header("accept"), &value.0[..]), (Some("text/csv"), b"a,b".as_slice()));
    assert_eq!((request.header("authorization"), request.header("content-type")), (None, None));
}

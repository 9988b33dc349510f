pub(crate) fn run() {
    let request = sent(async |api| api.a("x\"").await);
    assert_eq!((request.header("content-type"), request.text()), (Some("application/json"), r#""x\"""#));
    assert_eq!(sent(async |api| api.b(5).await).text(), "5");
}

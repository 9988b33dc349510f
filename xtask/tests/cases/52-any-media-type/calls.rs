pub(crate) fn run() {
    let request = sent(async |api| api.up("{\"a\"").await);
    assert_eq!((request.text(), request.header("content-length")), ("{\"a\"", Some("4")));
    assert_eq!(request.header("content-type"), Some("text/plain; charset=utf-8"));
}

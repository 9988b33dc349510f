pub(crate) fn run() {
    let (request, pen) = both(Reply::json(json!({})), async |api| api.make_pen(&types::Pen::default()).await);
    assert_eq!((request.text(), pen.a), ("{}", None));
}

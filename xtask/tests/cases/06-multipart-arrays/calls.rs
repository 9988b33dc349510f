pub(crate) fn run() {
    let file = |name: &str| FilePart::new(name, "image/png", "bytes");
    let files = vec![file("a.png"), file("b.png")];
    let tags = vec!["x".to_owned(), "y,z".to_owned()];
    let mut form = types::SendReportForm::new(files, tags, types::Kind::Value2);
    form.when = Some(of(json!("2020-01-31T10:00:00Z")));
    form.meta = Some(of(json!({"a": 1})));
    let part = |name: &str, content_type: Option<&str>, content: &str, file: Option<&str>| {
        (name.to_owned(), content_type.map(str::to_owned), content.to_owned(), file.map(str::to_owned))
    };
    let expected = [
        part("files", Some("image/png"), "bytes", Some("a.png")),
        part("files", Some("image/png"), "bytes", Some("b.png")),
        part("tags", None, "x", None),
        part("tags", None, "y,z", None),
        part("kind", None, "2", None),
        part("when", None, "2020-01-31T10:00:00Z", None),
        part("meta", Some("application/json"), "{\"a\":1}", None),
    ];
    assert_eq!(sent(async |api| api.send_report_multipart(&form).await).parts(), expected);
    let form = types::SendReportForm::new(vec![], vec!["x".to_owned()], types::Kind::Value1);
    let expected = [part("tags", None, "x", None), part("kind", None, "1", None)];
    assert_eq!(sent(async |api| api.send_report_multipart(&form).await).parts(), expected);
}

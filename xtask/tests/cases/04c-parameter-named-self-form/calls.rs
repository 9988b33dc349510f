pub(crate) fn run() {
    let params = types::GetSelfParams::new().self_("me");
    assert_eq!(sent(async |api| api.get_self_with(&params).await).target, "/selfish?self=me");
    let mut form = types::UploadForm::new(FilePart::new("a.txt", "text/plain", "content"));
    form.form = Some("f".to_owned());
    form.new = Some("n".to_owned());
    let request = sent(async |api| api.upload_multipart("q", &form).await);
    assert_eq!(request.target, "/upload?form=q");
    let part = |name: &str, content_type: Option<&str>, content: &str, file: Option<&str>| {
        (name.to_owned(), content_type.map(str::to_owned), content.to_owned(), file.map(str::to_owned))
    };
    let expected = [
        part("file", Some("text/plain"), "content", Some("a.txt")),
        part("form", None, "f", None),
        part("new", None, "n", None),
    ];
    assert_eq!(request.parts(), expected);
}

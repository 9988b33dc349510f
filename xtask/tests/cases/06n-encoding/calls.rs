pub(crate) fn run() {
    assert_eq!(sent(async |api| api.send_a_multipart(None).await).header("content-length"), Some("0"));
    let mut form = types::F::new(0.5);
    form.image = Some(FilePart::new("a.jpg", "image/jpeg", "i"));
    form.pdf = Some(FilePart::new("a.txt", "text/plain", "p"));
    form.pdfs = Some(vec![FilePart::new("b.bin", "application/octet-stream", "q")]);
    form.note = of(json!("n"));
    form.list = Some(vec![1, 2]);
    form.objects = Some(of(json!([{"a": "x"}, {}])));
    form.object = Some(of(json!({"a": "y"})));
    form.flag = Some(true);
    form.day = Some(of(json!("2020-01-31")));
    form.bytes = Some("YQ==".to_owned());
    form.pick = Some(of(json!(7)));
    let part = |name: &str, content_type: Option<&str>, content: &str, file: Option<&str>| {
        (name.to_owned(), content_type.map(str::to_owned), content.to_owned(), file.map(str::to_owned))
    };
    let json = Some("application/json");
    let expected = [
        part("n", None, "0.5", None),
        part("image", Some("image/jpeg"), "i", Some("a.jpg")),
        part("pdf", Some("application/pdf"), "p", Some("a.txt")),
        part("pdfs", Some("application/octet-stream"), "q", Some("b.bin")),
        part("note", Some("text/markdown"), "n", None),
        part("list", json, "[1,2]", None),
        part("objects", json, "{\"a\":\"x\"}", None),
        part("objects", json, "{}", None),
        part("object", json, "{\"a\":\"y\"}", None),
        part("flag", None, "true", None),
        part("day", None, "2020-01-31", None),
        part("bytes", None, "YQ==", None),
        part("pick", None, "7", None),
    ];
    assert_eq!(sent(async |api| api.send_a_multipart(Some(&form)).await).parts(), expected);
}

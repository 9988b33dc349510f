pub(crate) fn run() {
    let params = types::GetAParams::new().x_int(-1).x_flag(false).accept_language("de");
    let request = sent(async |api| api.get_a_with("\"tag\"", &params).await);
    let names = ["x-int", "x-flag", "accept-language", "if-none-match", "accept"];
    assert_eq!(names.map(|name| request.header(name)), [Some("-1"), Some("false"), Some("de"), Some("\"tag\""), Some("*/*")]);
}

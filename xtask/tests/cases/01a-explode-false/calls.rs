pub(crate) fn run() {
    let params = types::ListCsvParams::new().ids(vec![3, 4]).many(vec!["a".to_owned(), "b c&d".to_owned()]);
    assert_eq!(sent(async |api| api.list_csv_with(&params).await).target, "/list?ids=3,4&many=a&many=b%20c%26d");
    // Absent and empty are two things: RFC 6570 has a form for an empty list that is not exploded, and none for another.
    assert_eq!(sent(async |api| api.list_csv().await).target, "/list");
    let params = types::ListCsvParams::new().ids(vec![]);
    assert_eq!(sent(async |api| api.list_csv_with(&params).await).target, "/list?ids=");
}

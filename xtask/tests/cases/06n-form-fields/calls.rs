pub(crate) fn run() {
    let body: types::F = of(json!({
        "text": ["a b", "c"], "s": null, "n": 0.5, "b": true, "csv": ["x", "y,"], "pipes": ["x", "y"], "spaces": ["x", "y"],
        "deep": {"x": "d"}, "json": {"x": "j"}, "object": {"x": "o"},
    }));
    let request = sent(async |api| api.send_a(&body).await);
    assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
    let pairs: Vec<_> = request.text().split('&').collect();
    let expected = [
        "text=a+b", "text=c", "n=0.5", "b=true", "csv=x,y%2C", "pipes=x|y", "spaces=x+y", "deep[x]=d",
        "json=%7B%22x%22%3A%22j%22%7D", "object=%7B%22x%22%3A%22o%22%7D",
    ];
    assert_eq!(pairs, expected);
}

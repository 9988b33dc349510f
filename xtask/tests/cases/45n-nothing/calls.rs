pub(crate) fn run() {
    let client = Client::new("https://api.example", Wire(x45n_nothing::reqwest::Client::new()));
    assert!(client.is_ok() && x45n_nothing::operations::ALL.is_empty());
}

//! JSON pointers (RFC 6901).

/// `pointer` with one more token.
pub fn join(pointer: &str, token: &str) -> String {
    let mut joined = pointer.to_owned();
    push(&mut joined, token);
    joined
}

/// Puts one more token at the end of `pointer`.
pub(crate) fn push(pointer: &mut String, token: &str) {
    pointer.push('/');
    if !token.bytes().any(|byte| matches!(byte, b'~' | b'/')) {
        return pointer.push_str(token);
    }
    for c in token.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            c => pointer.push(c),
        }
    }
}

/// The tokens of `pointer`.
pub(crate) fn tokens(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~")).collect()
}

/// Runs `f` with `token` at the end of `pointer`.
pub(crate) fn at<R>(pointer: &mut String, token: &str, f: impl FnOnce(&mut String) -> R) -> R {
    let length = pointer.len();
    push(pointer, token);
    let result = f(pointer);
    pointer.truncate(length);
    result
}

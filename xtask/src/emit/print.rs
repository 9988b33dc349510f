//! Syntax trees as text.

use quote::ToTokens;
use syn::Item;

/// Formatted code.
pub(super) fn pretty(item: Item) -> String {
    prettyplease::unparse(&syn::File { shebang: None, frontmatter: None, attrs: Vec::new(), items: vec![item] })
}

/// A type, or something as small, in one line.
pub(super) fn one_line(tokens: &impl ToTokens) -> String {
    let mut text = tokens.to_token_stream().to_string();
    for (spaced, plain) in
        [(" :: ", "::"), (":: ", "::"), (" <", "<"), ("< ", "<"), (" >", ">"), ("& ", "&"), (" ,", ","), (" : ", ": ")]
    {
        text = text.replace(spaced, plain);
    }
    text
}

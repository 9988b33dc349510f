//! Syntax trees and lists as text.

use quote::ToTokens;
use syn::Item;

/// Formatted code.
pub(super) fn pretty(item: Item) -> String {
    prettyplease::unparse(&syn::File { shebang: None, frontmatter: None, attrs: Vec::new(), items: vec![item] })
}

/// A type, or something as small, in one line.
pub(super) fn one_line(tokens: &impl ToTokens) -> String {
    let spaced = tokens.to_token_stream().to_string();
    let mut text = String::with_capacity(spaced.len());
    let mut rest = spaced.chars().peekable();
    while let Some(c) = rest.next() {
        let is_dropped = c == ' '
            && match (text.chars().next_back(), rest.peek()) {
                (Some('<' | '&'), _) | (_, Some('<' | '>' | ',')) => true,
                (Some(before), Some(':')) => before != ',',
                _ => text.ends_with("::"),
            };
        if !is_dropped {
            text.push(c);
        }
    }
    text
}

/// The inside of braces: in one line if there is room, or else as many in a line as fit, `indent` deeper.
pub(super) fn listed(indent: usize, members: impl Iterator<Item = String>) -> String {
    const WIDTH: usize = 100;
    let members: Vec<String> = members.collect();
    if members.iter().map(|member| member.len() + 2).sum::<usize>() + indent < WIDTH - 10 {
        return format!(" {} ", members.join(", "));
    }
    let inner = " ".repeat(indent + 4);
    let mut out = String::new();
    let mut length = WIDTH;
    for member in members {
        if length + member.len() + 2 > WIDTH {
            out = format!("{}\n{inner}", out.trim_end());
            length = inner.len();
        }
        length += member.len() + 2;
        out.push_str(&format!("{member}, "));
    }
    format!("{}\n{}", out.trim_end(), " ".repeat(indent))
}

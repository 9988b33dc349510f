//! `macro_rules!`, expanded as far as declarations need it: no hygiene, and no backtracking, as the compiler has none.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

/// The arms of a macro.
#[derive(Debug)]
pub(super) struct Rules(Vec<(Vec<Pattern>, TokenStream)>);

#[derive(Debug)]
enum Pattern {
    Token(String),
    Group(Delimiter, Vec<Pattern>),
    Variable { name: String, kind: String },
    Repeat { of: Vec<Pattern>, separator: Option<String>, once: bool },
}

/// What a variable stands for: code, or the codes of each repetition.
#[derive(Clone, Debug)]
enum Bound {
    One(TokenStream),
    Many(Vec<Bound>),
}

type Bindings = BTreeMap<String, Bound>;

impl Rules {
    /// The macro whose definition is `tokens`: `(matcher) => { transcriber };` and so on.
    pub(super) fn parse(tokens: TokenStream) -> Self {
        let groups = tokens.into_iter().filter_map(|tree| match tree {
            TokenTree::Group(group) => Some(group.stream()),
            _ => None,
        });
        let groups: Vec<_> = groups.collect();
        let arms = groups.chunks_exact(2).map(|arm| (patterns(&trees(arm[0].clone())), arm[1].clone()));
        Self(arms.collect())
    }

    /// What an invocation with `input` becomes; `None` if no arm takes it.
    pub(super) fn expand(&self, input: TokenStream) -> Option<TokenStream> {
        let input = trees(input);
        self.0.iter().find_map(|(matcher, transcriber)| {
            let mut bindings = Bindings::new();
            let end = take(matcher, &input, 0, &mut bindings)?;
            (end == input.len()).then(|| transcribe(transcriber.clone(), &bindings))
        })
    }
}

fn trees(tokens: TokenStream) -> Vec<TokenTree> {
    tokens.into_iter().collect()
}

fn is(tree: Option<&TokenTree>, sign: char) -> bool {
    matches!(tree, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}

fn patterns(matcher: &[TokenTree]) -> Vec<Pattern> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(tree) = matcher.get(at) {
        match (tree, matcher.get(at + 1)) {
            (dollar, Some(TokenTree::Ident(name))) if is(Some(dollar), '$') && is(matcher.get(at + 2), ':') => {
                let kind = matcher.get(at + 3).map(ToString::to_string).unwrap_or_default();
                found.push(Pattern::Variable { name: name.to_string(), kind });
                at += 4;
            }
            (dollar, Some(TokenTree::Group(group))) if is(Some(dollar), '$') => {
                let of = patterns(&trees(group.stream()));
                let (separator, next) = separator(matcher, at + 2);
                let once = is(matcher.get(next - 1), '?');
                found.push(Pattern::Repeat { of, separator: separator.map(|tree| tree.to_string()), once });
                at = next;
            }
            (TokenTree::Group(group), _) => {
                found.push(Pattern::Group(group.delimiter(), patterns(&trees(group.stream()))));
                at += 1;
            }
            _ => {
                found.push(Pattern::Token(tree.to_string()));
                at += 1;
            }
        }
    }
    found
}

/// What stands between repetitions, and where the code after `$(…)sep*` begins, if what is at `at` comes after the group.
fn separator(code: &[TokenTree], at: usize) -> (Option<&TokenTree>, usize) {
    match ['*', '+', '?'].iter().any(|operator| is(code.get(at), *operator)) {
        true => (None, at + 1),
        false => (code.get(at), at + 2),
    }
}

/// Matches `input` from `at` on, and tells where it ended.
fn take(matcher: &[Pattern], input: &[TokenTree], mut at: usize, bindings: &mut Bindings) -> Option<usize> {
    for pattern in matcher {
        match pattern {
            Pattern::Token(token) => {
                input.get(at).filter(|tree| tree.to_string() == *token)?;
                at += 1;
            }
            Pattern::Group(delimiter, inside) => {
                let Some(TokenTree::Group(group)) = input.get(at) else { return None };
                let content = trees(group.stream());
                if group.delimiter() != *delimiter || take(inside, &content, 0, bindings)? != content.len() {
                    return None;
                }
                at += 1;
            }
            Pattern::Variable { name, kind } => {
                let end = at + length(kind, input.get(at..)?)?;
                bindings.insert(name.clone(), Bound::One(input[at..end].iter().cloned().collect()));
                at = end;
            }
            Pattern::Repeat { of, separator, once } => {
                let mut rounds = Vec::new();
                let mut next = at;
                while next < input.len() && !(*once && rounds.len() == 1) {
                    let mut round = Bindings::new();
                    let Some(end) = take(of, input, next, &mut round) else { break };
                    rounds.push(round);
                    (at, next) = (end, end);
                    if let Some(separator) = separator {
                        if input.get(end).is_none_or(|tree| tree.to_string() != *separator) {
                            break;
                        }
                        next += 1;
                    }
                }
                for name in names(of) {
                    let each = rounds.iter().filter_map(|round| round.get(name).cloned()).collect();
                    bindings.insert(name.to_owned(), Bound::Many(each));
                }
            }
        }
    }
    Some(at)
}

fn names(matcher: &[Pattern]) -> Vec<&str> {
    let each = matcher.iter().flat_map(|pattern| match pattern {
        Pattern::Token(_) => Vec::new(),
        Pattern::Variable { name, .. } => vec![name.as_str()],
        Pattern::Group(_, inside) | Pattern::Repeat { of: inside, .. } => names(inside),
    });
    each.collect()
}

/// How many tokens a variable of this kind takes.
fn length(kind: &str, input: &[TokenTree]) -> Option<usize> {
    let first = input.first()?;
    match kind {
        "ident" => matches!(first, TokenTree::Ident(_)).then_some(1),
        "tt" | "block" => Some(1),
        "literal" if is(Some(first), '-') => matches!(input.get(1), Some(TokenTree::Literal(_))).then_some(2),
        "literal" => matches!(first, TokenTree::Literal(_)).then_some(1),
        "lifetime" => is(Some(first), '\'').then_some(2),
        // A type, an expression, a path or an attribute goes to the next comma that is not between angle brackets.
        _ => {
            let mut depth = 0_usize;
            let end = input.iter().position(|tree| match tree {
                TokenTree::Punct(punct) => match punct.as_char() {
                    '<' => {
                        depth += 1;
                        false
                    }
                    '>' => {
                        depth = depth.saturating_sub(1);
                        false
                    }
                    ',' | ';' => depth == 0,
                    _ => false,
                },
                _ => false,
            });
            Some(end.unwrap_or(input.len())).filter(|end| *end > 0)
        }
    }
}

fn transcribe(code: TokenStream, bindings: &Bindings) -> TokenStream {
    let code = trees(code);
    let mut out = TokenStream::new();
    let mut at = 0;
    while let Some(tree) = code.get(at) {
        match (tree, code.get(at + 1)) {
            (dollar, Some(TokenTree::Ident(name))) if is(Some(dollar), '$') => {
                match bindings.get(&name.to_string()) {
                    Some(Bound::One(tokens)) => out.extend(tokens.clone()),
                    _ if name == "crate" => out.extend([TokenTree::Ident(Ident::new("crate", Span::call_site()))]),
                    _ => {}
                }
                at += 2;
            }
            (dollar, Some(TokenTree::Group(group))) if is(Some(dollar), '$') => {
                let (separator, next) = separator(&code, at + 2);
                for (round, bindings) in rounds(&group.stream(), bindings).iter().enumerate() {
                    out.extend(separator.filter(|_| round > 0).cloned());
                    out.extend(transcribe(group.stream(), bindings));
                }
                at = next;
            }
            (TokenTree::Group(group), _) => {
                let inside = Group::new(group.delimiter(), transcribe(group.stream(), bindings));
                out.extend([TokenTree::Group(inside)]);
                at += 1;
            }
            _ => {
                out.extend([tree.clone()]);
                at += 1;
            }
        }
    }
    out
}

/// The bindings of each repetition of `code`.
fn rounds(code: &TokenStream, bindings: &Bindings) -> Vec<Bindings> {
    let used = variables(code);
    let repeated = |name: &String| match bindings.get(name) {
        Some(Bound::Many(each)) => Some(each.len()),
        _ => None,
    };
    let count = used.iter().filter_map(repeated).max().unwrap_or_default();
    let round = |number: usize| {
        let of_round = bindings.iter().filter_map(|(name, bound)| match bound {
            Bound::Many(each) if used.contains(name) => Some((name.clone(), each.get(number)?.clone())),
            other => Some((name.clone(), other.clone())),
        });
        of_round.collect()
    };
    (0..count).map(round).collect()
}

fn variables(code: &TokenStream) -> Vec<String> {
    let code = trees(code.clone());
    let mut found = Vec::new();
    for (at, tree) in code.iter().enumerate() {
        match tree {
            TokenTree::Ident(name) if at > 0 && is(code.get(at - 1), '$') => found.push(name.to_string()),
            TokenTree::Group(group) => found.extend(variables(&group.stream())),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rules: &str, input: &str, expected: &str) {
        let tokens = |code: &str| code.parse::<TokenStream>().expect("it is made of tokens");
        let expanded = Rules::parse(tokens(rules)).expand(tokens(input));
        // A sign that is joined to the next is printed so; what joins it here is not what joined it there.
        let plain = |code: TokenStream| code.to_string().replace(' ', "");
        assert_eq!(expanded.map(plain), Some(plain(tokens(expected))));
    }

    #[test]
    fn repetitions_are_nested_and_separated() {
        check(
            "($(#[$meta:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $value:literal,)* }) => {
                $(#[$meta])* enum $name { $($(#[$of])* $variant),* } const ALL: [&str; 2] = [$($value),*];
            };",
            "/// Doc.\n Kind { /// One.\n One = \"1\", Two = \"2\", }",
            "/// Doc.\n enum Kind { /// One.\n One, Two } const ALL: [&str; 2] = [\"1\", \"2\"];",
        );
    }

    #[test]
    fn the_arm_that_fits_is_taken_and_types_may_have_commas() {
        check(
            "($name:ident;) => { struct $name; }; ($($name:ident => $kind:ty),* $(,)?) => { $(type $name = $kind;)* };",
            "A => Map<String, u8>, B => $crate::C,",
            "type A = Map<String, u8>; type B = $crate::C;",
        );
        check("($name:ident) => { $crate::$name }", "a", "crate::a");
    }

    #[test]
    fn what_no_arm_takes_is_not_expanded() {
        let rules = Rules::parse("($a:ident) => {}; (1) => {}".parse().expect("it is made of tokens"));
        assert!(rules.expand("2".parse().expect("it is made of tokens")).is_none());
    }
}

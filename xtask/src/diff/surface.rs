//! The public surface of generated code: what a caller can name, without bodies, docs and values.
//!
//! Nothing here knows how the emitters write: types are read from items and from the macros that make some, and a method is
//! what is `async`.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Fields, FnArg, ImplItem, Item, ItemImpl, Pat, ReturnType, Signature, Type, Visibility};

/// What is public of a type, by name: its fields and variants, its functions, its traits. Each with its type, as tokens.
pub(super) type Members = BTreeMap<String, String>;

/// The public items of a generated crate.
#[derive(Debug, Default)]
pub(super) struct Surface {
    pub(super) types: HashMap<String, Members>,
    pub(super) methods: HashMap<String, Method>,
}

/// A method of the client.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Method {
    /// The types of its arguments, by their names.
    pub(super) arguments: Vec<(String, String)>,
    pub(super) value: String,
}

/// How many types are looked into for one field: those that a union, a list or a map stands for.
const MAX_TYPES: usize = 1_000;

impl Surface {
    /// The surface of these files.
    ///
    /// # Errors
    ///
    /// If one of them is no Rust.
    pub(super) fn of<'t>(files: impl IntoIterator<Item = &'t str>) -> syn::Result<Self> {
        let mut surface = Self::default();
        for file in files {
            surface.items(syn::parse_file(file)?.items);
        }
        Ok(surface)
    }

    fn items(&mut self, items: Vec<Item>) {
        for item in items {
            match item {
                Item::Mod(item) => self.items(item.content.map(|(_, items)| items).unwrap_or_default()),
                Item::Struct(item) if is_public(&item.vis) => {
                    let members = self.of_type(item.ident.to_string(), &item.attrs);
                    fields(&item.fields, true, members);
                }
                Item::Enum(item) if is_public(&item.vis) => {
                    let members = self.of_type(item.ident.to_string(), &item.attrs);
                    for variant in item.variants {
                        let mut inside = Members::new();
                        fields(&variant.fields, false, &mut inside);
                        let inside: Vec<String> =
                            inside.into_iter().map(|(name, of)| format!("{name}: {of}")).collect();
                        members.insert(variant.ident.to_string(), inside.join(", "));
                    }
                }
                Item::Type(item) if is_public(&item.vis) => {
                    self.of_type(item.ident.to_string(), &[]).insert("=".to_owned(), text(item.ty));
                }
                Item::Impl(block) => self.block(block),
                // `Debug` of a type that is there already is no type.
                Item::Macro(call) if call.mac.path.segments.iter().any(|segment| segment.ident == "debug") => {}
                // Neither are `Debug` and `Deserialize`.
                Item::Macro(call) if call.mac.path.is_ident("object") => {
                    if let Some(TokenTree::Ident(name)) = call.mac.tokens.into_iter().next() {
                        let of_type = self.types.entry(name.to_string()).or_default();
                        of_type.insert("impl Deserialize".to_owned(), String::new());
                    }
                }
                Item::Macro(call) if call.ident.is_none() => self.invocation(call.mac.tokens),
                _ => {}
            }
        }
    }

    /// The members of the type `name`, with the traits that it derives.
    fn of_type(&mut self, name: String, attributes: &[Attribute]) -> &mut Members {
        let members = self.types.entry(name).or_default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
            let _ = attribute.parse_nested_meta(|derived| {
                let name = derived.path.segments.last().map(|last| last.ident.to_string());
                members.extend(name.map(|name| (format!("impl {name}"), String::new())));
                Ok(())
            });
        }
        members
    }

    fn block(&mut self, block: ItemImpl) {
        let Type::Path(of) = &*block.self_ty else { return };
        let Some(name) = of.path.segments.last().map(|last| last.ident.to_string()) else { return };
        if let Some((path, _)) = &block.trait_ {
            let of_trait = path.segments.last().map(text).unwrap_or_default();
            self.types.entry(name).or_default().insert(format!("impl {of_trait}"), String::new());
            return;
        }
        for member in block.items {
            match member {
                ImplItem::Fn(function) if is_public(&function.vis) && function.sig.asyncness.is_some() => {
                    let method = Method::of(&function.sig);
                    self.methods.insert(function.sig.ident.to_string(), method);
                }
                ImplItem::Fn(function) if is_public(&function.vis) => {
                    let signature = Method::of(&function.sig);
                    let arguments: Vec<&str> = signature.arguments.iter().map(|(_, of)| of.as_str()).collect();
                    let shown = format!("({}) -> {}", arguments.join(", "), signature.value);
                    let members = self.types.entry(name.clone()).or_default();
                    members.insert(format!("fn {}", function.sig.ident), shown);
                }
                _ => {}
            }
        }
    }

    /// The type that a macro makes: the first name in it. What else it names are members; values and docs are not.
    fn invocation(&mut self, tokens: TokenStream) {
        let mut members = Members::new();
        let Some(name) = named(tokens, &mut members) else { return };
        self.types.entry(name).or_default().extend(members);
    }

    /// The types that `of` names.
    pub(super) fn named_in<'s>(&'s self, of: &'s str) -> impl Iterator<Item = &'s str> {
        of.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| self.types.contains_key(*word))
    }

    /// The fields called `name` of the types in `from`, or else of those that these stand for.
    pub(super) fn fields(&self, from: Vec<&str>, name: &str) -> Vec<&str> {
        let mut seen: HashSet<&str> = from.iter().copied().collect();
        let mut level = from;
        while !level.is_empty() && seen.len() < MAX_TYPES {
            let members = level.iter().filter_map(|of| self.types.get(*of));
            let found: Vec<&str> =
                members.clone().filter_map(|members| members.get(name)).map(String::as_str).collect();
            if !found.is_empty() {
                return found;
            }
            let next = members.flat_map(Members::values).flat_map(|of| self.named_in(of));
            level = next.filter(|of| seen.insert(of)).collect();
        }
        Vec::new()
    }

    /// The types that a field or an argument had in `self` and has no more in `new`.
    pub(super) fn replaced(&self, new: &Self) -> HashSet<String> {
        let of_types = self.types.iter().flat_map(|(name, members)| {
            let now = new.types.get(name);
            members.iter().filter_map(move |(member, of)| Some((of.as_str(), now?.get(member)?.as_str())))
        });
        let of_methods = self.methods.iter().filter_map(|(name, method)| Some((method, new.methods.get(name)?)));
        let of_methods = of_methods.flat_map(|(was, is)| {
            let arguments = was.arguments.iter().filter_map(|(name, of)| {
                Some((of.as_str(), is.arguments.iter().find(|(other, _)| other == name)?.1.as_str()))
            });
            arguments.chain([(was.value.as_str(), is.value.as_str())])
        });
        let other = of_types.chain(of_methods).filter(|(was, is)| was != is);
        let gone =
            other.flat_map(|(was, is)| self.named_in(was).filter(move |name| new.named_in(is).all(|now| now != *name)));
        gone.map(str::to_owned).collect()
    }

    /// The types that are not as they were in `self`: a member is another one or gone, in themselves or in what they name.
    /// That a type of `apart` has changed says nothing of those that name it.
    pub(super) fn changed(&self, new: &Self, apart: &BTreeSet<String>) -> HashSet<String> {
        let mut users: HashMap<&str, Vec<&str>> = HashMap::new();
        for (user, members) in &self.types {
            for used in members.values().flat_map(|of| self.named_in(of)) {
                users.entry(used).or_default().push(user);
            }
        }
        let is_kept = |name: &String, members: &Members| {
            let now = new.types.get(name);
            now.is_some_and(|now| members.iter().all(|(member, of)| now.get(member) == Some(of)))
        };
        let own = self.types.iter().filter(|(name, members)| !is_kept(name, members)).map(|(name, _)| name.as_str());
        let mut open: Vec<&str> = own.collect();
        let mut changed: HashSet<String> = open.iter().map(|name| (*name).to_owned()).collect();
        while let Some(name) = open.pop() {
            if apart.contains(name) {
                continue;
            }
            for user in users.get(name).into_iter().flatten() {
                if changed.insert((*user).to_owned()) {
                    open.push(user);
                }
            }
        }
        changed
    }
}

impl Method {
    fn of(signature: &Signature) -> Self {
        let argument = |argument: &FnArg| match argument {
            FnArg::Typed(typed) => match &*typed.pat {
                Pat::Ident(name) => Some((name.ident.to_string(), text(&typed.ty))),
                _ => Some((String::new(), text(&typed.ty))),
            },
            FnArg::Receiver(_) => None,
        };
        let value = match &signature.output {
            ReturnType::Type(_, of) => text(of),
            ReturnType::Default => String::new(),
        };
        Self { arguments: signature.inputs.iter().filter_map(argument).collect(), value }
    }
}

fn fields(fields: &Fields, are_private: bool, members: &mut Members) {
    for (index, field) in fields.iter().enumerate().filter(|(_, field)| !are_private || is_public(&field.vis)) {
        let name = field.ident.as_ref().map_or_else(|| index.to_string(), ToString::to_string);
        members.insert(name, text(&field.ty));
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn text(tokens: impl ToTokens) -> String {
    tokens.to_token_stream().to_string()
}

/// Goes over the parts of a macro's input: each is told by its first name, and has the rest for its type. Returns the first
/// name of all.
fn named(tokens: TokenStream, members: &mut Members) -> Option<String> {
    let (mut first, mut name, mut rest) = (None, None::<String>, String::new());
    let mut within = Vec::new();
    let mut is_attribute = false;
    let mut end = |name: &mut Option<String>, rest: &mut String, members: &mut Members| {
        if let Some(name) = name.take() {
            first.get_or_insert_with(|| name.clone());
            members.insert(name, std::mem::take(rest));
        }
    };
    for tree in tokens {
        match tree {
            TokenTree::Punct(punct) if punct.as_char() == '#' => is_attribute = true,
            TokenTree::Group(group) if is_attribute && group.delimiter() == Delimiter::Bracket => is_attribute = false,
            TokenTree::Punct(punct) if matches!(punct.as_char(), ',' | ';') => end(&mut name, &mut rest, members),
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                within.push(group.stream());
                end(&mut name, &mut rest, members);
            }
            TokenTree::Ident(word) if name.is_none() => {
                let word = word.to_string();
                name = Some(word).filter(|word| !matches!(word.as_str(), "pub" | "struct" | "enum" | "type"));
            }
            TokenTree::Literal(_) => {}
            other => rest += &without_values(other),
        }
    }
    end(&mut name, &mut rest, members);
    for tokens in within {
        named(tokens, members);
    }
    first
}

/// The tokens without literals.
fn without_values(tree: TokenTree) -> String {
    match tree {
        TokenTree::Literal(_) => String::new(),
        TokenTree::Group(group) => {
            format!("({})", group.stream().into_iter().map(without_values).collect::<Vec<_>>().join(" "))
        }
        other => format!("{other} "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(old: &str, new: &str) -> Vec<String> {
        let [old, new] = [old, new].map(|text| Surface::of([text]).expect("it is Rust"));
        let mut changed: Vec<String> = old.changed(&new, &BTreeSet::from(["Apart".to_owned()])).into_iter().collect();
        changed.sort();
        changed
    }

    #[test]
    fn bodies_docs_values_and_what_is_private_do_not_count() {
        let old = "/// One.\n#[derive(Clone)] pub struct A { pub b: B, c: u8 }\n\
                   impl A { pub fn new(b: B) -> Self { one() } fn own() {} }\n\
                   sum! { /// Two.\n B { /// Three.\n One(A) = \"one\", Two = \"two\" } }\n\
                   text! { /// Four.\n C, max: 5 }";
        let new = "#[derive(Clone, Copy)] pub struct A { pub b: B, pub d: u8 }\n\
                   impl A { pub fn new(other: B) -> Self { two() } pub fn more() {} }\n\
                   sum! { B { One(A) = \"1\", Two = \"2\", Three = \"3\" } }\n\
                   text! { C, max: 6 }";
        assert_eq!(changed(old, new), [""; 0]);
    }

    #[test]
    fn what_is_gone_or_of_another_type_counts_for_all_that_name_it() {
        let types = "pub struct A { pub b: B } sum! { B { One(Vec<Apart>), Two } } pub struct Apart { pub a: u8 }";
        assert_eq!(changed(types, &types.replace("a: u8", "a: u16")), ["Apart"]);
        assert_eq!(changed(types, &types.replace(", Two", "")), ["A", "B"]);
        assert_eq!(changed(types, &types.replace("Vec<Apart>", "Apart")), ["A", "B"]);
        assert_eq!(changed(types, &types.replace("pub b: B", "b: B")), ["A"]);
        assert_eq!(changed("#[derive(Clone)] pub struct A;", "pub struct A;"), ["A"]);
        assert_eq!(
            changed("pub struct A; impl A { pub fn new(a: u8) {} }", "pub struct A; impl A { pub fn new() {} }"),
            ["A"]
        );
    }

    #[test]
    fn a_type_is_replaced_where_a_field_or_an_argument_has_another_one() {
        let text = "pub struct A { pub b: Option<B>, pub c: B } pub struct B; pub struct C;\n\
                    impl Client { pub async fn get(&self, of: B) -> Result<A, E> { } }";
        let replaced = |from: &str, to: &str| -> Vec<String> {
            let [old, new] =
                [text.to_owned(), text.replace(from, to)].map(|text| Surface::of([&*text]).expect("it is Rust"));
            old.replaced(&new).into_iter().collect()
        };
        assert_eq!(replaced("Option<B>", "Option<C>"), ["B"]);
        assert_eq!(replaced("of: B", "of: C"), ["B"]);
        assert_eq!(replaced("Result<A", "Result<C"), ["A"]);
        assert_eq!(replaced("Option<B>", "Vec<B>"), [""; 0]);
        assert_eq!(replaced("pub c: B", "pub d: C"), [""; 0]);
    }

    #[test]
    fn a_field_is_found_in_what_a_union_or_a_list_stands_for() {
        let text = "pub struct A(pub Vec<B>); sum! { B { One(C), Two(D) } } pub struct C { pub c: u8 } pub struct D { pub c: u16 }";
        let surface = Surface::of([text]).expect("it is Rust");
        let mut found = surface.fields(vec!["A"], "c");
        found.sort_unstable();
        assert_eq!(found, ["u16", "u8"]);
        assert!(surface.fields(vec!["A"], "d").is_empty());
    }
}

//! Sources as tokens: comments, attributes and test modules are gone, so a law sees code and nothing else.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A word of the language or a name.
    Ident,
    /// A text literal; its content.
    Text,
    /// Any other literal.
    Literal,
    /// Punctuation or a bracket.
    Mark,
}

/// One token.
#[derive(Clone, Debug)]
pub struct Token {
    pub kind: Kind,
    pub text: String,
    pub line: usize,
}

/// One source file outside test folders.
pub struct Source {
    /// Folder under `crates/`.
    pub krate: String,
    /// Path under `src/`, e.g. `store/lists.rs`.
    pub path: String,
    /// The text as it stands.
    pub text: String,
    /// The code: no comments, no attributes, no `#[cfg(test)]` items.
    pub tokens: Vec<Token>,
}

impl Source {
    /// A source from its text.
    pub fn new(krate: &str, path: &str, text: String) -> Self {
        let tokens = tokens(&text).unwrap_or_else(|error| panic!("crates/{krate}/src/{path}: {error}"));
        Self {
            krate: krate.to_owned(),
            path: path.to_owned(),
            text,
            tokens,
        }
    }

    /// The file as messages name it.
    pub fn at(&self, line: usize) -> String {
        format!("crates/{}/src/{}:{line}", self.krate, self.path)
    }

    /// First part of the path without ending: the room that the file belongs to.
    pub fn room(&self) -> &str {
        let first = self.path.split('/').next().unwrap();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// Places in the tokens at which these texts follow each other.
    pub fn sequences(&self, wanted: &[&str]) -> Vec<usize> {
        let fits = |window: &[Token]| window.iter().zip(wanted).all(|(token, text)| token.is(text));
        (0..self.tokens.len())
            .filter(|at| self.tokens[*at..].len() >= wanted.len() && fits(&self.tokens[*at..]))
            .collect()
    }

    /// The place of a token as messages name it.
    pub fn place(&self, token: usize) -> String {
        self.at(self.tokens[token].line)
    }
}

impl Token {
    /// Whether it is code that reads so; the content of a text literal never is.
    pub fn is(&self, text: &str) -> bool {
        self.kind != Kind::Text && self.text == text
    }
}

/// Names of all crates.
pub fn crates() -> Vec<String> {
    let mut names: Vec<_> = entries(&root().join("crates"))
        .into_iter()
        .map(|path| name(&path))
        .collect();
    names.retain(|name| root().join("crates").join(name).join("Cargo.toml").is_file());
    names
}

/// All sources of all crates; test modules in files of their own are left out.
pub fn sources() -> &'static [Source] {
    static SOURCES: LazyLock<Vec<Source>> =
        LazyLock::new(|| crates().iter().flat_map(|krate| sources_of(krate)).collect());
    &SOURCES
}

/// The sources of one crate.
fn sources_of(krate: &str) -> Vec<Source> {
    let src = root().join("crates").join(krate).join("src");
    let files = files(&src)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|e| e == "rs"));
    let files = files.map(|file| (relative(&file, &src), fs::read_to_string(&file).unwrap()));
    let files = files.filter(|(path, _)| !path.split('/').any(|part| part == "tests" || part == "tests.rs"));
    files
        .map(|(path, text)| Source::new(krate, &path, text))
        .collect()
}

/// Names of all functions in sources and tests.
pub fn functions_of_tests() -> BTreeSet<String> {
    let sources = ["crates", "tests"]
        .into_iter()
        .flat_map(|folder| files(&root().join(folder)));
    let rust = sources.filter(|path| path.extension().is_some_and(|e| e == "rs"));
    let mut names = BTreeSet::new();
    for path in rust {
        let text = fs::read_to_string(&path).unwrap();
        for rest in text.split("fn ").skip(1) {
            names.insert(
                rest.chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect(),
            );
        }
    }
    names
}

/// All files under a folder, sorted; none when there is no folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in entries(folder) {
        if path.is_dir() {
            found.extend(files(&path))
        } else {
            found.push(path)
        }
    }
    found
}

/// What lies in a folder, sorted; nothing when there is no folder.
pub fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path())
        .collect();
    found.sort();
    found
}

/// Last part of a path.
pub fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// A path as it is written from `base`.
pub fn relative(path: &Path, base: &Path) -> String {
    path.strip_prefix(base)
        .unwrap()
        .to_string_lossy()
        .replace('\\', "/")
}

/// The code of a file as tokens.
pub fn tokens(text: &str) -> Result<Vec<Token>, proc_macro2::LexError> {
    let mut flat = Vec::new();
    flatten(text.parse()?, &mut flat);
    Ok(flat)
}

fn flatten(stream: TokenStream, flat: &mut Vec<Token>) {
    let mut trees = stream.into_iter().peekable();
    while let Some(tree) = trees.next() {
        if is_mark(&tree, '#') {
            // `#![…]` and `#[…]`: an attribute is no code; one for tests takes its item along.
            trees.next_if(|next| is_mark(next, '!'));
            if let Some(TokenTree::Group(group)) = trees.next_if(|next| matches!(next, TokenTree::Group(_)))
                && is_for_tests(&group.stream())
            {
                for skipped in trees.by_ref() {
                    let braces = matches!(&skipped, TokenTree::Group(g) if g.delimiter() == Delimiter::Brace);
                    if braces || is_mark(&skipped, ';') {
                        break;
                    }
                }
            }
            continue;
        }
        push(tree, flat);
    }
}

fn push(tree: TokenTree, flat: &mut Vec<Token>) {
    let line = tree.span().start().line;
    let mut add = |kind, text: String, line| flat.push(Token { kind, text, line });
    match tree {
        TokenTree::Ident(ident) => add(Kind::Ident, ident.to_string(), line),
        TokenTree::Punct(punct) => add(Kind::Mark, punct.as_char().to_string(), line),
        TokenTree::Literal(literal) => {
            let text = literal.to_string();
            let ends = (text.find('"'), text.rfind('"'));
            match ends {
                (Some(start), Some(end)) if start < end => {
                    add(Kind::Text, text[start + 1..end].to_owned(), line)
                }
                _ => add(Kind::Literal, text, line),
            }
        }
        TokenTree::Group(group) => {
            let (open, close) = match group.delimiter() {
                Delimiter::Parenthesis => ("(", ")"),
                Delimiter::Brace => ("{", "}"),
                Delimiter::Bracket => ("[", "]"),
                Delimiter::None => ("", ""),
            };
            add(Kind::Mark, open.into(), line);
            flatten(group.stream(), flat);
            let end = group.span_close().end().line;
            flat.push(Token {
                kind: Kind::Mark,
                text: close.into(),
                line: end,
            });
        }
    }
}

fn is_mark(tree: &TokenTree, mark: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == mark)
}

/// `cfg(test)`, also among other conditions; not `cfg(not(test))`.
fn is_for_tests(attribute: &TokenStream) -> bool {
    let text = attribute.to_string().replace(' ', "");
    text.starts_with("cfg(")
        && !text.contains("not(test)")
        && (text == "cfg(test)" || text.contains("(test,") || text.contains(",test"))
}

mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokens(text)
            .unwrap()
            .into_iter()
            .map(|token| token.text)
            .collect()
    }

    #[test]
    fn comments_attributes_and_tests_are_no_code() {
        let text = "//! unwrap()\n#![allow(x)]\n/// x.unwrap()\n#[derive(Debug)]\nfn a() {}\n\
                    #[cfg(test)]\nmod tests { fn b() { x.unwrap() } }\n#[cfg(test)] use c::{d};\nfn e() {}";
        assert_eq!(words(text).join(" "), "fn a ( ) { } ; fn e ( ) { }");
    }

    #[test]
    fn text_literals_are_content_not_code() {
        let found = tokens("let a = r#\"x.unwrap()\"#; let b = '\"';").unwrap();
        assert_eq!(found[3].text, "x.unwrap()");
        assert_eq!(found[3].kind, Kind::Text);
        assert!(!found[3].is("x.unwrap()"));
    }

    #[test]
    fn every_crate_is_seen() {
        assert!(
            crates().iter().any(|krate| krate == "kernel"),
            "run from the workspace"
        );
        assert!(
            sources()
                .iter()
                .any(|source| source.krate == "kernel" && source.path == "work.rs")
        );
    }
}

//! XPath 1.0 as site configuration files use it, from text to tree: location paths with every axis but `namespace`, predicates, unions,
//! comparisons, sums and the functions of [`Function::ALL`]. No variables, no prefixes, no products.

use crate::model::{Axis, Comparison, Function, NodeTest, Start, Step, XPath};

/// Longest expression, bytes.
const LONGEST: usize = 2_000;

/// Expressions inside of expressions.
const DEPTH: usize = 24;

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Symbol(&'static str),
    Number(f64),
    Literal(String),
    Name(String),
}

/// Reads an expression; the error says what of it is not understood.
pub(super) fn parse(written: &str) -> Result<XPath, String> {
    if written.len() > LONGEST {
        return Err(format!("it is over {LONGEST} bytes long"));
    }
    let mut reader = Reader { tokens: tokens(written)?, at: 0, depth: 0 };
    if reader.tokens.is_empty() {
        return Err("it is empty".to_owned());
    }
    let read = reader.or()?;
    match reader.peek() {
        None => Ok(read),
        Some(left) => Err(format!("`{}` is not expected where it stands", shown(left))),
    }
}

fn shown(token: &Token) -> String {
    match token {
        Token::Symbol(symbol) => (*symbol).to_owned(),
        Token::Number(number) => number.to_string(),
        Token::Literal(text) => format!("'{text}'"),
        Token::Name(name) => name.clone(),
    }
}

fn tokens(written: &str) -> Result<Vec<Token>, String> {
    const SYMBOLS: [&str; 21] =
        ["//", "::", "..", "!=", "<=", ">=", "/", "[", "]", "(", ")", "@", ",", ".", "|", "=", "<", ">", "+", "-", "*"];
    let mut tokens = Vec::new();
    let mut rest = written.trim_start();
    while let Some(first) = rest.chars().next() {
        let taken = if first == '"' || first == '\'' {
            let text = rest.get(1..).and_then(|rest| rest.split_once(first)).ok_or("a string in it has no end")?.0;
            tokens.push(Token::Literal(text.to_owned()));
            text.len() + 2
        } else if first.is_ascii_digit() {
            let length = rest.bytes().position(|byte| !(byte.is_ascii_digit() || byte == b'.')).unwrap_or(rest.len());
            let number = rest.get(..length).and_then(|number| number.parse().ok()).ok_or("a number in it is none")?;
            tokens.push(Token::Number(number));
            length
        } else if first.is_alphabetic() || first == '_' {
            let inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
            let length = rest.find(|c| !inside(c)).unwrap_or(rest.len());
            let after = rest.get(length..).unwrap_or_default();
            if after.starts_with(':') && !after.starts_with("::") {
                return Err("it uses a namespace prefix".to_owned());
            }
            tokens.push(Token::Name(rest.get(..length).unwrap_or_default().to_owned()));
            length
        } else {
            let symbol = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol));
            let symbol = symbol.ok_or_else(|| format!("`{first}` is not known"))?;
            tokens.push(Token::Symbol(symbol));
            symbol.len()
        };
        rest = rest.get(taken..).unwrap_or_default().trim_start();
    }
    Ok(tokens)
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Reader {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn is(&self, symbol: &str) -> bool {
        matches!(self.peek(), Some(Token::Symbol(found)) if *found == symbol)
    }

    fn take(&mut self, symbol: &str) -> bool {
        let found = self.is(symbol);
        self.at += usize::from(found);
        found
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Name(name)) if name == word);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, symbol: &str) -> Result<(), String> {
        if self.take(symbol) {
            return Ok(());
        }
        Err(match self.peek() {
            Some(found) => format!("`{symbol}` is missing before `{}`", shown(found)),
            None => format!("`{symbol}` is missing at its end"),
        })
    }

    fn or(&mut self) -> Result<XPath, String> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err("it is nested too deeply".to_owned());
        }
        let mut parts = vec![self.and()?];
        while self.take_word("or") {
            parts.push(self.and()?);
        }
        self.depth -= 1;
        Ok(only(parts, XPath::Or))
    }

    fn and(&mut self) -> Result<XPath, String> {
        let mut parts = vec![self.equality()?];
        while self.take_word("and") {
            parts.push(self.equality()?);
        }
        Ok(only(parts, XPath::And))
    }

    fn equality(&mut self) -> Result<XPath, String> {
        let kinds = [("=", Comparison::Equal), ("!=", Comparison::Unequal)];
        let left = self.relation()?;
        match self.comparison(&kinds) {
            Some(kind) => Ok(XPath::Compare(kind, Box::new((left, self.relation()?)))),
            None => Ok(left),
        }
    }

    fn relation(&mut self) -> Result<XPath, String> {
        let kinds = [
            ("<=", Comparison::LessOrEqual),
            (">=", Comparison::GreaterOrEqual),
            ("<", Comparison::Less),
            (">", Comparison::Greater),
        ];
        let left = self.sum()?;
        match self.comparison(&kinds) {
            Some(kind) => Ok(XPath::Compare(kind, Box::new((left, self.sum()?)))),
            None => Ok(left),
        }
    }

    fn comparison(&mut self, kinds: &[(&str, Comparison)]) -> Option<Comparison> {
        kinds.iter().find(|(symbol, _)| self.take(symbol)).map(|(_, kind)| *kind)
    }

    fn sum(&mut self) -> Result<XPath, String> {
        // As many as are written one after the other count as nested: what is read is evaluated by recursion.
        let mut left = self.union()?;
        for _ in 0..DEPTH {
            let minus = self.is("-");
            if !(self.take("+") || self.take("-")) {
                break;
            }
            left = XPath::Sum(minus, Box::new((left, self.union()?)));
        }
        Ok(left)
    }

    fn union(&mut self) -> Result<XPath, String> {
        let mut parts = vec![self.path()?];
        while self.take("|") {
            parts.push(self.path()?);
        }
        Ok(only(parts, XPath::Union))
    }

    /// A location path, or something that one may begin with.
    fn path(&mut self) -> Result<XPath, String> {
        let mut steps = Vec::new();
        let start = match self.peek() {
            Some(Token::Symbol("/" | "//")) => {
                let alone = self.is("/") && !self.begins_step(self.at + 1);
                if alone {
                    self.at += 1;
                    return Ok(XPath::Path(Start::Root, steps));
                }
                Start::Root
            }
            Some(Token::Literal(_) | Token::Number(_) | Token::Symbol("(")) => return self.filtered(),
            Some(Token::Name(_)) if self.is_call() => return self.filtered(),
            _ => {
                self.step(&mut steps)?;
                Start::Here
            }
        };
        self.steps(&mut steps)?;
        Ok(XPath::Path(start, steps))
    }

    /// A primary expression (§ 3.1), its predicates, and the path from it.
    fn filtered(&mut self) -> Result<XPath, String> {
        let primary = match self.tokens.get(self.at).cloned() {
            Some(Token::Literal(text)) => {
                self.at += 1;
                return Ok(XPath::Literal(text));
            }
            Some(Token::Number(number)) => {
                self.at += 1;
                return Ok(XPath::Number(number));
            }
            Some(Token::Name(name)) => {
                self.at += 1;
                self.call(&name)?
            }
            _ => {
                self.expect("(")?;
                let inner = self.or()?;
                self.expect(")")?;
                inner
            }
        };
        let predicates = self.predicates()?;
        let mut steps = Vec::new();
        self.steps(&mut steps)?;
        if predicates.is_empty() && steps.is_empty() {
            return Ok(primary);
        }
        Ok(XPath::Path(Start::Found(Box::new(primary), predicates), steps))
    }

    fn call(&mut self, name: &str) -> Result<XPath, String> {
        let known = Function::ALL.iter().find(|(_, known, ..)| *known == name);
        let (function, _, fewest, most) = *known.ok_or_else(|| format!("the function `{name}` is not known"))?;
        self.expect("(")?;
        let mut arguments = Vec::new();
        if !self.is(")") {
            arguments.push(self.or()?);
            while self.take(",") {
                arguments.push(self.or()?);
            }
        }
        self.expect(")")?;
        if !(fewest..=most).contains(&arguments.len()) {
            return Err(format!("`{name}` does not take {} arguments", arguments.len()));
        }
        Ok(XPath::Call(function, arguments))
    }

    /// A name and a parenthesis, unless it is a node test.
    fn is_call(&self) -> bool {
        let node_test = matches!(self.peek(), Some(Token::Name(name)) if matches!(name.as_str(), "text" | "node" | "comment"));
        !node_test && self.tokens.get(self.at + 1) == Some(&Token::Symbol("("))
    }

    fn begins_step(&self, at: usize) -> bool {
        matches!(self.tokens.get(at), Some(Token::Name(_) | Token::Symbol("@" | "." | ".." | "*")))
    }

    fn steps(&mut self, steps: &mut Vec<Step>) -> Result<(), String> {
        loop {
            if self.take("//") {
                steps.push(Step { axis: Axis::DescendantOrSelf, test: NodeTest::Node, predicates: Vec::new() });
            } else if !self.take("/") {
                return Ok(());
            }
            self.step(steps)?;
        }
    }

    fn step(&mut self, steps: &mut Vec<Step>) -> Result<(), String> {
        for (symbol, axis) in [("..", Axis::Parent), (".", Axis::This)] {
            if self.take(symbol) {
                let predicates = self.predicates()?;
                steps.push(Step { axis, test: NodeTest::Node, predicates });
                return Ok(());
            }
        }
        let mut axis = if self.take("@") { Axis::Attribute } else { Axis::Child };
        if self.tokens.get(self.at + 1) == Some(&Token::Symbol("::"))
            && let Some(Token::Name(name)) = self.peek()
        {
            axis = axis_of(name).ok_or_else(|| format!("the axis `{name}` is not known"))?;
            self.at += 2;
        }
        let test = match self.tokens.get(self.at).cloned() {
            Some(Token::Symbol("*")) => NodeTest::Any,
            Some(Token::Name(name)) => match name.as_str() {
                "text" | "node" | "comment" if self.tokens.get(self.at + 1) == Some(&Token::Symbol("(")) => {
                    self.at += 2;
                    if !self.is(")") {
                        return Err(format!("`{name}()` takes no arguments"));
                    }
                    match name.as_str() {
                        "text" => NodeTest::Text,
                        "comment" => NodeTest::Comment,
                        _ => NodeTest::Node,
                    }
                }
                _ => NodeTest::Name(name.to_ascii_lowercase()),
            },
            Some(found) => return Err(format!("`{}` stands where a step is expected", shown(&found))),
            None => return Err("a step is missing at its end".to_owned()),
        };
        self.at += 1;
        let predicates = self.predicates()?;
        steps.push(Step { axis, test, predicates });
        Ok(())
    }

    fn predicates(&mut self) -> Result<Vec<XPath>, String> {
        let mut predicates = Vec::new();
        while self.take("[") {
            predicates.push(self.or()?);
            self.expect("]")?;
        }
        Ok(predicates)
    }
}

fn only(mut parts: Vec<XPath>, many: fn(Vec<XPath>) -> XPath) -> XPath {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            many(parts)
        }
        None => many(parts),
    }
}

fn axis_of(name: &str) -> Option<Axis> {
    Some(match name {
        "child" => Axis::Child,
        "descendant" => Axis::Descendant,
        "descendant-or-self" => Axis::DescendantOrSelf,
        "self" => Axis::This,
        "parent" => Axis::Parent,
        "ancestor" => Axis::Ancestor,
        "ancestor-or-self" => Axis::AncestorOrSelf,
        "following-sibling" => Axis::FollowingSibling,
        "preceding-sibling" => Axis::PrecedingSibling,
        "following" => Axis::Following,
        "preceding" => Axis::Preceding,
        "attribute" => Axis::Attribute,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_and_what_is_not() {
        let check = |written: &str, expected: Result<(), &str>| match (parse(written), expected) {
            (Ok(_), Ok(())) => {}
            (Err(error), Err(part)) => assert!(error.contains(part), "{written}: {error}"),
            (read, expected) => panic!("{written}: {read:?}, not {expected:?}"),
        };
        for written in [
            "//div[@id='a']",
            "//p[contains(concat(' ',normalize-space(@class),' '),' lead ')] | //div/following-sibling::*[2]",
            "(//a[@rel='next'])[last()]/@href",
            "//div[not(@class) and (position() < 3 or starts-with(., 'x'))]//text()",
            "concat(//link[@rel=\"canonical\"]/@href, '?all=1')",
            "/html/body/*[self::div or self::p][last()-1]",
            "descendant::b/..",
            "/",
            "string(//h1)",
            "id('text')/p",
            "//a[substring(@href, string-length(@href) - 3 + 1) = 'all']",
        ] {
            check(written, Ok(()));
        }
        check("", Err("empty"));
        check("//div[", Err("step is missing"));
        check("//div[@id='a'", Err("`]` is missing"));
        check("//div]", Err("`]` is not expected"));
        check("//@og:title", Err("namespace"));
        check("$x", Err("`$`"));
        check("//a[matches(., 'x')]", Err("`matches`"));
        check("//a[contains(.)]", Err("1 arguments"));
        check("sibling::a", Err("axis `sibling`"));
        check("//p * 2", Err("`*`"));
        check("'x", Err("no end"));
        check(&format!("{}a{}", "(".repeat(100), ")".repeat(100)), Err("deeply"));
        check(&"/a".repeat(1_001), Err("bytes"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_has_an_end(written in "[/@\\[\\]()a-c'.:*|=<! ,0-9\\-]{0,60}|\\PC{0,40}") {
            let _ = parse(&written);
        }
    }
}

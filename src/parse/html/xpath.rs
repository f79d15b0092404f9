//! XPath on the tree of a page. Every step costs fuel, so that no expression takes more than its share of time whatever the page is like.

use std::collections::{HashMap, HashSet};

use dom_query::{Document, NodeId, NodeRef};

use super::squeezed;
use crate::model::{Axis, Comparison, Function, NodeTest, Start, Step, XPath};

/// Nodes that one expression may look at.
const FUEL: u64 = 2_000_000;

/// What an expression finds in a tree.
#[derive(Debug, Clone)]
pub(super) enum Node<'a> {
    /// An element, a text, a comment or the document.
    Tree(NodeRef<'a>),
    /// An attribute: its element, its place there, its name and its value.
    Attribute(NodeRef<'a>, usize, String, String),
}

impl Node<'_> {
    /// Its text: that of an element is all text inside.
    pub(super) fn text(&self) -> String {
        match self {
            Node::Tree(node) => node.text().to_string(),
            Node::Attribute(_, _, _, value) => value.clone(),
        }
    }
}

#[derive(Debug, Clone)]
pub(super) enum Value<'a> {
    /// In document order, each once.
    Nodes(Vec<Node<'a>>),
    Text(String),
    Number(f64),
    Truth(bool),
}

impl Value<'_> {
    fn truth(&self) -> bool {
        match self {
            Value::Nodes(nodes) => !nodes.is_empty(),
            Value::Text(text) => !text.is_empty(),
            Value::Number(number) => *number != 0.0 && !number.is_nan(),
            Value::Truth(truth) => *truth,
        }
    }
}

/// A page that expressions are evaluated on. Elements may be taken out of it meanwhile, none put in.
#[derive(Debug)]
pub(super) struct Page<'a> {
    root: NodeRef<'a>,
    order: HashMap<NodeId, usize>,
}

/// Where an expression is evaluated.
#[derive(Clone, Copy)]
struct Context<'n, 'a> {
    node: &'n Node<'a>,
    position: usize,
    size: usize,
}

/// Out of fuel.
#[derive(Debug)]
pub(super) struct Exhausted;

impl<'a> Page<'a> {
    pub(super) fn new(document: &'a Document) -> Self {
        let root = document.root();
        let order = std::iter::once(root).chain(root.descendants_it()).enumerate().map(|(place, node)| (node.id, place));
        Self { root, order: order.collect() }
    }

    /// What an expression comes to at the root of the page.
    ///
    /// # Errors
    /// It would take too long.
    pub(super) fn value(&self, path: &XPath) -> Result<Value<'a>, Exhausted> {
        let mut run = Run { page: self, fuel: FUEL };
        let root = Node::Tree(self.root);
        run.value(path, Context { node: &root, position: 1, size: 1 })
    }

    /// Whether it comes to something.
    pub(super) fn holds(&self, path: &XPath) -> Result<bool, Exhausted> {
        self.value(path).map(|value| value.truth())
    }

    pub(super) fn root(&self) -> NodeRef<'a> {
        self.root
    }

    fn key(&self, node: &Node<'_>) -> (usize, usize) {
        let place = |node: &NodeRef<'_>| self.order.get(&node.id).copied().unwrap_or(usize::MAX);
        match node {
            Node::Tree(node) => (place(node), 0),
            Node::Attribute(owner, at, ..) => (place(owner), at + 1),
        }
    }
}

struct Run<'p, 'a> {
    page: &'p Page<'a>,
    fuel: u64,
}

impl<'a> Run<'_, 'a> {
    fn spend(&mut self, amount: usize) -> Result<(), Exhausted> {
        self.fuel = self.fuel.checked_sub(amount as u64).ok_or(Exhausted)?;
        Ok(())
    }

    fn value(&mut self, path: &XPath, at: Context<'_, 'a>) -> Result<Value<'a>, Exhausted> {
        self.spend(1)?;
        Ok(match path {
            XPath::Or(parts) => {
                for part in parts {
                    if self.value(part, at)?.truth() {
                        return Ok(Value::Truth(true));
                    }
                }
                Value::Truth(false)
            }
            XPath::And(parts) => {
                for part in parts {
                    if !self.value(part, at)?.truth() {
                        return Ok(Value::Truth(false));
                    }
                }
                Value::Truth(true)
            }
            XPath::Compare(kind, sides) => {
                let (left, right) = (self.value(&sides.0, at)?, self.value(&sides.1, at)?);
                Value::Truth(self.compare(*kind, &left, &right)?)
            }
            XPath::Sum(minus, sides) => {
                let (left, right) = (self.value(&sides.0, at)?, self.value(&sides.1, at)?);
                let (left, right) = (self.number(&left)?, self.number(&right)?);
                Value::Number(if *minus { left - right } else { left + right })
            }
            XPath::Union(parts) => {
                let mut nodes = Vec::new();
                for part in parts {
                    nodes.append(&mut self.nodes(part, at)?);
                }
                Value::Nodes(self.in_order(nodes)?)
            }
            XPath::Number(number) => Value::Number(*number),
            XPath::Literal(text) => Value::Text(text.clone()),
            XPath::Call(function, arguments) => self.call(*function, arguments, at)?,
            XPath::Path(start, steps) => {
                let mut nodes = match start {
                    Start::Root => vec![Node::Tree(self.page.root)],
                    Start::Here => vec![at.node.clone()],
                    Start::Found(inner, predicates) => {
                        let mut found = self.nodes(inner, at)?;
                        for predicate in predicates {
                            found = self.filter(found, predicate)?;
                        }
                        found
                    }
                };
                for step in steps {
                    nodes = self.step(&nodes, step)?;
                }
                Value::Nodes(nodes)
            }
        })
    }

    /// Nodes only: what is no node is none.
    fn nodes(&mut self, path: &XPath, at: Context<'_, 'a>) -> Result<Vec<Node<'a>>, Exhausted> {
        Ok(match self.value(path, at)? {
            Value::Nodes(nodes) => nodes,
            _ => Vec::new(),
        })
    }

    fn step(&mut self, from: &[Node<'a>], step: &Step) -> Result<Vec<Node<'a>>, Exhausted> {
        let mut all = Vec::new();
        for node in from {
            let mut found = self.along(node, step)?;
            for predicate in &step.predicates {
                found = self.filter(found, predicate)?;
            }
            all.append(&mut found);
        }
        self.in_order(all)
    }

    fn filter(&mut self, nodes: Vec<Node<'a>>, predicate: &XPath) -> Result<Vec<Node<'a>>, Exhausted> {
        let size = nodes.len();
        let mut kept = Vec::new();
        for (index, node) in nodes.into_iter().enumerate() {
            let position = index + 1;
            let keeps = match self.value(predicate, Context { node: &node, position, size })? {
                Value::Number(number) => number == position as f64,
                value => value.truth(),
            };
            if keeps {
                kept.push(node);
            }
        }
        Ok(kept)
    }

    fn in_order(&mut self, mut nodes: Vec<Node<'a>>) -> Result<Vec<Node<'a>>, Exhausted> {
        self.spend(nodes.len())?;
        let mut seen = HashSet::new();
        nodes.retain(|node| seen.insert(self.page.key(node)));
        nodes.sort_by_key(|node| self.page.key(node));
        Ok(nodes)
    }

    /// Nodes of one axis that pass the test, nearest first.
    fn along(&mut self, node: &Node<'a>, step: &Step) -> Result<Vec<Node<'a>>, Exhausted> {
        let tree = match node {
            Node::Tree(tree) => *tree,
            // An attribute has nothing below it, and its element above.
            Node::Attribute(owner, ..) => {
                let above = match step.axis {
                    Axis::Parent => vec![*owner],
                    Axis::Ancestor | Axis::AncestorOrSelf => std::iter::once(*owner).chain(owner.ancestors_it(None)).collect(),
                    Axis::This | Axis::DescendantOrSelf if step.test == NodeTest::Node => return Ok(vec![node.clone()]),
                    _ => Vec::new(),
                };
                return Ok(above.into_iter().filter(|node| passes(node, &step.test)).map(Node::Tree).collect());
            }
        };
        if step.axis == Axis::Attribute {
            let attributes = tree.attrs();
            self.spend(attributes.len())?;
            let named = |name: &str| match &step.test {
                NodeTest::Any | NodeTest::Node => true,
                NodeTest::Name(wanted) => wanted == name,
                NodeTest::Text | NodeTest::Comment => false,
            };
            let found = attributes.iter().enumerate().filter(|(_, attribute)| named(&attribute.name.local));
            return Ok(found
                .map(|(at, attribute)| Node::Attribute(tree, at, attribute.name.local.to_string(), attribute.value.to_string()))
                .collect());
        }
        let mut found = Vec::new();
        let mut look = |run: &mut Self, node: NodeRef<'a>| {
            if passes(&node, &step.test) {
                found.push(Node::Tree(node));
            }
            run.spend(1)
        };
        match step.axis {
            Axis::Attribute => {}
            Axis::This => look(self, tree)?,
            Axis::Child => {
                for node in tree.children_it(false) {
                    look(self, node)?;
                }
            }
            Axis::Parent => {
                if let Some(node) = tree.parent() {
                    look(self, node)?;
                }
            }
            Axis::Descendant | Axis::DescendantOrSelf => {
                if step.axis == Axis::DescendantOrSelf {
                    look(self, tree)?;
                }
                for node in tree.descendants_it() {
                    look(self, node)?;
                }
            }
            Axis::Ancestor | Axis::AncestorOrSelf => {
                if step.axis == Axis::AncestorOrSelf {
                    look(self, tree)?;
                }
                for node in tree.ancestors_it(None) {
                    look(self, node)?;
                }
            }
            Axis::FollowingSibling => {
                let mut next = tree.next_sibling();
                while let Some(node) = next {
                    look(self, node)?;
                    next = node.next_sibling();
                }
            }
            Axis::PrecedingSibling => {
                let mut next = tree.prev_sibling();
                while let Some(node) = next {
                    look(self, node)?;
                    next = node.prev_sibling();
                }
            }
            Axis::Following => {
                for above in std::iter::once(tree).chain(tree.ancestors_it(None)) {
                    let mut next = above.next_sibling();
                    while let Some(node) = next {
                        look(self, node)?;
                        for inner in node.descendants_it() {
                            look(self, inner)?;
                        }
                        next = node.next_sibling();
                    }
                }
            }
            Axis::Preceding => {
                for above in std::iter::once(tree).chain(tree.ancestors_it(None)) {
                    let mut next = above.prev_sibling();
                    while let Some(node) = next {
                        let inside: Vec<NodeRef<'a>> = node.descendants_it().collect();
                        for inner in inside.into_iter().rev() {
                            look(self, inner)?;
                        }
                        look(self, node)?;
                        next = node.prev_sibling();
                    }
                }
            }
        }
        Ok(found)
    }

    fn text_of(&mut self, node: &Node<'a>) -> Result<String, Exhausted> {
        if let Node::Tree(tree) = node {
            let mut text = String::new();
            if tree.is_text() {
                text.push_str(&tree.text());
            }
            for inner in tree.descendants_it() {
                self.spend(1)?;
                if inner.is_text() {
                    text.push_str(&inner.text());
                }
            }
            self.spend(text.len() / 64)?;
            return Ok(text);
        }
        let text = node.text();
        self.spend(text.len() / 64)?;
        Ok(text)
    }

    fn text(&mut self, value: &Value<'a>) -> Result<String, Exhausted> {
        Ok(match value {
            Value::Nodes(nodes) => match nodes.first() {
                Some(first) => self.text_of(first)?,
                None => String::new(),
            },
            Value::Text(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Truth(truth) => truth.to_string(),
        })
    }

    fn number(&mut self, value: &Value<'a>) -> Result<f64, Exhausted> {
        Ok(match value {
            Value::Number(number) => *number,
            Value::Truth(truth) => f64::from(*truth),
            other => self.text(other)?.trim().parse().unwrap_or(f64::NAN),
        })
    }

    /// § 3.4: a set of nodes is like another value when one of them is.
    fn compare(&mut self, kind: Comparison, left: &Value<'a>, right: &Value<'a>) -> Result<bool, Exhausted> {
        let equality = matches!(kind, Comparison::Equal | Comparison::Unequal);
        let of_numbers = |left: f64, right: f64| match kind {
            Comparison::Equal => left == right,
            Comparison::Unequal => left != right,
            Comparison::Less => left < right,
            Comparison::LessOrEqual => left <= right,
            Comparison::Greater => left > right,
            Comparison::GreaterOrEqual => left >= right,
        };
        if let (Value::Truth(_), other) | (other, Value::Truth(_)) = (left, right)
            && equality
        {
            let truth = if matches!(left, Value::Truth(_)) { left.truth() } else { right.truth() };
            return Ok((other.truth() == truth) == (kind == Comparison::Equal));
        }
        let numbers = !equality || matches!(left, Value::Number(_)) || matches!(right, Value::Number(_));
        let mut sides = Vec::with_capacity(2);
        for value in [left, right] {
            let mut texts = Vec::new();
            match value {
                Value::Nodes(nodes) => {
                    for node in nodes {
                        texts.push(self.text_of(node)?);
                    }
                }
                other => texts.push(self.text(other)?),
            }
            sides.push(texts);
        }
        let [lefts, rights] = sides.as_slice() else { return Ok(false) };
        for left in lefts {
            self.spend(rights.len())?;
            let like = |right: &String| {
                if numbers {
                    let number = |text: &String| text.trim().parse().unwrap_or(f64::NAN);
                    of_numbers(number(left), number(right))
                } else {
                    (left == right) == (kind == Comparison::Equal)
                }
            };
            if rights.iter().any(like) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn call(&mut self, function: Function, arguments: &[XPath], at: Context<'_, 'a>) -> Result<Value<'a>, Exhausted> {
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            values.push(self.value(argument, at)?);
        }
        match function {
            Function::Not => return Ok(Value::Truth(!values.first().is_some_and(Value::truth))),
            Function::Boolean => return Ok(Value::Truth(values.first().is_some_and(Value::truth))),
            Function::True => return Ok(Value::Truth(true)),
            Function::False => return Ok(Value::Truth(false)),
            Function::Position => return Ok(Value::Number(at.position as f64)),
            Function::Last => return Ok(Value::Number(at.size as f64)),
            Function::Count => {
                let count = if let Some(Value::Nodes(nodes)) = values.first() { nodes.len() } else { 0 };
                return Ok(Value::Number(count as f64));
            }
            Function::Name => {
                let node = match values.first() {
                    Some(Value::Nodes(nodes)) => nodes.first(),
                    Some(_) => None,
                    None => Some(at.node),
                };
                return Ok(Value::Text(match node {
                    Some(Node::Tree(node)) => node.node_name().map(|name| name.to_string()).unwrap_or_default(),
                    Some(Node::Attribute(_, _, name, _)) => name.clone(),
                    None => String::new(),
                }));
            }
            Function::Id => {
                let wanted = match values.first() {
                    Some(value) => self.text(value)?,
                    None => String::new(),
                };
                let mut found = Vec::new();
                for node in self.page.root.descendants_it() {
                    self.spend(1)?;
                    if node.id_attr().is_some_and(|id| wanted.split_ascii_whitespace().any(|wanted| wanted == &*id)) {
                        found.push(Node::Tree(node));
                    }
                }
                return Ok(Value::Nodes(found));
            }
            _ => {}
        }
        let mut texts = Vec::with_capacity(values.len().max(1));
        for value in &values {
            texts.push(self.text(value)?);
        }
        if texts.is_empty() {
            texts.push(self.text_of(at.node)?);
        }
        self.spend(texts.iter().map(String::len).sum::<usize>() / 64)?;
        let text = |index: usize| texts.get(index).map(String::as_str).unwrap_or_default();
        Ok(match function {
            Function::Contains => Value::Truth(text(0).contains(text(1))),
            Function::StartsWith => Value::Truth(text(0).starts_with(text(1))),
            Function::EndsWith => Value::Truth(text(0).ends_with(text(1))),
            Function::LowerCase => Value::Text(text(0).to_lowercase()),
            Function::NormalizeSpace => Value::Text(squeezed(text(0))),
            Function::Concat => Value::Text(texts.concat()),
            Function::StringLength => Value::Number(text(0).chars().count() as f64),
            Function::SubstringBefore => Value::Text(text(0).split_once(text(1)).map_or("", |(before, _)| before).to_owned()),
            Function::SubstringAfter => Value::Text(text(0).split_once(text(1)).map_or("", |(_, after)| after).to_owned()),
            Function::Substring => {
                let number = |index: usize| text(index).trim().parse::<f64>().unwrap_or(f64::NAN).round();
                let start = number(1);
                let end = if texts.len() > 2 { start + number(2) } else { f64::INFINITY };
                let inside = |place: usize| (place as f64) >= start && (place as f64) < end;
                Value::Text(text(0).chars().enumerate().filter(|(at, _)| inside(at + 1)).map(|(_, c)| c).collect())
            }
            Function::Translate => {
                let mut to = text(2).chars();
                let mut map: HashMap<char, Option<char>> = HashMap::new();
                for from in text(1).chars() {
                    let by = to.next();
                    map.entry(from).or_insert(by);
                }
                Value::Text(text(0).chars().filter_map(|c| map.get(&c).copied().unwrap_or(Some(c))).collect())
            }
            Function::Number => Value::Number(text(0).trim().parse().unwrap_or(f64::NAN)),
            _ => Value::Text(text(0).to_owned()),
        })
    }
}

fn passes(node: &NodeRef<'_>, test: &NodeTest) -> bool {
    match test {
        NodeTest::Any => node.is_element(),
        NodeTest::Name(name) => node.has_name(name),
        NodeTest::Text => node.is_text(),
        NodeTest::Comment => node.is_comment(),
        NodeTest::Node => !node.is_doctype(),
    }
}

//! How the article pages of a site are read: the rules of a FiveFilters site configuration file, with the part of XPath 1.0 they use.

/// The rules of one host. Every list is in the order of the file; the first that fits counts, unless it says otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteRules {
    /// Text replaced in the source before anything is read: what, and by what.
    pub replace: Vec<(String, String)>,
    /// The headline.
    pub title: Vec<SiteRule>,
    /// Names of the authors: everything the first fitting rule finds.
    pub author: Vec<SiteRule>,
    /// The date of publication.
    pub date: Vec<SiteRule>,
    /// The text: everything the first fitting rule finds, in document order.
    pub body: Vec<SiteRule>,
    /// What is no part of it: every element and attribute that any of these finds.
    pub strip: Vec<SiteRule>,
    /// Elements whose id or class has one of these in it are no part of it either.
    pub strip_words: Vec<String>,
    /// Nor are pictures whose address has one of these in it.
    pub strip_images: Vec<String>,
    /// The link to the whole article on one page.
    pub single_page: Vec<SiteRule>,
    /// The link to the next page.
    pub next_page: Vec<SiteRule>,
    /// Whether what is known to be no text (readers' comments and the like) is taken out of it as from other pages.
    pub prune: bool,
    /// Whether the text is found by its looks when no rule for it fits.
    pub detect: bool,
}

impl Default for SiteRules {
    fn default() -> Self {
        Self {
            replace: Vec::new(),
            title: Vec::new(),
            author: Vec::new(),
            date: Vec::new(),
            body: Vec::new(),
            strip: Vec::new(),
            strip_words: Vec::new(),
            strip_images: Vec::new(),
            single_page: Vec::new(),
            next_page: Vec::new(),
            prune: true,
            detect: true,
        }
    }
}

/// One rule, and the condition on the page under which it is looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteRule {
    /// What it finds.
    pub path: XPath,
    /// Looked at only on pages on which this finds something.
    pub only_if: Option<XPath>,
}

/// An expression of XPath 1.0 (§ 3).
#[derive(Debug, Clone, PartialEq)]
pub enum XPath {
    /// `a or b`.
    Or(Vec<XPath>),
    /// `a and b`.
    And(Vec<XPath>),
    /// `a = b` and its kin.
    Compare(Comparison, Box<(XPath, XPath)>),
    /// `a + b`; `a - b` where the flag is set.
    Sum(bool, Box<(XPath, XPath)>),
    /// `a | b`.
    Union(Vec<XPath>),
    /// A number.
    Number(f64),
    /// A string in quotation marks.
    Literal(String),
    /// A function call.
    Call(Function, Vec<XPath>),
    /// A location path.
    Path(Start, Vec<Step>),
}

/// Where a location path begins.
#[derive(Debug, Clone, PartialEq)]
pub enum Start {
    /// At the root of the document.
    Root,
    /// At the context node.
    Here,
    /// At what an expression finds, filtered.
    Found(Box<XPath>, Vec<XPath>),
}

/// One step of a location path.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Where to.
    pub axis: Axis,
    /// Which nodes.
    pub test: NodeTest,
    /// Filters, applied one after the other.
    pub predicates: Vec<XPath>,
}

/// Directions (§ 2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the recommendation")]
pub enum Axis {
    Child,
    Descendant,
    DescendantOrSelf,
    This,
    Parent,
    Ancestor,
    AncestorOrSelf,
    FollowingSibling,
    PrecedingSibling,
    Following,
    Preceding,
    Attribute,
}

/// Node tests (§ 2.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeTest {
    /// `*`: any element, or any attribute.
    Any,
    /// That name, in lower case.
    Name(String),
    /// `text()`.
    Text,
    /// `comment()`.
    Comment,
    /// `node()`.
    Node,
}

/// Comparisons (§ 3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Comparison {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Functions (§ 4), and `ends-with` and `lower-case`, which such files use as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the recommendation")]
pub enum Function {
    Contains,
    StartsWith,
    EndsWith,
    LowerCase,
    NormalizeSpace,
    Concat,
    String,
    StringLength,
    SubstringBefore,
    SubstringAfter,
    Substring,
    Translate,
    Number,
    Boolean,
    Not,
    True,
    False,
    Count,
    Position,
    Last,
    Name,
    Id,
}

impl Function {
    /// Names with the fewest and the most arguments they take.
    pub const ALL: [(Function, &'static str, usize, usize); 23] = [
        (Function::Contains, "contains", 2, 2),
        (Function::StartsWith, "starts-with", 2, 2),
        (Function::EndsWith, "ends-with", 2, 2),
        (Function::LowerCase, "lower-case", 1, 1),
        (Function::NormalizeSpace, "normalize-space", 0, 1),
        (Function::Concat, "concat", 2, 64),
        (Function::String, "string", 0, 1),
        (Function::StringLength, "string-length", 0, 1),
        (Function::SubstringBefore, "substring-before", 2, 2),
        (Function::SubstringAfter, "substring-after", 2, 2),
        (Function::Substring, "substring", 2, 3),
        (Function::Translate, "translate", 3, 3),
        (Function::Number, "number", 0, 1),
        (Function::Boolean, "boolean", 1, 1),
        (Function::Not, "not", 1, 1),
        (Function::True, "true", 0, 0),
        (Function::False, "false", 0, 0),
        (Function::Count, "count", 1, 1),
        (Function::Position, "position", 0, 0),
        (Function::Last, "last", 0, 0),
        (Function::Name, "name", 0, 1),
        (Function::Name, "local-name", 0, 1),
        (Function::Id, "id", 1, 1),
    ];
}

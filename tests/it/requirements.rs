//! What every published document must be, as a numbered checklist: requirement n is the test `rNN_…`. The documents are of made-up articles that
//! have everything; what an HTTP server adds is asked of the real program.
//!
//! What is asked of partners (51 to 57) is asked over real sockets; 58 is in `websub`, and what the client itself refuses in `fetch`.

mod articles;
mod documents;
mod fetched;
mod json_feed;
mod pages;
mod served;
mod withdrawn;

#[path = "../../src/render/tests/read_back.rs"]
mod read_back;

const ATOM: &str = "http://www.w3.org/2005/Atom";
const CONTENT: &str = "http://purl.org/rss/1.0/modules/content/";
const DC: &str = "http://purl.org/dc/elements/1.1/";
const DCTERMS: &str = "http://purl.org/dc/terms/";
const MEDIA: &str = "http://search.yahoo.com/mrss/";
const REPRINT: &str = "urn:uuid:4486557c-82cf-43f6-b83f-0b3b52c982c6";
const SLASH: &str = "http://purl.org/rss/1.0/modules/slash/";

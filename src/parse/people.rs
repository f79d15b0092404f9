//! People as feeds name them: in a line, several times, in several elements.

use super::build::GUEST;
use crate::model::Person;

/// Worse than any rank.
const UNSET: u8 = u8::MAX;

/// People in document order, without those that a better element makes superfluous (itunes:author beside author, the byline of
/// dc:creator beside marcrel:aut) and without repetitions.
pub(super) fn best_people(people: &mut Vec<(u8, Person)>) -> Vec<Person> {
    let best = people.iter().map(|(rank, _)| *rank).min().unwrap_or(UNSET);
    people.retain(|(rank, _)| (best == 0) == (*rank == 0) && (best > 4 || *rank <= 4 || *rank >= GUEST));
    if people.len() < 2 {
        return people.drain(..).map(|(_, person)| person).collect();
    }
    let mut kept: Vec<Person> = Vec::with_capacity(people.len());
    for (_, person) in people.drain(..) {
        let agree = |one: &Option<String>, other: &Option<String>| one.is_some() && one == other;
        let differ = |one: &Option<String>, other: &Option<String>| one.is_some() && other.is_some() && one != other;
        let same = |other: &Person| {
            (agree(&other.name, &person.name) && !differ(&other.email, &person.email) && !differ(&other.uri, &person.uri))
                || (agree(&other.email, &person.email) && !differ(&other.name, &person.name))
        };
        match kept.iter_mut().find(|other| same(other)) {
            Some(other) => {
                other.name = other.name.take().or(person.name);
                other.email = other.email.take().or(person.email);
                other.uri = other.uri.take().or(person.uri);
            }
            None => kept.push(person),
        }
    }
    kept
}

/// A person written in a line: `desk@a.example (Desk)`, `Desk <desk@a.example>`, or a name.
pub(super) fn person_from_text(text: &str) -> Person {
    let text = text.trim();
    let none = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    if !text.contains('@') {
        return Person { name: none(text), ..Person::default() };
    }
    let Some(email) = text
        .split(|c: char| c.is_whitespace() || "()<>,;\"'[]".contains(c))
        .find(|word| is_email(word.trim_start_matches("mailto:")))
    else {
        return Person { name: none(text), ..Person::default() };
    };
    let address = email.trim_start_matches("mailto:");
    let (before, after) = text.split_once(email).unwrap_or((text, ""));
    let clean = |part: &str| part.trim_matches(|c: char| c.is_whitespace() || "()<>[]\"'".contains(c)).to_owned();
    let (before, after) = (clean(before), clean(after));
    let name = [before, after].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    Person { name: none(&name), email: Some(address.to_owned()), uri: None }
}

/// Looks like an addr-spec (RFC 5322 § 3.4.1), as far as telling it from a name needs.
fn is_email(word: &str) -> bool {
    let Some((local, domain)) = word.split_once('@') else { return false };
    let fits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._%+-".contains(&b));
    fits(local) && fits(domain) && domain.contains('.') && !domain.ends_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_in_a_line() {
        let check = |text: &str, name: Option<&str>, email: Option<&str>| {
            let person = person_from_text(text);
            assert_eq!((person.name.as_deref(), person.email.as_deref()), (name, email), "{text}");
        };
        check("desk@harbour.example (Desk)", Some("Desk"), Some("desk@harbour.example"));
        check("Desk <desk@harbour.example>", Some("Desk"), Some("desk@harbour.example"));
        check("desk@harbour.example", None, Some("desk@harbour.example"));
        check("mailto:desk@harbour.example", None, Some("desk@harbour.example"));
        check("Mira Ost (desk@harbour.example)", Some("Mira Ost"), Some("desk@harbour.example"));
        check(" 林书白 ", Some("林书白"), None);
        check("陈默(记者)", Some("陈默(记者)"), None);
        check("@handle", Some("@handle"), None);
        check("", None, None);
    }

    #[test]
    fn the_best_people_once() {
        let person =
            |name: &str, email: Option<&str>| Person { name: Some(name.to_owned()), email: email.map(str::to_owned), uri: None };
        let check = |mut people: Vec<(u8, Person)>, expected: &[&str]| {
            let names: Vec<String> = best_people(&mut people).into_iter().filter_map(|person| person.name).collect();
            assert_eq!(names, expected);
        };
        check(vec![(2, person("A", None)), (2, person("B", None)), (2, person("A", None))], &["A", "B"]);
        check(vec![(2, person("A / B(译)", None)), (0, person("A", None))], &["A"]);
        check(vec![(5, person("Podcast", None)), (2, person("A", None))], &["A"]);
        check(vec![(5, person("Podcast", None))], &["Podcast"]);
        check(vec![(2, person("A", None)), (2, person("A", Some("a@b.example")))], &["A"]);
        check(vec![(2, person("A", Some("x@b.example"))), (2, person("A", Some("a@b.example")))], &["A", "A"]);
        check(vec![], &[]);
    }
}

//! French.

use super::{Label, Notice, Words, notice};

pub(super) const WORDS: Words = Words {
    tag: "fr",
    labels: &[
        (Label::Source, &["source", "source ", "sources", "source originale", "article original", "article d'origine"]),
        (Label::Translator, &["traduction"]),
    ],
    before: &[(Label::Author, &["par"]), (Label::Translator, &["traduit par"])],
    after: &[(Label::Translator, &["(traducteur)", "(traductrice)", "(trad.)"])],
    notices: &[
        notice!(
            300,
            [
                "cet article a été publié",
                "cet article est paru",
                "cet article est initialement paru",
                "cet article est republié",
                "article initialement publié",
                "article publié initialement",
                "publié initialement",
                "initialement publié",
                "initialement paru",
                "ce texte a été publié",
                "ce texte est paru",
                "reproduit avec l'autorisation",
                "republié avec",
                "repris de",
                "article repris"
            ]
        ),
        notice!(
            300,
            [],
            ["opinions", "propos", "points de vue", "avis"],
            ["auteur", "auteurs", "autrice"],
            ["n'engagent que", "ne reflètent pas", "ne représentent pas", "ne sauraient", "n’engagent que", "pas nécessairement"]
        ),
        notice!(
            200,
            ["tous droits réservés", "toute reproduction", "reproduction interdite", "avertissement:", "avertissement :"]
        ),
    ],
    link_texts: &["original", "article original", "lien", "lire l'original", "lire l'article original", "l'article original"],
    name_after: &[
        "initialement publié dans",
        "initialement publié sur",
        "initialement publié par",
        "publié initialement dans",
        "publié initialement sur",
        "initialement paru dans",
        "est paru dans",
        "repris de",
    ],
    name_before: &[],
    nobody: &["redaction", "rédaction", "la rédaction"],
    title_labels: &["traduction", "exclusif", "rediffusion"],
    title_prefixes: &["exclusif"],
    credit_labels: &["crédit photo:", "crédits photo:", "crédit:", "crédits:", "photo :"],
    agencies: &["afp"],
    first: &["initialement", "originellement", "à l'origine", "pour la première fois", "d'abord"],
    rights: &["tous droits réservés", "licence creative commons", "sous licence"],
    ..Words::NONE
};

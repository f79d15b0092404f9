//! German.

use super::{Label, Notice, Words, notice};

pub(super) const WORDS: Words = Words {
    tag: "de",
    labels: &[
        (Label::Source, &["quelle", "quellen", "originalartikel", "original", "ursprünglich erschienen bei"]),
        (Label::Translator, &["übersetzung"]),
    ],
    before: &[(Label::Author, &["von"]), (Label::Translator, &["übersetzt von", "aus dem englischen von"])],
    after: &[(Label::Translator, &["(übersetzung)", "(übers.)"])],
    notices: &[
        notice!(
            300,
            [
                "dieser artikel erschien",
                "dieser artikel ist zuerst",
                "dieser artikel wurde zuerst",
                "dieser artikel wurde ursprünglich",
                "dieser beitrag erschien",
                "dieser beitrag ist zuerst",
                "dieser text erschien",
                "zuerst erschienen",
                "zuerst veröffentlicht",
                "ursprünglich erschienen",
                "übernommen von",
                "nachdruck mit",
                "mit freundlicher genehmigung"
            ]
        ),
        notice!(
            300,
            [],
            ["meinung", "ansichten", "meinungen"],
            ["autor", "autors", "autoren", "verfasser"],
            ["nicht unbedingt", "nicht notwendigerweise", "ausschließlich", "nicht zwingend", "spiegeln nicht", "geben nicht"]
        ),
        notice!(
            200,
            ["alle rechte vorbehalten", "haftungsausschluss", "nachdruck verboten", "© "],
            ["rechte", "haftung", "nachdruck"]
        ),
    ],
    link_texts: &["original", "originalartikel", "zum original", "link", "zum originalartikel", "hier"],
    name_after: &[
        "zuerst erschienen in",
        "zuerst erschienen bei",
        "zuerst erschienen auf",
        "erschien zuerst in",
        "erschien zuerst bei",
        "erschien zuerst auf",
        "übernommen von",
        "ursprünglich erschienen in",
    ],
    name_before: &[],
    nobody: &["redaktion"],
    title_labels: &["übersetzung", "exklusiv"],
    title_prefixes: &["exklusiv"],
    credit_labels: &["foto von ", "bild:", "bildquelle:"],
    agencies: &["dpa"],
    first: &["ursprünglich", "zuerst", "erstmals"],
    rights: &["alle rechte vorbehalten", "lizenz"],
    ..Words::NONE
};

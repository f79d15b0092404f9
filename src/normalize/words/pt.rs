//! Portuguese.

use super::{Label, Notice, Words, notice};

pub(super) const WORDS: Words = Words {
    tag: "pt",
    labels: &[
        (Label::Source, &["fonte", "fontes", "fonte original", "artigo original", "via"]),
        (Label::Translator, &["tradução"]),
        (Label::Editor, &["revisão", "edição"]),
    ],
    before: &[(Label::Translator, &["traduzido por"])],
    after: &[],
    notices: &[
        notice!(
            300,
            [
                "este artigo foi publicado",
                "este artigo foi originalmente",
                "este texto foi publicado",
                "este texto foi originalmente",
                "publicado originalmente",
                "originalmente publicado",
                "artigo publicado originalmente",
                "republicado com",
                "republicado de",
                "reproduzido com",
                "reportagem publicada originalmente"
            ]
        ),
        notice!(
            300,
            [],
            ["opiniões", "opinião"],
            ["autor", "autora", "autores"],
            [
                "não refletem",
                "não reflete",
                "não representam",
                "não representa",
                "não necessariamente",
                "de responsabilidade",
                "exclusiva responsabilidade"
            ]
        ),
        notice!(
            200,
            [
                "todos os direitos reservados",
                "é proibida a reprodução",
                "proibida a reprodução",
                "aviso legal:",
                "isenção de responsabilidade"
            ]
        ),
    ],
    link_texts: &["original", "artigo original", "ligação", "link", "ver original", "leia o original", "texto original"],
    name_after: &[
        "publicado originalmente em",
        "publicado originalmente no",
        "publicado originalmente na",
        "publicado originalmente pelo",
        "publicado originalmente pela",
        "originalmente publicado em",
        "originalmente publicado no",
        "originalmente publicado na",
        "republicado de",
    ],
    name_before: &[],
    nobody: &["redação"],
    title_labels: &["republicação", "tradução"],
    credit_labels: &["imagem:", "crédito da foto:"],
    first: &["originalmente", "primeiro", "pela primeira vez"],
    rights: &["todos os direitos reservados", "licença"],
    ..Words::NONE
};

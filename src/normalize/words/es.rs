//! Spanish.

use super::{Label, Notice, Words, notice};

pub(super) const WORDS: Words = Words {
    tag: "es",
    labels: &[
        (Label::Source, &["fuente", "fuentes", "fuente original", "artículo original", "vía"]),
        (Label::Translator, &["traducción"]),
        (Label::Editor, &["edición"]),
    ],
    before: &[(Label::Author, &["por"]), (Label::Translator, &["traducido por"])],
    after: &[],
    notices: &[
        notice!(
            300,
            [
                "este artículo fue publicado originalmente",
                "este artículo se publicó originalmente",
                "este artículo apareció originalmente",
                "publicado originalmente",
                "artículo publicado originalmente",
                "reproducido con permiso",
                "reproducido con autorización",
                "republicado de",
                "republicado con",
                "este texto fue publicado",
                "este texto se publicó"
            ]
        ),
        notice!(
            300,
            [],
            ["opiniones", "opinión"],
            ["autor", "autora", "autores"],
            [
                "no reflejan",
                "no representan",
                "no necesariamente",
                "no coincide",
                "exclusiva responsabilidad",
                "son responsabilidad"
            ]
        ),
        notice!(
            200,
            [
                "todos los derechos reservados",
                "aviso legal:",
                "queda prohibida",
                "prohibida su reproducción",
                "descargo de responsabilidad"
            ]
        ),
    ],
    link_texts: &["original", "artículo original", "enlace", "ver original", "leer el original", "enlace original", "fuente"],
    name_after: &[
        "publicado originalmente en",
        "publicado originalmente por",
        "se publicó originalmente en",
        "apareció originalmente en",
        "republicado de",
    ],
    name_before: &[],
    nobody: &["redacción"],
    title_labels: &["republicado", "traducción", "exclusivo", "exclusiva"],
    credit_labels: &["foto:", "fotos:", "crédito:", "créditos:", "fotografía:", "imagen:"],
    agencies: &["efe"],
    first: &["originalmente", "por primera vez"],
    rights: &["todos los derechos reservados", "bajo licencia", "licencia"],
    ..Words::NONE
};

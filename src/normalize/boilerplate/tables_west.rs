//! Tables of Russian and of the languages of western Europe.

use super::tables::{Language, Notice, notice};

/// Russian, Spanish, French, German, Portuguese.
pub(super) const LANGUAGES: &[Language] = &[
    Language {
        tag: "ru",
        notices: &[
            notice!(
                300,
                [
                    "перепечатано",
                    "перепечатка",
                    "перепост",
                    "опубликовано с разрешения",
                    "впервые опубликовано",
                    "статья впервые",
                    "текст впервые",
                    "оригинал опубликован",
                    "оригинал статьи",
                    "материал опубликован",
                    "статья опубликована",
                    "перевод статьи"
                ]
            ),
            notice!(
                300,
                [],
                ["мнение", "точка зрения", "взгляды"],
                ["автора", "редакции", "авторов"],
                ["может не совпадать", "не совпада", "не отражает", "не обязательно", "могут не"]
            ),
            notice!(
                200,
                ["все права защищены", "отказ от ответственности", "перепечатка материалов", "©"],
                ["права", "ответственност", "разрешени", "ссылк"]
            ),
        ],
        labels: &["источник", "источники", "оригинал", "по материалам", "первоисточник"],
        link_texts: &["оригинал", "оригинал статьи", "ссылка", "читать оригинал", "ссылка на оригинал"],
        name_after: &[
            "перепечатано с",
            "перепечатано из",
            "впервые опубликовано в",
            "впервые опубликовано на",
            "оригинал опубликован в",
            "оригинал опубликован на",
        ],
        name_before: &[],
    },
    Language {
        tag: "es",
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
        labels: &["fuente", "fuentes", "fuente original", "artículo original", "vía"],
        link_texts: &["original", "artículo original", "enlace", "ver original", "leer el original", "enlace original", "fuente"],
        name_after: &[
            "publicado originalmente en",
            "publicado originalmente por",
            "se publicó originalmente en",
            "apareció originalmente en",
            "republicado de",
        ],
        name_before: &[],
    },
    Language {
        tag: "fr",
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
                [
                    "n'engagent que",
                    "ne reflètent pas",
                    "ne représentent pas",
                    "ne sauraient",
                    "n’engagent que",
                    "pas nécessairement"
                ]
            ),
            notice!(
                200,
                ["tous droits réservés", "toute reproduction", "reproduction interdite", "avertissement:", "avertissement :"]
            ),
        ],
        labels: &["source", "source ", "sources", "source originale", "article original", "article d'origine"],
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
    },
    Language {
        tag: "de",
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
                [
                    "nicht unbedingt",
                    "nicht notwendigerweise",
                    "ausschließlich",
                    "nicht zwingend",
                    "spiegeln nicht",
                    "geben nicht"
                ]
            ),
            notice!(
                200,
                ["alle rechte vorbehalten", "haftungsausschluss", "nachdruck verboten", "© "],
                ["rechte", "haftung", "nachdruck"]
            ),
        ],
        labels: &["quelle", "quellen", "originalartikel", "original", "ursprünglich erschienen bei"],
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
    },
    Language {
        tag: "pt",
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
        labels: &["fonte", "fontes", "fonte original", "artigo original", "via"],
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
    },
];

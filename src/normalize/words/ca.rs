//! Catalan.

use super::{Label, Notice, Words, notice};

#[rustfmt::skip]
pub(super) const WORDS: Words = Words {
    tag: "ca",
    labels: &[
        (Label::Source, &["font", "font original", "extret de", "reproduït de", "agència", "amb informació de", "publicat a"]),
        (Label::Via, &["via", "a través de"]),
        (Label::Original, &[
            "original", "article original", "text original", "versió original", "enllaç original", "enllaç a l'original",
            "publicat originalment a", "publicat originalment per",
        ]),
        (Label::OriginalTitle, &["títol original"]),
        (Label::Author, &[
            "autor", "autora", "autors", "autores", "autoria", "text", "textos", "text i fotos", "escrit per", "redactor",
            "redactora", "periodista", "reportatge", "entrevista",
        ]),
        (Label::Translator, &[
            "traducció", "traductor", "traductora", "traductors", "traduït per", "traducció de", "traducció al català",
            "versió catalana", "trad.",
        ]),
        (Label::Editor, &[
            "edició", "editor", "editora", "editat per", "revisió", "revisat per", "correcció", "correcció lingüística",
            "corrector", "correctora", "coordinació",
        ]),
        (Label::Photographer, &[
            "foto", "fotos", "fotografia", "fotografies", "fotògraf", "fotògrafa", "imatge", "imatges", "il·lustració",
            "il·lustracions", "infografia", "vídeo",
        ]),
        (Label::Published, &["publicat", "publicat el", "data", "data de publicació", "creat el"]),
        (Label::Updated, &[
            "actualitzat", "actualitzat el", "actualitzada", "actualitzat a les", "darrera actualització", "última actualització",
            "modificat", "modificat el",
        ]),
        (Label::Comments, &["comentaris", "comentari"]),
        (Label::Section, &["secció", "seccions", "categoria", "categories", "arxivat a"]),
        (Label::Tags, &["etiquetes", "etiqueta", "temes", "tema", "paraules clau", "etiquetat com a"]),
        (Label::Poster, &["compartit per", "enviat per"]),
        (Label::Note, &["nota"]),
        (Label::Chrome, &[
            "temps de lectura", "lectura", "lectures", "visites", "visualitzacions", "comparteix", "compartir", "imprimeix",
            "imprimir", "escolta", "desa",
        ]),
    ],
    before: &[
        (Label::Author, &["escrit per", "text de", "textos de", "text i fotos de", "un article de", "article de"]),
        (Label::Translator, &[
            "traduït per", "traducció de", "traducció per", "traducció al català de", "versió catalana de",
            "traduït al català per", "traducció de l'anglès de",
        ]),
        (Label::Editor, &["edició de", "revisió de", "revisat per", "editat per", "correcció de"]),
        (Label::Photographer, &["fotos de", "foto de", "fotografies de", "il·lustracions de", "il·lustració de"]),
        (Label::Original, &["publicat originalment a", "publicat originalment per"]),
        (Label::Published, &["publicat el", "publicat"]),
        (Label::Updated, &["actualitzat el", "actualitzat", "actualitzat a les", "darrera actualització"]),
        (Label::Via, &["via"]),
        (Label::Poster, &["compartit per", "enviat per"]),
    ],
    after: &[
        (Label::Translator, &["(traducció)", "(traductor)", "(traductora)", "(trad.)"]),
        (Label::Editor, &["(edició)", "(revisió)", "(correcció)"]),
        (Label::Chrome, &[" min de lectura", " minuts de lectura", " visites"]),
    ],
    titles: &[
        "per a", "corresponsal", "enviat especial", "enviada especial", "redactor", "redactora", "redactor en cap",
        "redactora en cap", "periodista", "reporter", "reportera", "columnista", "col·laborador", "col·laboradora", "articulista",
        "analista", "cap de secció", "director", "directora", "subdirector", "subdirectora", "professor", "professora",
        "catedràtic", "catedràtica", "escriptor", "escriptora", "investigador", "investigadora", "dr.", "dra.",
    ],
    nobody: &[
        "redacció", "la redacció", "redacció web", "admin", "administrador", "anònim", "autor", "agències", "agència",
        "nota de premsa", "comunicat", "convidat", "desconegut", "col·laboradors", "equip de redacció",
    ],
    offices: &[" redacció", "redacció ", " agències"],
    own: &["elaboració pròpia", "redacció pròpia", "pròpia", "redacció"],
    link_texts: &[
        "original", "article original", "l'original", "l'article original", "enllaç", "enllaç original", "enllaç a l'original",
        "text original", "veure original", "llegeix l'original", "llegiu l'original", "llegeix l'article original",
        "llegiu l'article original", "llegeix més", "llegir més", "font", "aquí", "clica aquí", "article complet",
    ],
    notices: &[
        notice!(
            450,
            [
                "aquest article", "aquest text", "aquest reportatge", "aquest assaig", "aquest contingut", "aquesta entrevista",
                "aquesta crònica", "aquesta notícia", "aquesta traducció", "aquesta peça", "aquesta anàlisi",
                "l'article original", "una versió d'aquest",
            ],
            [
                "originalment", "originàriament", "per primera vegada", "publicat a", "publicada a", "publicat per", "republica",
                "republicat", "reproduï", "permís", "autorització", "llicència", "en col·laboració", "en aliança",
            ],
            [
                "originalment", "originàriament", "primera vegada", "publica", "republica", "reprodu", "permís", "autorització",
                "llicència", "col·laboració",
            ],
        ),
        notice!(
            300,
            [
                "publicat originalment", "publicada originalment", "originalment publicat", "article publicat originalment",
                "article publicat a", "article publicat per", "text publicat originalment", "text publicat a",
                "text publicat per", "republicat", "reproduït amb", "reproduït de", "extret de", "amb permís de",
                "amb l'autorització de", "llegiu l'article original", "llegeix l'article original",
            ],
            ["a ", "al ", "de ", "per ", "permís", "autorització", "llicència", "original"],
        ),
        notice!(
            500,
            [],
            ["opinions", "opinió", "punts de vista"],
            ["autor", "autora", "autors", "article", "col·laborador", "expressad"],
            [
                "no reflecteix", "no reflecteixen", "no representen", "no representa", "necessàriament", "responsabilitat",
                "no coincid", "no se'n fa", "no es fa",
            ],
        ),
        notice!(
            350,
            [
                "©", "copyright", "tots els drets", "prohibida la", "queda prohibida", "avís legal:",
                "descàrrec de responsabilitat",
            ],
            ["drets reservats", "reproducció", "autorització", "prohibida", "permís", "responsab"],
        ),
    ],
    promotions: &[
        notice!(
            200,
            [
                "llegeix també:", "llegiu també:", "llegir també:", "també et pot interessar:", "et pot interessar:",
                "més informació:", "vegeu també:", "relacionat:",
            ],
        ),
        notice!(
            200,
            [
                "subscriu-te", "subscriviu-vos", "segueix-nos", "seguiu-nos", "rep", "rebeu", "uneix-te", "descarrega", "fes-te",
                "vols",
            ],
            [
                "butlletí", "newsletter", "whatsapp", "telegram", "facebook", "twitter", "instagram", "canal", "app", "subscri",
            ],
        ),
    ],
    name_after: &[
        "publicar originalment a la revista", "publicar originalment al diari", "publicar originalment al web",
        "publicar originalment al portal", "publicar originalment al", "publicar originalment a la", "publicar originalment a l'",
        "publicar originalment a", "publicar originalment per", "publicat originalment a la revista",
        "publicat originalment al diari", "publicat originalment al web", "publicat originalment al portal",
        "publicat originalment al", "publicat originalment a la", "publicat originalment a l'", "publicat originalment a",
        "publicat originalment per", "publicada originalment a la revista", "publicada originalment al diari",
        "publicada originalment al web", "publicada originalment al portal", "publicada originalment al",
        "publicada originalment a la", "publicada originalment a l'", "publicada originalment a", "publicada originalment per",
        "aparegut originalment a la revista", "aparegut originalment al diari", "aparegut originalment al web",
        "aparegut originalment al portal", "aparegut originalment al", "aparegut originalment a la", "aparegut originalment a l'",
        "aparegut originalment a", "aparegut originalment per", "aparèixer originalment a la revista",
        "aparèixer originalment al diari", "aparèixer originalment al web", "aparèixer originalment al portal",
        "aparèixer originalment al", "aparèixer originalment a la", "aparèixer originalment a l'", "aparèixer originalment a",
        "aparèixer originalment per", "publicat originàriament a la revista", "publicat originàriament al diari",
        "publicat originàriament al web", "publicat originàriament al portal", "publicat originàriament al",
        "publicat originàriament a la", "publicat originàriament a l'", "publicat originàriament a",
        "publicat originàriament per", "publicat per primera vegada a la revista", "publicat per primera vegada al diari",
        "publicat per primera vegada al web", "publicat per primera vegada al portal", "publicat per primera vegada al",
        "publicat per primera vegada a la", "publicat per primera vegada a l'", "publicat per primera vegada a",
        "publicat per primera vegada per", "publicada originàriament a la revista", "publicada originàriament al diari",
        "publicada originàriament al web", "publicada originàriament al portal", "publicada originàriament al",
        "publicada originàriament a la", "publicada originàriament a l'", "publicada originàriament a",
        "publicada originàriament per", "publicada per primera vegada a la revista", "publicada per primera vegada al diari",
        "publicada per primera vegada al web", "publicada per primera vegada al portal", "publicada per primera vegada al",
        "publicada per primera vegada a la", "publicada per primera vegada a l'", "publicada per primera vegada a",
        "publicada per primera vegada per", "originalment publicat a la revista", "originalment publicat al diari",
        "originalment publicat al web", "originalment publicat al", "originalment publicat a la", "originalment publicat a",
        "originalment publicat per", "originalment publicada a la revista", "originalment publicada al diari",
        "originalment publicada al web", "originalment publicada al", "originalment publicada a la", "originalment publicada a",
        "originalment publicada per", "republicat amb permís de", "republicat amb l'autorització de", "republicat del",
        "republicat de la", "republicat de", "reproduït amb permís de", "reproduït amb l'autorització de", "reproduït del",
        "reproduït de la", "reproduït de", "extret amb permís de", "extret amb l'autorització de", "extret del", "extret de la",
        "extret de", "amb permís de", "amb permís del", "en col·laboració amb",
    ],
    first: &["originalment", "originàriament", "per primera vegada", "article original"],
    name_ends: &[" sota ", " amb ", " el ", " i es ", " i ha ", " llegiu", " aquí", " traduï"],
    vague: &["internet", "l'autor", "altres mitjans", "agències"],
    reposted: &["republicat", "reproduït", "reproducció", "compartit"],
    translated: &["traducció", "traduït"],
    rights: &[
        "©", "tots els drets reservats", "drets reservats", "llicència creative commons", "creative commons", "sota llicència",
        "cc by", "prohibida la reproducció",
    ],
    related: &[
        "llegeix també", "llegiu també", "et pot interessar", "també et pot interessar", "us pot interessar", "relacionat",
        "relacionats", "notícies relacionades", "articles relacionats", "contingut relacionat", "més llegit", "el més llegit",
        "els més llegits", "més llegides", "les més llegides", "més notícies", "més articles", "més informació",
        "darreres notícies", "últimes notícies", "últim minut", "destacats", "recomanat", "recomanats", "et recomanem",
        "altres notícies", "article anterior", "article següent", "comparteix", "compartir", "comentaris", "deixa un comentari",
        "feu un comentari", "sobre l'autor", "sobre l'autora", "etiquetes", "butlletí", "arxivat a",
    ],
    comments: &["comentaris", "comentari"],
    home: &["inici", "portada", "pàgina principal"],
    here: &["sou aquí", "ets aquí", "notícia", "article"],
    title_labels: &[
        "traducció", "exclusiva", "republicat", "fotos", "en imatges", "galeria", "fotogaleria", "vídeo", "vídeos", "amb vídeo",
    ],
    title_prefixes: &["exclusiva", "traducció", "vídeo", "fotos", "en imatges"],
    credit_labels: &[
        "foto:", "fotos:", "foto de ", "fotografia:", "fotografia de ", "imatge:", "crèdit:", "font:", "il·lustració:",
        "il·lustració de ", "arxiu:", "cedida per ",
    ],
    agencies: &[
        "acn", "agència catalana de notícies", "efe", "europa press", "afp", "ap", "reuters", "getty images", "arxiu", "cedida",
    ],
    caption_marks: &["a la foto:", "a la imatge:", "a la imatge,"],
    goes_on: &["llegeix més", "llegir més", "llegiu més", "continua llegint", "més informació", "més", "llegeix-ne més"],
    ..Words::NONE
};

//! Turkish.

use super::{Label, Notice, Words, notice};

#[rustfmt::skip]
pub(super) const WORDS: Words = Words {
    tag: "tr",
    labels: &[
        (Label::Source, &[
            "kaynak", "haber kaynağı", "haberin kaynağı", "kaynak site", "alıntı", "alıntıdır", "alıntı kaynağı", "ajans",
        ]),
        (Label::Via, &["aracılığıyla", "via"]),
        (Label::Original, &[
            "orijinal", "orijinal metin", "orijinal makale", "orijinali", "yazının orijinali", "makalenin orijinali",
            "orijinal yazı", "özgün metin", "ilk yayın", "ilk yayımlandığı yer", "asıl kaynak",
        ]),
        (Label::OriginalTitle, &["özgün başlık", "orijinal başlık", "özgün adı"]),
        (Label::Author, &[
            "yazar", "yazan", "yazarlar", "yazı", "metin", "haber", "muhabir", "muhabirler", "röportaj", "söyleşi", "hazırlayan",
            "hazırlayanlar", "derleyen",
        ]),
        (Label::Translator, &["çeviri", "çeviren", "çevirmen", "çevirenler", "çev.", "türkçesi", "türkçeye çeviren", "tercüme"]),
        (Label::Editor, &[
            "editör", "editörler", "yayına hazırlayan", "düzenleyen", "redaksiyon", "düzelti", "düzeltmen", "son okuma",
            "haber editörü",
        ]),
        (Label::Photographer, &[
            "fotoğraf", "fotoğraflar", "foto", "fotoğrafçı", "foto muhabiri", "görsel", "görseller", "illüstrasyon", "çizim",
            "kamera",
        ]),
        (Label::Published, &[
            "yayınlanma", "yayınlanma tarihi", "yayımlanma tarihi", "yayın tarihi", "tarih", "yayınlandı", "giriş",
            "giriş tarihi", "eklenme tarihi", "oluşturulma tarihi", "haber giriş", "yayınlanma zamanı",
        ]),
        (Label::Updated, &[
            "güncelleme", "güncellenme", "güncelleme tarihi", "güncellenme tarihi", "son güncelleme", "güncellendi",
            "son güncelleme tarihi",
        ]),
        (Label::Comments, &["yorum", "yorumlar", "yorum sayısı"]),
        (Label::Section, &["kategori", "kategoriler", "bölüm"]),
        (Label::Tags, &["etiketler", "etiket", "anahtar kelimeler", "konular", "konu", "ilgili konular"]),
        (Label::Poster, &["paylaşan", "gönderen", "ekleyen"]),
        (Label::Note, &["not"]),
        (Label::Chrome, &[
            "okunma", "okunma sayısı", "okuma süresi", "görüntülenme", "görüntüleme", "paylaş", "paylaşım", "yazdır", "dinle",
            "yazı boyutu", "beğeni",
        ]),
    ],
    before: &[
        (Label::Poster, &["paylaşan", "gönderen", "ekleyen"]),
    ],
    after: &[
        (Label::Translator, &["(çeviri)", "(çev.)", "(çeviren)", "(çevirmen)"]),
        (Label::Editor, &["(editör)", "(ed.)"]),
        (Label::Author, &["(yazar)"]),
        (Label::Chrome, &[" dk okuma", " dakika okuma", " okunma", " görüntülenme"]),
    ],
    titles: &[
        "muhabir", "muhabiri", "temsilcisi", "özel muhabir", "köşe yazarı", "gazeteci", "gazeteci-yazar", "yazar", "editör",
        "genel yayın yönetmeni", "yazı işleri müdürü", "prof. dr.", "doç. dr.", "dr.", "foto muhabiri", "savaş muhabiri",
    ],
    nobody: &[
        "haber merkezi", "haber merkezi̇", "editör", "editörler", "admin", "yönetici", "redaksiyon", "anonim", "bilinmiyor",
        "misafir", "konuk yazar", "yazı işleri", "dış haberler", "dış haberler servisi", "spor servisi", "haber servisi",
        "haber odası", "ajanslar", "basın bülteni", "internet servisi",
    ],
    offices: &[" haber merkezi", " servisi", " editörü"],
    own: &["haber merkezi", "kendi haberi", "özel haber", "özgün içerik"],
    link_texts: &[
        "orijinal", "orijinali", "orijinal makale", "orijinal metin", "kaynak", "link", "bağlantı", "buradan", "burada",
        "tıklayın", "tıklayınız", "orijinalini oku", "orijinal haberi oku", "haberin orijinali", "haberin devamı",
        "haberin tamamı", "devamı", "devamını oku", "kaynağa git",
    ],
    notices: &[
        notice!(
            450,
            [
                "bu yazı", "bu makale", "bu haber", "bu metin", "bu röportaj", "bu söyleşi", "bu çeviri", "bu içerik",
                "bu analiz", "yazı", "makale", "haber", "yazının orijinali", "yazının aslı", "yazının tamamı",
                "makalenin orijinali", "orijinal",
            ],
            [
                "ilk olarak", "ilk kez", "daha önce", "izniyle", "lisansı", "creative commons", "alınmıştır", "alıntılanmıştır",
                "çevrilmiştir", "otomatik olarak", "tarafından hazırlan", "iş birliği", "işbirliği",
            ],
            [
                "yayımlan", "yayınlan", "alınmıştır", "alıntılan", "çevrilmiştir", "izniyle", "lisans", "eklen", "orijinal",
                "sunul",
            ],
        ),
        notice!(
            300,
            [
                "ilk olarak", "kaynak gösterilmeden", "izin alınmadan", "izinsiz", "alıntıdır", "©", "copyright", "tüm hakları",
                "her hakkı",
            ],
            [
                "yayımlan", "yayınlan", "kullanılamaz", "alınamaz", "kopyalanamaz", "yasaktır", "saklıdır", "alınt",
                "çoğaltılamaz",
            ],
        ),
        notice!(
            500,
            [],
            ["görüş", "düşünce", "fikir", "yorum"],
            ["yazar", "yazı", "makale", "köşe"],
            [
                "yansıtmayabilir", "yansıtmaz", "yansıtmamaktadır", "bağlamaz", "aittir", "temsil etmez", "örtüşmeyebilir",
                "sorumluluğu",
            ],
        ),
        notice!(
            500,
            ["yasal uyarı", "uyarı:", "sorumluluk reddi", "feragatname"],
            ["sorumlu", "yatırım", "bilgi", "hak"],
        ),
    ],
    promotions: &[
        notice!(
            200,
            [
                "abone ol", "takip et", "bizi", "katıl", "indir", "ücretsiz", "haberlerden", "google", "son dakika",
                "gelişmelerden",
            ],
            [
                "bülten", "whatsapp", "telegram", "facebook", "twitter", "instagram", "youtube", "abone", "uygulama",
                "google haber", "google news", "takip",
            ],
        ),
        notice!(
            200,
            [
                "ayrıca okuyun:", "ayrıca oku:", "bunları da okuyun:", "ilgili haber:", "ilgili haberler:", "bunu da oku:",
                "ayrıca bakınız:", "ayrıca bkz.:", "oku:",
            ],
        ),
        notice!(
            50,
            [
                "reklam", "haberin devamı aşağıda", "paylaş", "yorum yap", "yorum yaz", "yazdır", "yukarı çık", "hata bildir",
            ],
        ),
    ],
    name_after: &["ilk olarak", "ilk kez", "alıntı:", "orijinali:", "izniyle:"],
    name_before: &[
        "'de yayım", "'da yayım", "'te yayım", "'ta yayım", "'de yayın", "'da yayın", "'te yayın", "'ta yayın", "'nde yayım",
        "'nda yayım", "'nde yayın", "'nda yayın", "'den alın", "'dan alın", "'ten alın", "'tan alın", "'nden alın", "'ndan alın",
        "’de yayım", "’da yayım", "’te yayım", "’ta yayım", "’de yayın", "’da yayın", "’nde yayım", "’nda yayım", "’den alın",
        "’dan alın", " sitesinde yayım", " sitesinden alın", " dergisinde yayım", " gazetesinde yayım",
    ],
    first: &["ilk olarak", "ilk kez", "orijinal", "asıl kaynak"],
    name_ends: &[
        "'de ", "'da ", "'te ", "'ta ", "'nde ", "'nda ", "'den ", "'dan ", "’de ", "’da ", "’te ", "’ta ", "’nde ", "’nda ",
        " sitesinde", " dergisinde", " gazetesinde", " tarafından", " internet",
    ],
    vague: &["internet", "internetten", "yazar", "yazarı", "basın", "ajanslar"],
    reposted: &["alıntı", "yeniden yayım", "paylaşım"],
    translated: &["çeviri", "tercüme"],
    says_reposted: &["internetten alınmıştır"],
    says_translated: &["çevrilmiştir", "çevirisidir", "tarafından çevrildi"],
    rights: &[
        "©", "tüm hakları saklıdır", "her hakkı saklıdır", "hakları saklıdır", "creative commons", "lisansı ile", "lisansıyla",
        "telif hakkı", "cc by",
    ],
    related: &[
        "ilgili haberler", "ilgili haber", "ilgili yazılar", "ilgili makaleler", "ilgili içerikler", "benzer haberler",
        "benzer yazılar", "benzer içerikler", "diğer haberler", "diğer yazılar", "diğer yazıları", "yazarın diğer yazıları",
        "bunlar da ilginizi çekebilir", "ilginizi çekebilir", "ilgini çekebilir", "sizin için seçtiklerimiz",
        "sizin için önerilenler", "önerilen haberler", "öne çıkanlar", "öne çıkan haberler", "çok okunanlar", "en çok okunanlar",
        "en çok okunan haberler", "son haberler", "son dakika", "son dakika haberleri", "son yazılar", "son eklenenler",
        "popüler haberler", "popüler", "gündem", "önceki haber", "sonraki haber", "önceki yazı", "sonraki yazı", "paylaş",
        "yorumlar", "yorum yap", "yorum yaz", "bir cevap yazın", "bir yanıt yazın", "yazar hakkında", "etiketler", "bülten",
        "ayrıca okuyun", "bunları da okuyun", "bunlara da bakın",
    ],
    comments: &["yorum", "yorumlar", "yanıt"],
    home: &["ana sayfa", "anasayfa", "giriş sayfası", "haberler anasayfa"],
    here: &["buradasınız", "şu an buradasınız", "haber detay", "haber", "haber detayı"],
    title_labels: &[
        "çeviri", "özel", "özel haber", "alıntı", "foto galeri", "fotogaleri", "foto", "fotoğraflar", "video", "videolu",
        "video haber", "foto haber", "infografik", "görüntülü",
    ],
    title_prefixes: &["çeviri", "özel haber", "video", "foto galeri"],
    credit_labels: &[
        "fotoğraf:", "fotoğraflar:", "foto:", "görsel:", "kaynak:", "fotoğraf kaynağı:", "çizim:", "illüstrasyon:", "arşiv:",
    ],
    agencies: &[
        "aa", "anadolu ajansı", "dha", "iha", "anka", "anka haber ajansı", "mezopotamya ajansı", "jinnews",
        "demirören haber ajansı", "ihlas haber ajansı", "ap", "reuters", "afp", "getty images", "depo photos", "arşiv",
    ],
    goes_on: &[
        "devamı", "devamını oku", "devamı...", "devamını okuyun", "haberin devamı", "haberin devamı için tıklayın", "tümünü oku",
        "daha fazla oku", "daha fazla",
    ],
    ..Words::NONE
};

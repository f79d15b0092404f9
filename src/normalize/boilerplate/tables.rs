//! Notices and source lines as data, one table a language. All strings in lower case with ASCII punctuation, as [`super::fold`] makes
//! the text they are compared with.

/// A paragraph that travels with a text and is no part of it.
#[derive(Debug)]
pub(super) struct Notice {
    /// It begins with one of these; empty: anything.
    pub(super) starts: &'static [&'static str],
    /// It holds one of each group.
    pub(super) holds: &'static [&'static [&'static str]],
    /// Characters it has at most: a paragraph of the article may begin like a notice, but goes on.
    pub(super) longest: usize,
}

/// What one language says.
#[derive(Debug)]
pub(super) struct Language {
    /// BCP 47 tag, for people who read this table.
    #[cfg_attr(not(test), expect(dead_code, reason = "the name of the table; tests print it"))]
    pub(super) tag: &'static str,
    /// Notices and disclaimers.
    pub(super) notices: &'static [Notice],
    /// Labels of a source line, a colon after them.
    pub(super) labels: &'static [&'static str],
    /// Texts of the link to the original: never the name of an outlet.
    pub(super) link_texts: &'static [&'static str],
    /// Words in a notice after which the outlet's name stands.
    pub(super) name_after: &'static [&'static str],
    /// Words in a notice before which the outlet's name stands.
    pub(super) name_before: &'static [&'static str],
}

macro_rules! notice {
    ($longest:literal, [$($start:literal),*] $(, [$($held:literal),+])*) => {
        Notice { starts: &[$($start),*], holds: &[$(&[$($held),+]),*], longest: $longest }
    };
}

pub(super) use notice;

/// Chinese, English, Japanese, Korean.
pub(super) const LANGUAGES: &[Language] = &[
    Language {
        tag: "zh-Hans",
        notices: &[
            notice!(
                200,
                [
                    "本文转载自",
                    "本文转自",
                    "文章转载自",
                    "文章转自",
                    "本文系转载",
                    "本文为转载",
                    "本文经授权转载",
                    "本文授权转载",
                    "经授权转载",
                    "本文由",
                    "本文已获",
                    "本文获"
                ],
                ["转载", "转自"]
            ),
            notice!(
                160,
                [
                    "转载自",
                    "转自",
                    "原载于",
                    "原载",
                    "本文原载",
                    "本文首发于",
                    "本文原刊",
                    "本文译自",
                    "本文编译自",
                    "编译自",
                    "译自",
                    "本文来源于",
                    "本文来自",
                    "本文来源"
                ]
            ),
            notice!(
                300,
                [
                    "免责声明",
                    "版权声明",
                    "特别声明",
                    "转载声明",
                    "重要声明",
                    "郑重声明",
                    "声明:",
                    "[声明]",
                    "【声明】",
                    "注:本文转载",
                    "编者按:本文转载"
                ]
            ),
            notice!(
                220,
                [],
                ["本文", "本网", "本站", "转载", "该文", "此文", "文章", "作者", "内容"],
                ["不代表", "并不代表", "不等于", "并不意味着"],
                ["立场", "观点", "态度", "赞同"]
            ),
            notice!(160, [], ["仅代表", "只代表"], ["作者", "原作者", "个人", "原出处"], ["观点", "看法", "意见"]),
            notice!(
                120,
                ["未经", "未获"],
                ["授权", "许可", "允许", "同意"],
                ["不得转载", "禁止转载", "严禁转载", "请勿转载", "谢绝转载", "不得以任何"]
            ),
            notice!(
                120,
                ["转载请", "如需转载", "欢迎转载", "版权所有", "版权归", "本文版权", "著作权归"],
                ["转载", "版权", "出处", "著作权"]
            ),
            notice!(
                160,
                [
                    "如有侵权",
                    "如涉及版权",
                    "如涉版权",
                    "若有侵权",
                    "图文来源网络",
                    "图片来源网络",
                    "素材来源于网络",
                    "文章来源网络",
                    "文章来源于网络",
                    "内容来源于网络"
                ]
            ),
        ],
        labels: &[
            "来源",
            "文章来源",
            "新闻来源",
            "信息来源",
            "稿件来源",
            "原文来源",
            "稿源",
            "转自",
            "转载自",
            "原载",
            "出处",
            "原文出处",
            "消息来源",
            "媒体来源",
        ],
        link_texts: &["原文链接", "原文", "阅读原文", "查看原文", "点击查看原文", "点此阅读原文", "链接", "原文地址", "原链接"],
        name_after: &["转载自", "转自", "原载于", "原载", "首发于", "译自", "编译自", "来源于", "来自", "来源:", "版权归"],
        name_before: &["授权转载", "授权发布", "授权"],
    },
    Language {
        tag: "zh-Hant",
        notices: &[
            notice!(
                200,
                [
                    "本文轉載自",
                    "本文轉自",
                    "文章轉載自",
                    "本文係轉載",
                    "本文為轉載",
                    "本文經授權轉載",
                    "經授權轉載",
                    "本文由",
                    "本文獲",
                    "本文已獲",
                    "本文經"
                ],
                ["轉載", "轉自"]
            ),
            notice!(
                160,
                [
                    "轉載自",
                    "轉自",
                    "原載於",
                    "原載",
                    "本文原載",
                    "本文首發於",
                    "本文原刊",
                    "原刊於",
                    "本文譯自",
                    "本文編譯自",
                    "編譯自",
                    "譯自",
                    "本文來源於",
                    "本文來自"
                ]
            ),
            notice!(300, ["免責聲明", "版權聲明", "特別聲明", "轉載聲明", "聲明:", "【聲明】"]),
            notice!(
                220,
                [],
                ["本文", "本網", "本站", "本報", "本刊", "轉載", "該文", "文章", "作者", "內容"],
                ["不代表", "並不代表", "不等於"],
                ["立場", "觀點", "態度", "意見"]
            ),
            notice!(
                160,
                [],
                ["僅代表", "只代表", "純屬", "屬"],
                ["作者", "個人"],
                ["觀點", "看法", "意見", "立場"],
                ["本文", "文章", "僅", "不代表", "與本"]
            ),
            notice!(
                120,
                ["未經", "未獲"],
                ["授權", "許可", "允許", "同意"],
                ["不得轉載", "禁止轉載", "嚴禁轉載", "請勿轉載", "謝絕轉載", "不得"]
            ),
            notice!(
                120,
                ["轉載請", "如需轉載", "歡迎轉載", "版權所有", "版權歸", "本文版權", "著作權"],
                ["轉載", "版權", "出處", "著作權"]
            ),
        ],
        labels: &[
            "來源",
            "文章來源",
            "新聞來源",
            "資料來源",
            "稿件來源",
            "原文來源",
            "稿源",
            "轉自",
            "轉載自",
            "原載",
            "出處",
            "原文出處",
            "消息來源",
            "媒體來源",
        ],
        link_texts: &["原文連結", "原文鏈接", "原文", "閱讀原文", "查看原文", "連結", "原文網址", "原文出處"],
        name_after: &[
            "轉載自",
            "轉自",
            "原載於",
            "原刊於",
            "原載",
            "首發於",
            "譯自",
            "編譯自",
            "來源於",
            "來自",
            "來源:",
            "版權歸",
        ],
        name_before: &["授權轉載", "授權刊登", "授權"],
    },
    Language {
        tag: "en",
        notices: &[
            notice!(
                400,
                [
                    "this article was originally published",
                    "this article originally appeared",
                    "this article first appeared",
                    "this article was first published",
                    "this article is republished",
                    "this article has been republished",
                    "this story was originally published",
                    "this story originally appeared",
                    "this story first appeared",
                    "this story is republished",
                    "this story was first published",
                    "this piece originally appeared",
                    "this piece was originally published",
                    "this post originally appeared",
                    "this post was originally published",
                    "originally published",
                    "originally appeared",
                    "first published",
                    "republished with permission",
                    "republished from",
                    "reposted from",
                    "reprinted from",
                    "reprinted with permission",
                    "reposted with permission",
                    "republished under",
                    "read the original article",
                    "the post ",
                    "this translation"
                ],
                ["published", "appeared", "republished", "reposted", "reprinted", "original", "appeared first on"]
            ),
            notice!(500, ["disclaimer:", "editor's note: this article", "editor's note: this story"]),
            notice!(
                400,
                [],
                ["views", "opinions"],
                ["expressed", "author"],
                [
                    "do not necessarily",
                    "not necessarily those",
                    "not those of",
                    "do not represent",
                    "do not reflect",
                    "are those of",
                    "are the author's own",
                    "are solely"
                ]
            ),
            notice!(
                250,
                ["copyright", "(c)", "©"],
                ["all rights reserved", "may not be", "republish", "reproduc", "by permission"]
            ),
            notice!(250, ["all rights reserved", "no part of this", "republication of this"]),
        ],
        labels: &[
            "source",
            "sources",
            "via",
            "original source",
            "originally from",
            "reposted from",
            "original article",
            "original",
        ],
        link_texts: &[
            "original",
            "original article",
            "the original",
            "read the original",
            "read the original article",
            "link",
            "source",
            "read more",
            "here",
            "original link",
        ],
        name_after: &[
            "originally published by",
            "originally published in",
            "originally published on",
            "originally published at",
            "originally appeared in",
            "originally appeared on",
            "originally appeared at",
            "first appeared in",
            "first appeared on",
            "first published by",
            "first published in",
            "first published on",
            "republished from",
            "reposted from",
            "reprinted from",
            "republished with permission from",
            "with permission of",
            "courtesy of",
            "appeared first on",
        ],
        name_before: &[],
    },
    Language {
        tag: "ja",
        notices: &[
            notice!(
                200,
                [],
                ["転載", "再掲"],
                ["この記事は", "本記事は", "本稿は", "※", "元記事", "より転載", "からの転載", "許可を得て", "許諾を得て"]
            ),
            notice!(
                200,
                [],
                ["見解", "意見"],
                ["個人", "筆者", "著者", "執筆者"],
                [
                    "示すものではありません",
                    "代表するものではありません",
                    "表すものではありません",
                    "必ずしも",
                    "ものではなく",
                    "個人のものであり"
                ]
            ),
            notice!(160, [], ["無断転載", "無断複製", "無断引用"]),
            notice!(
                160,
                ["免責事項", "この記事は", "本記事は", "初出", "※この記事は"],
                ["初出", "公開された", "掲載された", "提供", "翻訳した", "免責"]
            ),
        ],
        labels: &["出典", "ソース", "引用元", "配信元", "提供元", "情報元", "元記事", "転載元", "初出", "出所"],
        link_texts: &["元記事", "原文", "元記事を読む", "リンク", "元の記事", "原文リンク"],
        name_after: &["初出:", "転載元:", "出典:"],
        name_before: &["からの転載", "より転載", "に掲載された", "で公開された", "から転載"],
    },
    Language {
        tag: "ko",
        notices: &[
            notice!(
                200,
                [],
                ["전재", "재게재", "옮겨"],
                ["이 기사는", "본 기사는", "이 글은", "본 글은", "무단", "허락", "제공"]
            ),
            notice!(160, [], ["무단 전재", "무단전재", "재배포 금지", "저작권자"]),
            notice!(
                220,
                [],
                ["견해", "의견", "입장"],
                ["필자", "저자", "글쓴이", "기고"],
                ["다를 수", "무관", "일치하지", "아닙니다", "아님", "않습니다"]
            ),
        ],
        labels: &["출처", "원문", "기사 출처", "제공", "원문 출처"],
        link_texts: &["원문", "원문 보기", "기사 원문", "원문보기", "링크", "원문 링크"],
        name_after: &["출처:"],
        name_before: &["에서 전재", "에 실린", "에 게재된"],
    },
];

//! Rows of facts, in many forms.

use super::*;

fn show(row: &Row) -> String {
    let said = read(row, Place::Around, &["今日港", "Quill"]);
    let mut out: Vec<String> = Vec::new();
    out.extend(said.chain.iter().map(|party| format!("{}<{}>", party.name, party.url.as_ref().map_or("", Url::as_str))));
    out.extend(said.people.iter().map(|(role, name)| format!("{role:?}:{name}")));
    out.extend(said.published.map(|date| format!("at {date}")));
    out.extend(said.updated.map(|date| format!("up {date}")));
    out.extend(said.comments.map(|count| format!("{count} comments")));
    out.extend(said.categories.iter().map(|term| format!("#{term}")));
    if said.own {
        out.push("own".to_owned());
    }
    out.extend(said.rest.iter().map(|rest| format!("?{rest}")));
    out.join(" ; ")
}

#[test]
fn lines_of_text() {
    let check = |line: &str, expected: &str| assert_eq!(show(&Row::of(line)), expected, "{line:?}");
    check("来源:海港纪事 原文链接", "海港纪事<>");
    check("7天前 来源: 海港纪事中文网 原文链接", "海港纪事中文网<> ; at 7天前");
    check("来源：海港纪事 昨天 21:05", "海港纪事<> ; at 昨天 21:05");
    check("来源:海港纪事 | 2026-06-02", "海港纪事<> ; at 2026-06-02");
    check("他说 来源:海港纪事", "海港纪事<> ; ?他说");
    check("来源：《海港纪事》", "海港纪事<>");
    check("文章來源：海港紀事 作者：林書白", "海港紀事<> ; Author:林書白");
    check("Source: The Harbour Ledger (original article)", "The Harbour Ledger<>");
    check("Source : Le Quai", "Le Quai<>");
    check("出典:港日報", "港日報<>");
    check("출처: 항구일보", "항구일보<>");
    check("Источник: Портовая газета", "Портовая газета<>");
    check("Source: Harbour Ledger, via The Quay (words: Nora Field)", "Harbour Ledger<> ; The Quay<> ; Author:Nora Field");
    check("作者:林书白|译者:周念", "Author:林书白 ; Translator:周念");
    check("文/林书白 译/周念", "Author:林书白 ; Translator:周念");
    check("海港日报记者 林书白", "Author:林书白");
    check("责任编辑:周念", "Editor:周念");
    check("By Nora Field and Tomas Reed", "Author:Nora Field ; Author:Tomas Reed");
    check("今日港原创", "own");
    check("来源:河湾日报、渡口周刊", "河湾日报<> ; 渡口周刊<>");
    check("来源:河湾日报 转自 渡口周刊", "河湾日报<> ; 渡口周刊<>");
    check("今日港责任编辑:周念", "Editor:周念");
    check("撰文：周念　林若", "Author:周念 ; Author:林若");
    check("译者:周念。", "Translator:周念");
    check("译者:tidewalker", "Translator:tidewalker");
    check("作者:tidewalker", "?tidewalker");
    check("大渡网记者周念报导", "Author:周念");
    check("Von Jorid Hansen, Pell", "Author:Jorid Hansen");
    check("By Nora Field, translated by Tomas Reed", "Author:Nora Field ; Translator:Tomas Reed");
    check("27/06/2024 - 10:45", "at 27/06/2024 10:45");
    check("328人参与 41评论", "41 comments");
    check("海港纪事 于 2024-06-27 10:45", "?海港纪事 于 2024-06-27 10:45");
    check("27 juin 2024, par", "at 27 juin 2024,");
    check("编辑 | 周念　　排版 | 小秋", "Editor:周念");
    check("27 giugno 2024 | 10.12", "at 27 giugno 2024 10.12");
    check(
        "Publicado em 27/06/2024 - 10:12 Por Nora Field – Repórter da Agência Boia",
        "Agência Boia<> ; Author:Nora Field ; at 27/06/2024 10:12",
    );
    check("海港纪事记者林书白 台北", "Author:林书白");
    check("(海港纪事记者 林书白 综合报道)", "Author:林书白");
    check("　　来源：海港纪事", "海港纪事<>");
    check("来源：今日港·港湾号·读者", "own");
    check("原文：https://tideline.example/a/1", "<https://tideline.example/a/1>");
    check("报道：林书白", "Author:林书白");
    check("发表：2024-06-27 10:12", "at 2024-06-27 10:12");
    check("渡轮今天停了。", "?渡轮今天停了。");
    check("来源不明的船来了", "?来源不明的船来了");
}

#[test]
fn text_is_no_row() {
    let check = |line: &str| {
        let said = read(&Row::of(line), Place::Text, &["Quill"]);
        assert!(said.rest.len() == 1 || !said.labelled, "{line:?}: {said:?}");
    };
    for line in [
        "Via Roma was closed.",
        "Source: myself.",
        "Quelle: Hans weiß es.",
        "Tags: none were found on the sheep.",
        "Section: the seventh, reads the law.",
        "Published numbers are kind.",
        "By Friday Pell was dry.",
        "In the first two weeks hardly anyone believed it.",
    ] {
        check(line);
    }
}

#[test]
fn numbers() {
    let check = |written: &str, expected: Option<u64>| assert_eq!(number(written), expected, "{written}");
    check("评论 17 条", Some(17));
    check("1,204", Some(1204));
    check("1.204 Kommentare", Some(1204));
    check("1.2万", Some(12_000));
    check("3만", Some(30_000));
    check("1.5k", Some(1500));
    check("12 km", Some(12));
    check("نظرات (۳)", Some(3));
    check("v1.2", Some(1));
    check("99999999999999999999", Some(999_999_999));
    check("none", None);
    let within = |written: &str, expected: u64| assert_eq!(comments_within(written), Some(expected), "{written}");
    within("33 flowers, 9 people commented, 9 comments", 9);
    within("阅读 2.3万　评论 12", 12);
    assert_eq!((heading_count("Yorumlar (3)"), heading_count("Comments on 3 boats")), (Some(3), None));
}

#[test]
fn rows_of_elements() {
    let base = Url::parse("https://quill.example/a/1").expect("a literal");
    let check = |html: &str, expected: &str| {
        let document = dom_query::Document::fragment(html);
        let mut row = Row::default();
        row.push(&document.root().first_element_child().expect("a root"), &base);
        assert_eq!(show(&row), expected, "{html}");
    };
    check(
        "<div><span>7天前</span> <span class=from>来源: 海港纪事</span> <a href=https://l.example/1>原文链接</a> <a href=#c>评论4条</a></div>",
        "海港纪事<https://l.example/1> ; at 7天前 ; 4 comments",
    );
    check(
        "<div>来源：<a href=https://l.example/>海港纪事</a>　【<a href=javascript:x>打印</a>】</div>",
        "海港纪事<https://l.example/>",
    );
    for (behind, count) in [("评论 17 条", 17), ("17条评论", 17), ("评论(1,204)", 1204), ("17 comments", 17), ("댓글 3개", 3)]
    {
        let row = format!("<p>来源: 海港纪事 <a href=https://l.example/1>原文链接</a> 作者: 林书白 {behind}</p>");
        check(&row, &format!("海港纪事<https://l.example/1> ; Author:林书白 ; {count} comments"));
    }
    check("<p>By Nora Field 17 comments</p>", "Author:Nora Field ; 17 comments");
    check(
        "<p>来源: <a href=https://l.example/1>海港纪事</a> 作者: 林书白 评论 15 条</p>",
        "海港纪事<https://l.example/1> ; Author:林书白 ; 15 comments",
    );
    check("<p>作者：林书白、周岸　评论15</p>", "Author:林书白 ; Author:周岸 ; 15 comments");
    check("<p>Author: Nora Field 12 comments</p>", "Author:Nora Field ; 12 comments");
    check("<p>Author: Nora Field</p>", "Author:Nora Field");
    check("<dl><dt>来源</dt><dd>海港纪事</dd><dt>作者</dt><dd>林书白</dd></dl>", "海港纪事<> ; Author:林书白");
    check("<p>By <a href=/x>Nora Field</a> and <a href=/y>Tomas Reed</a></p>", "Author:Nora Field ; Author:Tomas Reed");
    check(
        "<p>Source: <a href=https://t.example/1>Tideline</a>, via <a href=https://g.example/2>The Gazette</a> (words: Nora Field)</p>",
        "Tideline<https://t.example/1> ; The Gazette<https://g.example/2> ; Author:Nora Field",
    );
    check("<p>Tags: <a href=/t/1>Fog</a> <a href=/t/2>Ferry</a></p>", "#Fog ; #Ferry");
    check("<p><a href=/channel_25>城事</a> 2026-06-02</p>", "at 2026-06-02 ; #城事");
    check("<p><a href=/author/nora>Nora Field</a> 2026-06-02</p>", "Author:Nora Field ; at 2026-06-02");
    check(
        "<p class=author><a href=/n>Nora Field</a>, <a href=https://t.example/>Tideline</a>, Pell</p>",
        "Tideline<https://t.example/> ; Author:Nora Field",
    );
    check("<p>By <a href=https://nora.example/>Nora Field</a></p>", "Author:Nora Field");
    check("<p>原文出處：<a href=https://t.example/a/1>Quiet Boats</a>（Tideline, 2024）</p>", "Tideline<https://t.example/a/1>");
    check("<p>原文：<a href=https://tideline.example/a/1>Tideline</a></p>", "Tideline<https://tideline.example/a/1>");
    check("<p>原文：<a href=https://tideline.example/a/1>Quiet Boats</a></p>", "<https://tideline.example/a/1>");
    check(
        "<div><span>도해린 기자</span><span>2026. 6. 27.</span><span class=author>x</span></div>",
        "Author:도해린 ; at 2026. 6. 27. ; ?x",
    );
    check("<p>2026-06-02 | <font>3</font>条评论</p>", "at 2026-06-02 ; 3 comments");
    check("<p><span class=author>北湾社／ 花港27日電</span> 2026-06-02</p>", "北湾社<> ; at 2026-06-02");
    check(
        "<p><a class=author href=https://quill.example/m/7>渡口晚报</a> 2026-06-02</p>",
        "渡口晚报<https://quill.example/m/7> ; at 2026-06-02",
    );
    check("<p><b class=AuthorInfo><a href=/people/7>Nora Field</a></b></p>", "Author:Nora Field");
    check("<div class=author><a href=/x>Nora Field</a> <span>Essayist</span></div>", "Author:Nora Field");
    check("<p>By <a href=/x>Nora Field</a> <span>Senior Reporter</span></p>", "Author:Nora Field");
    check("<p><a href=/@nora>Nora Field</a> 2026-06-02</p>", "Author:Nora Field ; at 2026-06-02");
    check("<p>来自: <a href=/people/7/>一只水獭</a> 2026-06-02</p>", "at 2026-06-02");
    check(
        "<p>by <a href=/author/n>Nora Field</a>, <a href=/author/t>Tomas Reed</a> (photos)</p>",
        "Author:Nora Field ; Photographer:Tomas Reed",
    );
    check("<p><b class=author>今日港</b> 2026-06-02</p>", "at 2026-06-02");
    check("<p><b class=author>Quill Field</b> 2026-06-02</p>", "Author:Quill Field ; at 2026-06-02");
    check("<p>Shared in <a href=/c/places>places</a></p>", "#places");
    check("<p>Shared by <a href=/c/user/token/9/>barnacle</a></p>", "");
}

#[test]
fn names_of_one_outlet_in_two_cases() {
    let check = |one: &str, other: &str, expected: bool| assert_eq!(same_outlet(one, other), expected, "{one} {other}");
    check("Речной вестник", "Речного вестника", true);
    check("Речной вестник", "Речной голос", false);
    check("The Quay", "Quay", true);
    check("Речной", "Речной вестник", false);
}

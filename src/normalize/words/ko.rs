//! Korean.

use super::{Label, Notice, Words, notice};

pub(super) const WORDS: Words = Words {
    tag: "ko",
    labels: &[
        (Label::Source, &["출처", "원문", "기사 출처", "제공", "원문 출처"]),
        (Label::Author, &["글", "기자"]),
        (Label::Translator, &["번역", "옮긴이"]),
        (Label::Editor, &["편집"]),
        (Label::Photographer, &["사진"]),
    ],
    before: &[],
    after: &[(Label::Translator, &["(역)", "(번역)"]), (Label::Author, &[" 기자"])],
    notices: &[
        notice!(200, [], ["전재", "재게재", "옮겨"], ["이 기사는", "본 기사는", "이 글은", "본 글은", "무단", "허락", "제공"]),
        notice!(160, [], ["무단 전재", "무단전재", "재배포 금지", "저작권자"]),
        notice!(
            220,
            [],
            ["견해", "의견", "입장"],
            ["필자", "저자", "글쓴이", "기고"],
            ["다를 수", "무관", "일치하지", "아닙니다", "아님", "않습니다"]
        ),
    ],
    link_texts: &["원문", "원문 보기", "기사 원문", "원문보기", "링크", "원문 링크"],
    name_after: &["출처:"],
    name_before: &["에서 전재", "에 실린", "에 게재된"],
    nobody: &["편집부", "관리자", "익명"],
    offices: &["편집부"],
    title_labels: &["전재", "번역", "단독", "펌", "사진"],
    title_prefixes: &["단독", "번역"],
    credit_labels: &["사진:", "사진=", "사진 제공:", "사진제공:", "사진/", "출처:"],
    agencies: &["연합뉴스", "뉴시스"],
    caption_marks: &["사진설명"],
    goes_on: &["더보기", "전문보기", "기사보기"],
    first: &["처음", "최초"],
    rights: &["저작권자", "무단 전재", "무단전재", "ⓒ"],
    ..Words::NONE
};

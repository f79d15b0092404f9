//! What the tables of Chinese, Japanese, Korean, Vietnamese, Indonesian and Thai take, and what they leave alone.

use super::super::boilerplate::{is_notice, is_promotion, outlet_in};

#[test]
fn notices_and_the_outlets_they_name() {
    let mut wrong: Vec<String> = Vec::new();
    let mut check = |line: &str, outlet: &str| {
        let got = outlet_in(line).unwrap_or_default();
        if !is_notice(line) || got != outlet {
            wrong.push(format!("{line:?}: notice {}, outlet {got:?} and not {outlet:?}", is_notice(line)));
        }
    };
    check("本文转载自公众号“旧街杂志”（ID：jiujie），已获授权。", "旧街杂志");
    check("本文系北岸周报独家稿件，未经授权不得转载。", "");
    check("本文经作者授权转载自北岸周报，有删改。", "北岸周报");
    check("本文首发于《长堤季刊》，作者授权发布。", "长堤季刊");
    check("原文刊于《横街》，获作者授权转载。", "横街");
    check("编者按：本文转载自《长堤季刊》。", "长堤季刊");
    check("平台声明：该文观点仅代表作者本人，快船号仅提供信息存储空间服务。", "");
    check("本文由快船号用户上传并发布，不代表本平台观点。", "");
    check("以上内容仅供参考，不构成投资建议。", "");
    check("图片来源网络，如有侵权请联系删除。", "");
    check("商业转载请联系作者获得授权，非商业转载请注明出处。", "");
    check("本文獲《島郵》授權轉載", "島郵");
    check("本文經島郵同意轉載，標題為編輯所擬。", "島郵");
    check("※以上言論不代表本站立場※", "");
    check("（本文為作者個人意見，不代表本報立場）", "");
    check("本欄文章文責自負", "");
    check("この記事は『湾岸通信』に掲載された記事を、許可を得て転載したものです。", "湾岸通信");
    check("※『岬タイムズ』より転載。", "岬タイムズ");
    check("本記事の内容について、当サイトは一切の責任を負いません。", "");
    check("이 글은 『느린 강』 2024년 겨울호에 실린 글을 옮긴 것입니다.", "느린 강");
    check("※ 이 기사는 제휴를 맺은 들녘신문에 게재된 기사입니다.", "들녘신문");
    check("본 칼럼은 필자의 개인 의견으로 본지의 편집 방향과 다를 수 있습니다.", "");
    check("Bài viết được đăng lần đầu trên Tạp chí Bờ Bãi, với sự đồng ý của tác giả.", "Tạp chí Bờ Bãi");
    check("Artikel ini pertama kali terbit di Tepian Air dan diterbitkan ulang dengan izin.", "Tepian Air");
    check("บทความนี้เผยแพร่ครั้งแรกใน คันคลอง และได้รับอนุญาตให้แปล", "คันคลอง");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn text_that_resembles_a_notice_stays() {
    for line in [
        "本文系统梳理了海港的三次改建，从木桥到石桥，再到今天的吊桥。",
        "他强调，这仅代表他个人的看法，和公司没有关系。",
        "“沉默不代表认可，平台内容也不例外。”她在信里写道。",
        "法院认为，未经许可复制地图的行为侵犯了测绘局的权利。",
        "据《北岸周报》此前报道，这座站最早建于盐田扩建那一年。",
        "文章发表于一九七二年，当时没有人注意到最后一段。",
        "议员说，个人言论不代表镇公所的立场，他不会道歉。",
        "下载的人不多，大家还是喜欢去窗口排队。",
        "加入會員的人每天都來，櫃台只好多放兩張椅子。",
        "追蹤這艘船的人說，它從來沒有靠過岸。",
        "意見は人によって異なり、必ずしも一つにはまとまらない。",
        "転載された数字は一人歩きする、と野呂さんは困っている。",
        "会員登録した人は三百人にのぼる。",
        "네이버는 구독 서비스를 시작했지만 마을에서는 아무도 쓰지 않았다.",
        "필자의 의견은 회의에서 받아들여지지 않았다.",
        "글 쓰는 사람은 누구나 그 등대를 안다.",
        "Theo ông Nam, giá vé sẽ tăng vào mùa mưa.",
        "Menurut penulis, pandangan itu sudah lama ditinggalkan.",
    ] {
        assert!(
            !is_notice(line) && !is_promotion(line),
            "notice {}, promotion {}: {line:?}",
            is_notice(line),
            is_promotion(line)
        );
    }
}

#[test]
fn promotions() {
    for line in [
        "点击上方蓝字关注我们",
        "长按识别二维码关注我们",
        "更多精彩内容，请关注微信公众号",
        "网友评论仅供其表达个人看法，并不表明网站立场。",
        "投稿邮箱：tougao@harbour.example",
        "【加入岸邊會員】每天好文直送信箱",
        "喜歡這篇文章嗎？請按讚追蹤粉絲專頁",
        "この記事が気に入ったらいいね!しよう",
        "▶ 노을신문 구독하기",
        "제보는 카카오톡 노을신문",
    ] {
        assert!(is_promotion(line), "no promotion: {line:?}");
    }
}

//! The words of `/status`, in the languages of newsrooms that run reprint: English and Chinese in both scripts. Not in words.html: they are no part
//! of what readers see, and a language that has only some of them is of no use.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::model::Fault;
use crate::render::words::chinese;

/// Ranges of an `Accept-Language` that are looked at.
const RANGES: usize = 32;

/// A language the page can be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tongue {
    English,
    Simplified,
    Traditional,
}

impl Tongue {
    pub(super) const ALL: [Tongue; 3] = [Self::English, Self::Simplified, Self::Traditional];

    /// Its language tag.
    pub(super) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Simplified => "zh-Hans",
            Self::Traditional => "zh-Hant",
        }
    }

    /// The language of a tag, if it is one of them.
    fn of(tag: &str) -> Option<Self> {
        let tag = tag.trim().to_ascii_lowercase();
        match chinese(&tag) {
            Some("zh-hant") => Some(Self::Traditional),
            Some(_) => Some(Self::Simplified),
            None => (tag.split('-').next() == Some("en")).then_some(Self::English),
        }
    }

    /// What the reader would rather read (`Accept-Language`, RFC 9110 § 12.5.4); else the site's language; else English.
    pub(super) fn negotiate(accept: &str, site: &str) -> Self {
        let mut ranges: Vec<(f32, Self)> = Vec::new();
        for range in accept.split(',').take(RANGES) {
            let mut parts = range.split(';').map(str::trim);
            let known = parts.next().and_then(Self::of);
            let quality = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |q| q.trim().parse::<f32>().ok());
            if let (Some(known), Some(quality)) = (known, quality.filter(|quality| *quality > 0.0)) {
                ranges.push((quality, known));
            }
        }
        // Of equals, the first: the sort is stable.
        ranges.sort_by(|a, b| b.0.total_cmp(&a.0));
        ranges.first().map(|(_, known)| *known).or_else(|| Self::of(site)).unwrap_or(Self::English)
    }

    /// The word under a key of the table; empty for any other.
    pub(super) fn word(self, key: &str) -> &'static str {
        WORDS.iter().find(|(known, _)| *known == key).map_or("", |(_, words)| words[self as usize])
    }

    /// The word under a key, with what stands for its `{names}`.
    pub(super) fn fill(self, key: &str, values: &[(&str, &dyn std::fmt::Display)]) -> String {
        let mut said = String::new();
        let mut rest = self.word(key);
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            said.push_str(before);
            if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
                said.push_str(&value.to_string());
            }
            rest = after;
        }
        said + rest
    }

    /// The word for so many: under `key_none`, `key_one` or `key_many`.
    pub(super) fn counted(self, key: &str, number: u64) -> String {
        let form = match number {
            0 => "none",
            1 => "one",
            _ => "many",
        };
        self.fill(&format!("{key}_{form}"), &[("n", &number)])
    }

    /// Every word, for the template.
    pub(super) fn all(self) -> BTreeMap<&'static str, &'static str> {
        WORDS.iter().map(|(key, words)| (*key, words[self as usize])).collect()
    }

    /// Who has to act.
    pub(super) fn fault(self, fault: Fault) -> &'static str {
        self.word(match fault {
            Fault::Partner => "fault_partner",
            Fault::Us => "fault_us",
            Fault::Network => "fault_network",
        })
    }

    /// What a code of a problem or of a held article means, where the page is not in the language of the message that comes with it.
    pub(super) fn code(self, code: &str) -> Option<String> {
        if self == Self::English {
            return None;
        }
        let known = |code: &str| CODES.iter().find(|(known, _)| *known == code).map(|(_, words)| words[self as usize - 1]);
        if let Some(words) = known(code) {
            return Some(words.to_owned());
        }
        let status: u16 = code.strip_prefix("http_")?.parse().ok()?;
        let general = if (500..600).contains(&status) { "http_5xx" } else { "http_other" };
        known(general).map(|words| words.replace("{n}", &status.to_string()))
    }

    /// `in 5 minutes`, `3 days ago`.
    pub(super) fn distance(self, span: TimeDelta) -> String {
        let seconds = span.num_seconds();
        let words = self.span(seconds.unsigned_abs());
        match seconds {
            -9..=9 => self.word("now").to_owned(),
            10.. => self.fill("ahead", &[("span", &words)]),
            _ => self.fill("ago", &[("span", &words)]),
        }
    }

    /// A span of seconds, roughly.
    pub(super) fn span(self, seconds: u64) -> String {
        let (number, unit) = match seconds {
            0..=119 => (seconds, "second"),
            120..=7_199 => (seconds / 60, "minute"),
            7_200..=172_799 => (seconds / 3_600, "hour"),
            _ => (seconds / 86_400, "day"),
        };
        let key = if number == 1 { unit.to_owned() } else { format!("{unit}s") };
        self.fill(&key, &[("n", &number)])
    }

    /// A schedule in words where it is one of the usual ones, with the schedule itself or else with its zone.
    pub(super) fn rhythm(self, schedule: &str, zone: &str) -> String {
        let fields: Vec<&str> = schedule.split_whitespace().collect();
        let every = |field: &str, unit: &str| match field.strip_prefix("*/") {
            Some("1") => Some(self.word(&format!("every_{unit}")).to_owned()),
            Some(number) if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(self.fill(&format!("every_{unit}s"), &[("n", &number)]))
            }
            _ => None,
        };
        let words = match fields[..] {
            ["*", "*", "*", "*", "*"] => Some(self.word("every_minute").to_owned()),
            [second, "*", "*", "*", "*", "*"] => every(second, "second"),
            [minute, "*", "*", "*", "*"] => every(minute, "minute")
                .or_else(|| minute.parse::<u8>().ok().map(|minute| self.fill("every_hour_at", &[("n", &minute)]))),
            _ => None,
        };
        match words {
            Some(words) => self.fill("remark", &[("words", &words), ("remark", &schedule)]),
            None => self.fill("remark", &[("words", &schedule), ("remark", &zone)]),
        }
    }
}

/// Key, and the words in the order of [`Tongue::ALL`].
const WORDS: &[(&str, [&str; 3])] = &[
    ("remark", ["{words} ({remark})", "{words}（{remark}）", "{words}（{remark}）"]),
    ("status", ["Status", "运行状态", "運作狀態"]),
    ("not_ready", ["Not ready:", "尚未就绪：", "尚未就緒："]),
    (
        "attention_one",
        ["{n} of {all} outlets needs attention.", "{all}家媒体中有{n}家需要处理。", "{all}家媒體中有{n}家需要處理。"],
    ),
    (
        "attention_many",
        ["{n} of {all} outlets need attention.", "{all}家媒体中有{n}家需要处理。", "{all}家媒體中有{n}家需要處理。"],
    ),
    ("attention_only", ["The only outlet needs attention.", "仅有的一家媒体需要处理。", "僅有的一家媒體需要處理。"]),
    ("all_well_none", ["There is no outlet.", "尚无媒体。", "尚無媒體。"]),
    (
        "all_well_one",
        [
            "The only outlet is well or waits for its first poll.",
            "仅有的一家媒体正常，或在等待首次抓取。",
            "僅有的一家媒體正常，或在等待首次抓取。",
        ],
    ),
    (
        "all_well_many",
        [
            "All of {n} outlets are well or wait for their first poll.",
            "全部{n}家媒体正常，或在等待首次抓取。",
            "全部{n}家媒體正常，或在等待首次抓取。",
        ],
    ),
    ("held_none", ["No article is held.", "没有暂缓发布的文章。", "沒有暫緩發布的文章。"]),
    ("held_one", ["1 article is held.", "暂缓发布1篇。", "暫緩發布1篇。"]),
    ("held_many", ["{n} articles are held.", "暂缓发布{n}篇。", "暫緩發布{n}篇。"]),
    ("as_of", ["As of", "截至", "截至"]),
    ("running", ["Running since", "启动于", "啟動於"]),
    ("again", ["Look again", "刷新", "重新整理"]),
    ("last_hours", ["The last 48 hours", "最近48小时", "最近48小時"]),
    ("all_outlets", ["All outlets", "全部媒体", "全部媒體"]),
    (
        "chart_note",
        [
            "One bar an hour, now at the right. Polls are counted since the program started. Lag is the time from publication at the outlet to first sight here.",
            "每小时一条，最右为当前。抓取次数自程序启动起计。延迟指从媒体发布到本站首次见到的时间。",
            "每小時一條，最右為目前。抓取次數自程式啟動起計。延遲指從媒體發布到本站首次見到的時間。",
        ],
    ),
    (
        "chart_label",
        [
            "{of}, {title}, last {hours} hours: {says}",
            "{of}，{title}，最近{hours}小时：{says}",
            "{of}，{title}，最近{hours}小時：{says}",
        ],
    ),
    ("polls", ["Polls", "抓取", "抓取"]),
    ("new_articles", ["New articles", "新文章", "新文章"]),
    ("lag", ["Lag", "延迟", "延遲"]),
    (
        "polls_say",
        [
            "{all} in all, {news} with news, {failed} failed",
            "共{all}次，{news}次有更新，{failed}次失败",
            "共{all}次，{news}次有更新，{failed}次失敗",
        ],
    ),
    ("new_say", ["{n} new", "新增{n}篇", "新增{n}篇"]),
    ("lag_say", ["{span} at the median", "中位数{span}", "中位數{span}"]),
    ("lag_none", ["no dated article since the first poll", "首次抓取后尚无带日期的文章", "首次抓取後尚無帶日期的文章"]),
    ("outlets", ["Outlets", "媒体", "媒體"]),
    ("further", ["Further outlets", "其他媒体", "其他媒體"]),
    ("failing", ["failing", "失败", "失敗"]),
    ("impaired", ["impaired", "部分失败", "部分失敗"]),
    ("waiting", ["waiting", "等待首次抓取", "等待首次抓取"]),
    ("well", ["well", "正常", "正常"]),
    ("fault_partner", ["The partner has to act", "需要对方处理", "需要對方處理"]),
    ("fault_us", ["We have to act", "需要我方处理", "需要我方處理"]),
    (
        "fault_network",
        [
            "Nobody has to act yet: the way between us failed, and it is tried again",
            "暂时无需处理：双方之间的网络不通，会自动重试",
            "暫時無需處理：雙方之間的網路不通，會自動重試",
        ],
    ),
    ("since", ["since", "始于", "始於"]),
    ("in_a_row", ["failures in a row", "连续失败次数", "連續失敗次數"]),
    ("moved", ["Has moved to", "已迁移至", "已遷移至"]),
    ("next_poll", ["Next poll", "下次抓取", "下次抓取"]),
    ("last_poll", ["Last poll", "上次抓取", "上次抓取"]),
    ("last_success", ["Last success", "上次成功", "上次成功"]),
    ("last_change", ["Last change", "上次更新", "上次更新"]),
    ("polled", ["Polled", "抓取频率", "抓取頻率"]),
    ("articles", ["Articles", "文章", "文章"]),
    ("held_link", ["held", "暂缓发布", "暫緩發布"]),
    ("never", ["never", "从未", "從未"]),
    ("feeds", ["Feeds", "订阅源", "訂閱源"]),
    (
        "feeds_cut",
        [
            "The first {n} of {all}; all are in {file}.",
            "显示{all}个中的前{n}个，全部见{file}。",
            "顯示{all}個中的前{n}個，全部見{file}。",
        ],
    ),
    ("changed", ["changed", "更新于", "更新於"]),
    ("unpublished", ["not published yet", "尚未发布", "尚未發布"]),
    ("newest", ["newest", "最新一篇", "最新一篇"]),
    ("readers", ["readers", "读者", "讀者"]),
    ("for_partners", ["for partners only", "仅供合作方", "僅供合作方"]),
    ("translated", ["translated into {to} by {by}", "由{by}译为{to}", "由{by}譯為{to}"]),
    ("subscriptions", ["WebSub subscriptions", "WebSub订阅", "WebSub訂閱"]),
    ("due", ["deliveries due", "待推送", "待推送"]),
    ("due_failing", ["{n}, of which failing: {failing}", "{n}（其中失败{failing}）", "{n}（其中失敗{failing}）"]),
    ("websub_note", ["Counted since the program started.", "次数自程序启动起计。", "次數自程式啟動起計。"]),
    ("own_hub", ["Our hub", "本站Hub", "本站Hub"]),
    ("other_hub", ["Hub elsewhere", "外部Hub", "外部Hub"]),
    ("unconfirmed", ["Waiting to be confirmed", "等待确认", "等待確認"]),
    ("requests", ["Requests", "请求", "請求"]),
    (
        "requests_say",
        [
            "{subscribed} subscribed or renewed, {unsubscribed} unsubscribed, {unconfirmed} not confirmed, {refused} refused, {expired} expired",
            "订阅或续订{subscribed}，退订{unsubscribed}，未确认{unconfirmed}，拒绝{refused}，到期{expired}",
            "訂閱或續訂{subscribed}，退訂{unsubscribed}，未確認{unconfirmed}，拒絕{refused}，到期{expired}",
        ],
    ),
    ("deliveries", ["Deliveries", "推送", "推送"]),
    (
        "deliveries_say",
        [
            "{delivered} arrived, {failed} failed and are tried again, {given_up} given up, {gone} to subscribers that are gone (410)",
            "送达{delivered}，失败待重试{failed}，放弃{given_up}，对方已不存在（410）{gone}",
            "送達{delivered}，失敗待重試{failed}，放棄{given_up}，對方已不存在（410）{gone}",
        ],
    ),
    ("ours", ["Our subscriptions at partners’ hubs", "本站在合作方Hub的订阅", "本站在合作方Hub的訂閱"]),
    ("no_ours", ["No partner’s feed has named a hub yet.", "尚无合作方的订阅源指明Hub。", "尚無合作方的訂閱源指明Hub。"]),
    ("pushes", ["Pushes taken in", "收到的推送", "收到的推送"]),
    (
        "pushes_say",
        [
            "{taken} with their content, {hints} made us poll, {ignored} ignored, {bad} wrongly signed, {unknown} for no subscription",
            "采用内容{taken}，触发抓取{hints}，忽略{ignored}，签名有误{bad}，无对应订阅{unknown}",
            "採用內容{taken}，觸發抓取{hints}，忽略{ignored}，簽章有誤{bad}，無對應訂閱{unknown}",
        ],
    ),
    ("hub_failures", ["Requests to hubs that failed", "向Hub请求失败", "向Hub請求失敗"]),
    ("sub_new", ["about to be asked for", "即将请求", "即將請求"]),
    ("sub_asked", ["asked for, not confirmed yet", "已请求，尚未确认", "已請求，尚未確認"]),
    ("sub_failing", ["the hub does not take our request", "Hub未接受请求", "Hub未接受請求"]),
    ("sub_denied", ["denied by the hub", "被Hub拒绝", "被Hub拒絕"]),
    ("sub_active", ["holds", "有效", "有效"]),
    ("sub_leaving", ["is being ended", "正在退订", "正在退訂"]),
    ("until", ["until", "有效期至", "有效期至"]),
    ("asked_again", ["asked again", "再次请求", "再次請求"]),
    ("partners", ["Partners", "合作方", "合作方"]),
    ("last_pull", ["last pull", "上次拉取", "上次拉取"]),
    ("today", ["today", "今日", "今日"]),
    ("week", ["7 days", "7天", "7天"]),
    ("refused_week", ["refused in 7 days", "7天内被拒", "7天內被拒"]),
    ("expires", ["expires", "到期", "到期"]),
    ("expired", ["expired", "已到期", "已到期"]),
    (
        "strangers_one",
        [
            "1 request without valid credentials was refused in 7 days.",
            "7天内拒绝了1次无有效凭据的请求。",
            "7天內拒絕了1次無有效憑證的請求。",
        ],
    ),
    (
        "strangers_many",
        [
            "{n} requests without valid credentials were refused in 7 days.",
            "7天内拒绝了{n}次无有效凭据的请求。",
            "7天內拒絕了{n}次無有效憑證的請求。",
        ],
    ),
    ("translators", ["Translators, today (UTC)", "翻译用量，今日（UTC）", "翻譯用量，今日（UTC）"]),
    ("spent", ["{spent} of {budget} {unit}", "{spent}／{budget}{unit}", "{spent}／{budget}{unit}"]),
    ("spent_unbound", ["{spent} {unit}, without a bound", "{spent}{unit}，无上限", "{spent}{unit}，無上限"]),
    ("characters", ["characters", "字符", "字元"]),
    ("tokens", ["tokens", "词元", "詞元"]),
    ("units", ["units", "单位", "單位"]),
    ("calls", ["calls", "调用", "呼叫"]),
    ("held_articles", ["Held articles", "暂缓发布的文章", "暫緩發布的文章"]),
    (
        "held_note",
        [
            "They are published when what is missing is there. {command} on the outlet’s feed shows what was found for each of its entries.",
            "补齐所缺信息后即会发布。对该媒体的订阅源运行{command}，可查看每篇的判断依据。",
            "補齊所缺資訊後即會發布。對該媒體的訂閱源執行{command}，可查看每篇的判斷依據。",
        ],
    ),
    ("held_cut", ["Shown are the newest {n} of {all}.", "显示{all}篇中最新的{n}篇。", "顯示{all}篇中最新的{n}篇。"]),
    ("none", ["None.", "无。", "無。"]),
    ("first_seen", ["first seen", "首次见到", "首次見到"]),
    ("now", ["now", "刚刚", "剛剛"]),
    ("ahead", ["in {span}", "{span}后", "{span}後"]),
    ("ago", ["{span} ago", "{span}前", "{span}前"]),
    ("second", ["{n} second", "{n}秒", "{n}秒"]),
    ("seconds", ["{n} seconds", "{n}秒", "{n}秒"]),
    ("minute", ["{n} minute", "{n}分钟", "{n}分鐘"]),
    ("minutes", ["{n} minutes", "{n}分钟", "{n}分鐘"]),
    ("hour", ["{n} hour", "{n}小时", "{n}小時"]),
    ("hours", ["{n} hours", "{n}小时", "{n}小時"]),
    ("day", ["{n} day", "{n}天", "{n}天"]),
    ("days", ["{n} days", "{n}天", "{n}天"]),
    ("every_second", ["every second", "每秒", "每秒"]),
    ("every_seconds", ["every {n} seconds", "每{n}秒", "每{n}秒"]),
    ("every_minute", ["every minute", "每分钟", "每分鐘"]),
    ("every_minutes", ["every {n} minutes", "每{n}分钟", "每{n}分鐘"]),
    ("every_hour_at", ["every hour, {n} minutes past", "每小时第{n}分", "每小時第{n}分"]),
];

/// What codes of problems and of held articles mean, in the languages of [`Tongue::ALL`] without the first. `{n}`: the status.
const CODES: &[(&str, [&str; 2])] = &[
    ("ssrf_denied", ["地址指向内部网络，按规则不予访问", "地址指向內部網路，依規則不予存取"]),
    ("bad_scheme", ["地址不是http或https", "地址不是http或https"]),
    ("bad_url", ["地址无效", "地址無效"]),
    ("dns", ["域名解析失败", "網域名稱解析失敗"]),
    ("connect", ["无法连接", "無法連線"]),
    ("tls", ["加密连接或证书有误", "加密連線或憑證有誤"]),
    ("timeout", ["超时", "逾時"]),
    ("too_many_redirects", ["重定向过多", "重新導向過多"]),
    ("gone", ["订阅源已永久移除（410）", "訂閱源已永久移除（410）"]),
    ("http_401", ["对方要求登录凭据（401）", "對方要求登入憑證（401）"]),
    ("http_403", ["对方拒绝访问（403）", "對方拒絕存取（403）"]),
    ("http_404", ["该地址没有内容（404）", "該地址沒有內容（404）"]),
    ("http_429", ["请求过于频繁（429）", "請求過於頻繁（429）"]),
    ("http_451", ["因法律原因不可用（451）", "因法律原因無法提供（451）"]),
    ("http_5xx", ["对方服务器出错（{n}）", "對方伺服器出錯（{n}）"]),
    ("http_other", ["对方服务器回应{n}", "對方伺服器回應{n}"]),
    ("bad_304", ["对方服务器的304回应有误", "對方伺服器的304回應有誤"]),
    ("bad_response", ["对方服务器的回应无法读取", "對方伺服器的回應無法讀取"]),
    ("too_large", ["内容过大", "內容過大"]),
    ("truncated", ["内容不完整", "內容不完整"]),
    ("bad_credentials", ["我方凭据无法使用", "我方憑證無法使用"]),
    ("robots_denied", ["robots.txt不允许抓取", "robots.txt不允許抓取"]),
    ("robots_unreachable", ["无法读取robots.txt", "無法讀取robots.txt"]),
    ("empty_body", ["内容为空", "內容為空"]),
    ("not_a_feed", ["该地址不是订阅源", "該地址不是訂閱源"]),
    ("not_a_page", ["该地址不是网页", "該地址不是網頁"]),
    ("no_items", ["网页上找不到文章列表", "網頁上找不到文章列表"]),
    ("too_many_items", ["条目过多", "條目過多"]),
    ("json_malformed", ["JSON格式有误", "JSON格式有誤"]),
    ("bad_charset", ["字符编码有误", "字元編碼有誤"]),
    ("xml_dtd", ["XML含有不予读取的文档类型声明", "XML含有不予讀取的文件類型宣告"]),
    ("xml_too_deep", ["XML嵌套过深", "XML巢狀過深"]),
    ("xml_too_many_attrs", ["XML属性过多", "XML屬性過多"]),
    ("xml_too_many_ns", ["XML命名空间过多", "XML命名空間過多"]),
    ("html_too_deep", ["网页嵌套过深", "網頁巢狀過深"]),
    ("html_too_tangled", ["网页结构过于混乱", "網頁結構過於混亂"]),
    ("html_too_many_attributes", ["网页属性过多", "網頁屬性過多"]),
    ("panic", ["程序内部错误", "程式內部錯誤"]),
    ("incomplete", ["订阅源在本篇中途中断", "訂閱源在本篇中途中斷"]),
    ("no_text", ["没有标题，也没有正文", "沒有標題，也沒有正文"]),
    ("no_address", ["没有可供读者查阅的来源地址", "沒有可供讀者查閱的來源地址"]),
    ("unclear_origin", ["自称转载，但未注明出处", "自稱轉載，但未註明出處"]),
    ("uncertain_origin", ["出处的说法互相矛盾，可信度不足", "出處的說法互相矛盾，可信度不足"]),
    ("awaiting_page", ["等待读取文章页面", "等待讀取文章頁面"]),
    ("own_article", ["本站自己的文章经合作方传回", "本站自己的文章經合作方傳回"]),
    ("withdrawn", ["已撤回", "已撤回"]),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn placeholders(word: &str) -> BTreeSet<&str> {
        word.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
    }

    #[test]
    fn every_word_is_there_once_and_says_the_same_in_every_language() {
        let keys: BTreeSet<&str> = WORDS.iter().map(|(key, _)| *key).collect();
        assert_eq!(keys.len(), WORDS.len());
        for (key, words) in WORDS {
            for word in words {
                assert!(!word.is_empty(), "{key}");
                assert_eq!(placeholders(word), placeholders(words[0]), "{key}: {word}");
            }
        }
        let codes: BTreeSet<&str> = CODES.iter().map(|(code, _)| *code).collect();
        assert_eq!(codes.len(), CODES.len());
    }

    #[test]
    fn the_page_is_in_the_language_of_its_reader() {
        let check = |accept: &str, site: &str, expected: &str| {
            assert_eq!(Tongue::negotiate(accept, site).tag(), expected, "{accept:?} {site}")
        };
        check("", "zh-Hans", "zh-Hans");
        check("", "zh-TW", "zh-Hant");
        check("", "fr", "en");
        check("*", "zh-Hant", "zh-Hant");
        check("fr-CA", "zh-Hant", "zh-Hant");
        check("zh-CN,zh;q=0.9,en;q=0.8", "en", "zh-Hans");
        check("zh-TW,zh;q=0.9,en-US;q=0.8", "en", "zh-Hant");
        check("yue", "en", "zh-Hant");
        check("en-GB,zh;q=0.5", "zh-Hans", "en");
        check("zh;q=0.3, en;q=0.7", "zh-Hans", "en");
        check("en;q=0, zh-HK;q=0.1", "en", "zh-Hant");
        check("en;q=x, fr;;;,,", "zh-Hans", "zh-Hans");
        check("english", "zh-Hans", "zh-Hans");
    }

    #[test]
    fn spans_and_rhythms_in_words() {
        let check = |seconds: i64, expected: [&str; 3]| {
            for (tongue, expected) in Tongue::ALL.into_iter().zip(expected) {
                assert_eq!(tongue.distance(TimeDelta::seconds(seconds)), expected);
            }
        };
        check(0, ["now", "刚刚", "剛剛"]);
        check(-15, ["15 seconds ago", "15秒前", "15秒前"]);
        check(300, ["in 5 minutes", "5分钟后", "5分鐘後"]);
        check(-7_200, ["2 hours ago", "2小时前", "2小時前"]);
        check(-900_000, ["10 days ago", "10天前", "10天前"]);
        assert_eq!(Tongue::English.span(1), "1 second");
        let check = |schedule: &str, english: &str, chinese: &str| {
            assert_eq!(Tongue::English.rhythm(schedule, "Asia/Taipei"), english);
            assert_eq!(Tongue::Simplified.rhythm(schedule, "Asia/Taipei"), chinese);
        };
        check("*/30 * * * *", "every 30 minutes (*/30 * * * *)", "每30分钟（*/30 * * * *）");
        check("* * * * *", "every minute (* * * * *)", "每分钟（* * * * *）");
        check("7 * * * *", "every hour, 7 minutes past (7 * * * *)", "每小时第7分（7 * * * *）");
        check("*/2 * * * * *", "every 2 seconds (*/2 * * * * *)", "每2秒（*/2 * * * * *）");
        check("0 7,19 * * *", "0 7,19 * * * (Asia/Taipei)", "0 7,19 * * *（Asia/Taipei）");
        check("@daily", "@daily (Asia/Taipei)", "@daily（Asia/Taipei）");
    }

    #[test]
    fn codes_are_explained_where_their_messages_are_foreign() {
        let check =
            |code: &str, expected: Option<&str>| assert_eq!(Tongue::Traditional.code(code).as_deref(), expected, "{code}");
        check("timeout", Some("逾時"));
        check("http_404", Some("該地址沒有內容（404）"));
        check("http_503", Some("對方伺服器出錯（503）"));
        check("http_418", Some("對方伺服器回應418"));
        check("http_x", None);
        check("something_else", None);
        assert_eq!(Tongue::English.code("timeout"), None);
    }

    #[test]
    fn words_are_filled_in_once() {
        let said = Tongue::English.fill("translated", &[("to", &"{by}"), ("by", &"x{")]);
        assert_eq!(said, "translated into {by} by x{");
    }
}

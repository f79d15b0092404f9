//! Arabic, Persian, Hebrew, Hindi, Thai, Vietnamese, Indonesian, Malay, and the spans of time in Chinese, Japanese and Korean.

use super::{Language, NONE};

pub(super) const LANGUAGES: &[Language] = &[
    Language {
        code: "ar",
        without_one: true,
        // The names of Egypt and the Gulf, of the Levant and Iraq, and of the Maghreb.
        months: "يناير كانون_الثاني جانفي|فبراير شباط فيفري|مارس آذار|أبريل إبريل نيسان أفريل|مايو أيار ماي|يونيو حزيران جوان|يوليو تموز جويلية يوليوز|أغسطس آب أوت غشت|سبتمبر أيلول شتنبر|أكتوبر تشرين_الأول|نوفمبر تشرين_الثاني نونبر|ديسمبر كانون_الأول دجنبر",
        weekdays: "الاثنين الإثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد اثنين ثلاثاء أربعاء خميس جمعة سبت أحد",
        units: "ثانية ثوان ثواني|دقيقة دقائق دقيقه|ساعة ساعات ساعه|يوم أيام يوما|أسبوع أسابيع أسبوعا|شهر أشهر شهور شهرا|سنة سنوات عام أعوام عاما",
        twos: "ثانيتين|دقيقتين|ساعتين|يومين|أسبوعين|شهرين|سنتين عامين",
        half_hour: "نصف_ساعة",
        numbers: "واحد واحدة|اثنين|ثلاث ثلاثة|أربع أربعة|خمس خمسة|ست ستة|سبع سبعة|ثماني ثمانية|تسع تسعة|عشر عشرة",
        frames: &[("منذ", ""), ("قبل", ""), ("", "مضت")],
        now: "الآن منذ_لحظات قبل_لحظات منذ_قليل قبل_قليل للتو",
        days: "اليوم|أمس البارحة|أول_أمس أول_من_أمس",
        ..NONE
    },
    Language {
        code: "fa",
        // Gregorian names; those of the solar Hijri calendar are in `calendars`.
        months: "ژانویه|فوریه|مارس|آوریل|مه می|ژوئن|ژوئیه جولای|اوت آگوست|سپتامبر|اکتبر|نوامبر|دسامبر",
        weekdays: "شنبه یکشنبه یک_شنبه دوشنبه دو_شنبه سهشنبه سه_شنبه چهارشنبه چهار_شنبه پنجشنبه پنج_شنبه جمعه",
        units: "ثانیه|دقیقه|ساعت|روز|هفته|ماه|سال",
        half_hour: "نیم_ساعت",
        numbers: "یک|دو|سه|چهار|پنج|شش|هفت|هشت|نه|ده",
        frames: &[("", "پیش"), ("", "قبل")],
        now: "اکنون هماکنون هم_اکنون همین_حالا لحظاتی_پیش لحظاتی_قبل",
        days: "امروز|دیروز|پریروز",
        ..NONE
    },
    Language {
        code: "he",
        without_one: true,
        months: "ינואר בינואר|פברואר בפברואר|מרץ מרס במרץ במרס|אפריל באפריל|מאי במאי|יוני ביוני|יולי ביולי|אוגוסט באוגוסט|ספטמבר בספטמבר|אוקטובר באוקטובר|נובמבר בנובמבר|דצמבר בדצמבר",
        weekdays: "ראשון שני שלישי רביעי חמישי שישי שבת",
        units: "שנייה שניות|דקה דקות|שעה שעות|יום ימים|שבוע שבועות|חודש חודשים|שנה שנים",
        twos: "|||יומיים|שבועיים|חודשיים|שנתיים",
        half_hour: "חצי_שעה",
        frames: &[("לפני", "")],
        now: "עכשיו כרגע לפני_רגע",
        days: "היום|אתמול|שלשום",
        ..NONE
    },
    Language {
        code: "hi",
        months: "जनवरी|फ़रवरी फरवरी|मार्च|अप्रैल|मई|जून|जुलाई|अगस्त|सितंबर सितम्बर|अक्तूबर अक्टूबर|नवंबर नवम्बर|दिसंबर दिसम्बर",
        short_months: "जन॰ जन|फ़र फर|||||जुल॰ जुल|अग॰ अग|सित सित॰|अक्तू अक्टू|नव नव॰|दिस दिस॰",
        weekdays: "सोमवार मंगलवार बुधवार गुरुवार बृहस्पतिवार शुक्रवार शनिवार रविवार सोम मंगल बुध गुरु शुक्र शनि रवि",
        units: "सेकंड सेकेंड|मिनट|घंटा घंटे घण्टे|दिन|सप्ताह हफ़्ते हफ्ते हफ़्ता|महीना महीने माह|साल वर्ष",
        half_hour: "आधे_घंटे आधा_घंटा",
        numbers: "एक|दो|तीन|चार|पांच पाँच|छह|सात|आठ|नौ|दस",
        frames: &[("", "पहले"), ("", "पूर्व")],
        now: "अभी अभी-अभी अभी_अभी",
        // कल is yesterday and tomorrow; nothing is published tomorrow.
        days: "आज|कल|परसों",
        ..NONE
    },
    Language {
        code: "th",
        months: "มกราคม|กุมภาพันธ์|มีนาคม|เมษายน|พฤษภาคม|มิถุนายน|กรกฎาคม|สิงหาคม|กันยายน|ตุลาคม|พฤศจิกายน|ธันวาคม",
        short_months: "ม.ค มกรา|ก.พ กุมภา|มี.ค มีนา|เม.ย เมษา|พ.ค พฤษภา|มิ.ย มิถุนา|ก.ค กรกฎา|ส.ค สิงหา|ก.ย กันยา|ต.ค ตุลา|พ.ย พฤศจิกา|ธ.ค ธันวา",
        weekdays: "วันจันทร์ วันอังคาร วันพุธ วันพฤหัสบดี วันพฤหัส วันศุกร์ วันเสาร์ วันอาทิตย์ จันทร์ที่ อังคารที่ พุธที่ พฤหัสบดีที่ ศุกร์ที่ เสาร์ที่ อาทิตย์ที่ วันจันทร์ที่ วันอังคารที่ วันพุธที่ วันพฤหัสบดีที่ วันศุกร์ที่ วันเสาร์ที่ วันอาทิตย์ที่ จันทร์ อังคาร พุธ พฤหัสบดี ศุกร์ เสาร์ อาทิตย์ จ อ พ พฤ ศ ส อา",
        units: "วินาที|นาที|ชั่วโมง ชม|วัน|สัปดาห์ อาทิตย์|เดือน|ปี",
        half_hour: "ครึ่งชั่วโมง",
        frames: &[("", "ที่แล้ว"), ("", "ที่ผ่านมา"), ("", "ก่อน"), ("เมื่อ", "ที่แล้ว"), ("เมื่อ", "ที่ผ่านมา"), ("เมื่อ", "ก่อน")],
        now: "เมื่อสักครู่ เมื่อสักครู่นี้ เมื่อครู่ เมื่อกี้ เดี๋ยวนี้ ตอนนี้",
        days: "วันนี้|เมื่อวาน เมื่อวานนี้|เมื่อวานซืน",
        ..NONE
    },
    Language {
        code: "vi",
        months: "tháng_1 tháng_01 tháng_một tháng_giêng|tháng_2 tháng_02 tháng_hai|tháng_3 tháng_03 tháng_ba|tháng_4 tháng_04 tháng_tư|tháng_5 tháng_05 tháng_năm|tháng_6 tháng_06 tháng_sáu|tháng_7 tháng_07 tháng_bảy|tháng_8 tháng_08 tháng_tám|tháng_9 tháng_09 tháng_chín|tháng_10 tháng_mười|tháng_11 tháng_mười_một|tháng_12 tháng_mười_hai tháng_chạp",
        short_months: "th1 th01 thg_1 thg_01|th2 th02 thg_2 thg_02|th3 th03 thg_3 thg_03|th4 th04 thg_4 thg_04|th5 th05 thg_5 thg_05|th6 th06 thg_6 thg_06|th7 th07 thg_7 thg_07|th8 th08 thg_8 thg_08|th9 th09 thg_9 thg_09|th10 thg_10|th11 thg_11|th12 thg_12",
        weekdays: "thứ_hai thứ_ba thứ_tư thứ_năm thứ_sáu thứ_bảy chủ_nhật t2 t3 t4 t5 t6 t7 cn",
        units: "giây|phút|giờ tiếng|ngày|tuần|tháng|năm",
        half_hour: "nửa_giờ nửa_tiếng",
        numbers: "một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười",
        frames: &[("", "trước"), ("cách đây", "")],
        now: "vừa_xong bây_giờ vừa_mới mới_đây",
        days: "hôm_nay|hôm_qua|hôm_kia",
        ..NONE
    },
    Language {
        code: "id",
        months: "januari|februari|maret|april|mei|juni|juli|agustus|september|oktober|november|desember",
        short_months: "jan|feb|mar|apr||jun|jul|agu agt agst|sep sept|okt|nov nop|des",
        weekdays: "senin selasa rabu kamis jumat jum'at sabtu minggu ahad sen sel rab kam jum sab min",
        units: "detik|menit mnt|jam|hari|minggu pekan|bulan|tahun",
        half_hour: "setengah_jam",
        numbers: "satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh",
        frames: &[("", "lalu"), ("", "yang lalu"), ("", "silam"), ("", "yg lalu")],
        now: "baru_saja sekarang barusan beberapa_saat_lalu",
        days: "hari_ini|kemarin|kemarin_dulu",
        ..NONE
    },
    Language {
        code: "ms",
        months: "januari|februari|mac|april|mei|jun|julai|ogos|september|oktober|november|disember",
        short_months: "jan|feb||apr||||ogo|sept sep|okt|nov|dis",
        weekdays: "isnin selasa rabu khamis jumaat sabtu ahad isn sel rab kha jum sab ahd",
        units: "saat|minit|jam|hari|minggu|bulan|tahun",
        half_hour: "setengah_jam",
        numbers: "satu|dua|tiga|empat|lima|enam|tujuh|lapan|sembilan|sepuluh",
        frames: &[("", "lalu"), ("", "yang lalu"), ("", "lepas")],
        now: "sebentar_tadi baru_sahaja tadi",
        days: "hari_ini|semalam kelmarin|",
        ..NONE
    },
    Language {
        code: "zh",
        units: "秒 秒钟 秒鐘|分 分钟 分鐘|小时 小時 个小时 個小時 个钟头 個鐘頭 钟头|天 日|周 週 星期 个星期 個星期 礼拜 禮拜 个礼拜 個禮拜|个月 個月|年",
        half_hour: "半小时 半小時 半个小时 半個小時",
        numbers: "一|二 两 兩|三|四|五|六|七|八|九|十",
        frames: &[("", "前"), ("", "以前"), ("", "之前")],
        now: "刚刚 剛剛 刚才 剛才",
        days: "今天 今日|昨天 昨日|前天 前日",
        ..NONE
    },
    Language {
        code: "ja",
        units: "秒|分 分間|時間|日 日間|週間 週|か月 ヶ月 カ月 ヵ月 ケ月|年 年間",
        half_hour: "半時間",
        numbers: "一|二|三|四|五|六|七|八|九|十",
        frames: &[("", "前"), ("", "まえ")],
        now: "たった今 今 たったいま",
        days: "今日 本日 きょう|昨日 きのう|一昨日 おととい",
        ..NONE
    },
    Language {
        code: "ko",
        units: "초|분|시간|일|주 주일|개월 달|년",
        half_hour: "반시간",
        numbers: "한|두|세|네",
        frames: &[("", "전")],
        now: "방금 방금_전 지금",
        days: "오늘|어제|그제 그저께",
        ..NONE
    },
];

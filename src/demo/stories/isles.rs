//! 群島譯報: human translations, mostly into traditional characters.

use super::{Origin, Story};

/// Stories translated into simplified characters.
pub(in super::super) const SIMPLIFIED: &[&str] = &["moth-radar"];

pub(in super::super) const STORIES: [Story; 8] = [
    Story {
        slug: "lighthouse-letters",
        title: "燈塔守望者寫給下一任的信",
        authors: &["Maren Oldcastle"],
        category: "文化",
        origin: Some(Origin {
            outlet: "The Skerry Review",
            url: "https://skerry-review.example/essays/letters-to-the-next-keeper",
            language: "en",
            translators: &["蘇映嵐"],
        }),
        text: "三號礁的燈塔有一條不成文的規矩:離任的守望者要給下一任留一封信,放在油庫第二個抽屜裡。從一八九一年到燈塔自動化的那一年,抽屜裡一共積了二十七封。\n\
最短的一封只有一行:「西南窗會漏,別信它。」最長的一封寫了四十頁,談風、談麵包的發法,也談一個人在霧裡待上九天之後會聽見什麼。\n\
! 三號礁燈塔的油庫,抽屜至今仍能拉開 | Skerry Trust\n\
檔案員把這些信依次讀完,發現它們彼此在回答。有人問起一隻總在清晨敲窗的鳥,隔了兩任,才有人寫道:那是銀鷗,牠在看自己的倒影。\n\
最後一封信的收信人寫著「機器」。守望者叮囑它:燈亮的時候要記得,外面有人正在數秒。",
    },
    Story {
        slug: "peat-clock",
        title: "泥炭裡的時鐘:一萬年的雨怎樣被讀出來",
        authors: &["Ilse Brandhagen", "Tomos Ferrin"],
        category: "科學",
        origin: Some(Origin {
            outlet: "Moor & Method",
            url: "https://moor-and-method.example/2026/peat-clock",
            language: "en",
            translators: &["顧弦歌"],
        }),
        text: "把一根六公尺長的泥炭芯放在燈下,它看起來只是深淺不一的褐色。但對古氣候學家來說,每一公分都是大約十七年的雨。\n\
研究團隊量的是一種單細胞生物的殼。牠們喜歡的濕度各不相同,哪一種多,就知道那些年沼澤有多濕。過去這件事要靠人在顯微鏡下數,一根芯得數三年。\n\
! 剛取出的泥炭芯,頂端朝左 | Ilse Brandhagen\n\
新方法讓電腦先看圖、人再抽查。團隊刻意保留了五分之一由人來數的樣本,結果顯示機器在兩種相似的殼之間經常猶豫,而人也一樣。\n\
他們讀出的故事裡有一段長達八十年的乾旱,恰好落在當地傳說中「湖走了」的年代。作者提醒,這是巧合還是記憶,泥炭不會說。",
    },
    Story {
        slug: "bread-archive",
        title: "麵包店把三百種酸種存進了冰庫",
        authors: &["Elin Vasskog"],
        category: "生活",
        origin: Some(Origin {
            outlet: "Nordkyst Tidende",
            url: "https://nordkyst-tidende.example/kultur/surdeigsarkivet",
            language: "nb",
            translators: &["羅以寧"],
        }),
        text: "北岸小鎮的一家麵包店地下室裡,三百一十二個玻璃瓶按字母排在零下二十度的架子上。每一瓶都是一戶人家的酸種,標籤寫著它的年紀、性情和飼主。\n\
事情起於一場火災。鎮上最老的酸種養了一百零六年,和廚房一起燒掉了。主人後來在遠房表親家找到它的分支,味道一樣,卻沒有人能證明。\n\
! 地下室的架子,每瓶酸種每年取出餵養一次 | Elin Vasskog\n\
如今只要寄來一湯匙,店裡就免費保存,條件是附上一段來歷。最動人的來歷寫在一張計程車收據背面:「我母親從不量水,她聽。」\n\
冰庫每年二月開放一天,來的人可以領回自己的,也可以領養沒有人認領的。去年被領養的有四瓶,其中一瓶據說脾氣很壞。",
    },
    Story {
        slug: "river-court",
        title: "一條河怎樣出庭作證",
        authors: &["Paulo Serrabranca"],
        category: "社會",
        origin: Some(Origin {
            outlet: "Gazeta do Estuário",
            url: "https://gazeta-estuario.example/2026/o-rio-em-tribunal",
            language: "pt",
            translators: &["蘇映嵐", "韓松年"],
        }),
        text: "庭審第一天,法官允許把一台水質感測器放在證人席上。它每十五分鐘讀出一次溶氧量,書記官照樣記下,沒有人笑。\n\
兩個村子為了河水的去向爭了四十年。上游要灌溉,下游要捕魚,雙方都說自己聽過河的意思。這一次,法院請來的不是代言人,而是三年的連續數據。\n\
! 證人席上的感測器,旁邊是當天取回的河水 | Gazeta do Estuário\n\
數據說的話兩邊都不愛聽:真正的缺口發生在每年十一天的夜裡,那時水既沒有進田,也沒有入海,而是從一道無人認領的舊閘漏走了。\n\
判決書只有六頁。兩村各出一半費用修閘,感測器留在橋下,由兩邊的小學輪流照看。",
    },
    Story {
        slug: "moth-radar",
        title: "雷达屏幕上的飞蛾之夜",
        authors: &["Henrike Aldermoor"],
        category: "科学",
        origin: Some(Origin {
            outlet: "Moor & Method",
            url: "https://moor-and-method.example/2026/moths-on-radar",
            language: "en",
            translators: &["顾弦歌"],
        }),
        text: "每年五月的头两个无风之夜,海峡气象站的雷达上会出现一片没有雨的云。它从南岸升起,用五个小时飘过海面,天亮前散开。\n\
值班员早就知道那是飞蛾。新的是,研究者如今能从回波的闪烁里数出翅膀拍动的次数,从而分清是哪几种,误差不到一成。\n\
! 五月十二日凌晨两点的雷达图,海峡上空的亮斑是迁飞的飞蛾 | Strait Weather Station\n\
他们翻出二十六年的旧磁带重新计算,发现数量减少了四成,而出发的日期提早了九天。提早的那几种,减少得反而比较少。\n\
论文的最后一段建议沿岸城镇在那两个夜里把灯关小一点。已经有七个镇同意了,其中一个镇把它办成了节日。",
    },
    Story {
        slug: "silent-organ",
        title: "沒有人按過的管風琴,每隔五年響一次",
        authors: &["Ottoline Graf"],
        category: "文化",
        origin: Some(Origin {
            outlet: "Die Seewarte",
            url: "https://die-seewarte.example/feuilleton/windorgel",
            language: "de",
            translators: &["羅以寧"],
        }),
        text: "鹽場盡頭有一座用三十四根陶管砌成的牆。建造者說那是管風琴,只是演奏它的人還沒有來:必須是東北風、退潮,而且鹽堆剛好堆到第三道刻線。\n\
這三件事大約每五年碰到一起。上一次是二〇二一年十月的一個星期二,持續了十一分鐘,聽見的只有兩名工人和一條狗。\n\
! 鹽場盡頭的陶管牆,最長的一根有兩公尺 | Ottoline Graf\n\
今年春天三個條件再次接近。報社派人在旁邊的棚子裡住了十六天,記下九次「幾乎」。第十七天記者回城,當晚它響了。\n\
工人用手機錄下了聲音。它並不像音樂,更像有人在很遠的地方,把一扇很重的門慢慢推開。",
    },
    Story {
        slug: "glacier-library",
        title: "冰川退去的地方,村民建了一座圖書館",
        authors: &["Aurelio Montesanto"],
        category: "社會",
        origin: Some(Origin {
            outlet: "Quaderno Alpino",
            url: "https://quaderno-alpino.example/storie/biblioteca-del-ghiaccio",
            language: "it",
            translators: &["韓松年"],
        }),
        text: "高谷村的老人還記得冰舌就在教堂後面。如今走到冰邊要三個小時,留下的空地寸草不生,地圖上沒有名字。\n\
去年夏天,村民用冰川搬來的石頭在那裡蓋了一間圖書館,不接電,只藏一種書:關於這條冰川的一切。登山日誌、放牧契約、孩子的畫,也有三本只寫到一半的論文。\n\
! 圖書館的外牆,石頭上的擦痕是冰川留下的 | Aurelio Montesanto\n\
每年九月,館員沿著新的冰緣插一排木樁,再把一張照片歸檔。書架按冰退的距離排列,走得越深,年代越近。\n\
最後一格是空的。館員說那不是遺憾,是留給那一年還願意走上來的人。",
    },
    Story {
        slug: "chess-by-post",
        title: "一盤下了三十八年的郵政西洋棋",
        authors: &["Cosima Thornbury"],
        category: "生活",
        origin: Some(Origin {
            outlet: "The Skerry Review",
            url: "https://skerry-review.example/people/chess-by-post",
            language: "en",
            translators: &["顧弦歌"],
        }),
        text: "第一步棋寄出時,兩位對手都是二十三歲的電報員。第一百一十七步寄到時,其中一位已經當了祖父,另一位換了三個國家。\n\
他們約定只用明信片,每張只寫一步,另加一句與棋無關的話。於是棋譜旁邊長出了另一本日記:「今天下雪。」「女兒會走路了。」「我不再抽菸,第九天。」\n\
! 三十八年的明信片按步數釘在牆上 | Cosima Thornbury\n\
中間曾有十四個月沒有來信。執白的人以為對手認輸了,後來才知道那張卡片掉進了郵局的牆縫,裝修時才被發現,郵差親自送來並道歉。\n\
這盤棋最後以和局收場。他們立刻開了第二盤,這一次說好,快一點。",
    },
];

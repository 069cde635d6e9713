/// What somebody looks like, wears and carries: lists in words nobody can list,
/// recognised by the words they end in or turn on.
struct NoticePhrases {
    struct Phrase {
        var key: NoticeKey
        var range: Range<Int>
        var confidence: Double
    }

    let text: NoticeText

    // MARK: Words

    /// Ends of garments; the shortest are safe behind a colour or stuff.
    private static let garments = Lexicon<Void>(
        """
        裤 裤子 裤衩 裤头 裙 裙子 鞋 鞋子 靴 靴子 袜 袜子 帽 帽子 衫 衫子 袄 袄子 褂 褂子 袍 袍子 恤 T恤 T恤衫 t恤 t恤衫 外套 上衣 棉衣 大衣 外衣 毛衣 卫衣 棉袄 夹袄 花袄 皮袄 小袄 棉裤 棉帽 皮帽 布带 睡衣 内衣 风衣 雨衣 秋衣 衬衣 线衣 皮衣 单衣 绒衣 夹衣 罩衣 \
        冲锋衣 连体衣 保暖衣 羊毛衣 防晒衣 羽绒衣 棉服 羽绒服 工作服 迷彩服 校服 运动服 西服 制服 防寒服 病号服 保安服 环卫服 童服 工服 军服 警服 球服 太空服 滑雪服 保暖服 家居服 民族服 冲锋服 服装 \
        中山装 西装 运动装 牛仔装 休闲装 唐装 套装 工装 童装 军装 女装 男装 冬装 夏装 手套 袖套 头套 护袖 夹克 夹克衫 马甲 背心 短袖 长袖 坎肩 围裙 围脖 围巾 头巾 丝巾 方巾 披肩 口罩 眼镜 墨镜 太阳镜 老花镜 项链 戒指 \
        手镯 银镯 玉镯 金镯 镯子 手链 手环 脚链 耳环 耳钉 耳坠 手表 腕表 电子表 皮带 腰带 领带 红领巾 肚兜 尿不湿 斗篷 披风 蓑衣 雨披 吊带 打底 秋裤 内裤 短裤 工装裤 七分裤 背带裤 保暖内衣 秋衣秋裤 拖鞋 凉鞋 布鞋 棉拖 \
        棉鞋 皮鞋 胶鞋 雨鞋 球鞋 运动鞋 解放鞋 帆布鞋 雨靴 毛靴 人字拖 蓝白拖 高跟鞋 衣裳 手串 佛珠 耳坠子 发夹 发卡 头绳 头花 汗巾 包头 缠头 头帕 黑帕 毡帽 草帽 斗笠 头盔 安全帽 开衫 毛背心 羊毛衫 针织衫 打底衫 保暖衫 polo衫 Polo衫 POLO衫 \
        校裤 皮夹克 皮袄 军大衣 呢大衣 呢子大衣 棉大衣 皮大衣 旗袍 藏袍 长衫 衣裤 套头衫 连衣裙 百褶裙 牛仔 迷彩 对襟 西裤 长裤 绒裤 毛裤 拖板 凉拖 棉拖鞋 护膝 护腕 玉佩 吊坠 长命锁 银锁 单鞋 旅游鞋 老人鞋 老北京 连帽衫 防晒服 雨裤
        """)
    private static let wearing = Lexicon<Void>(
        """
        上身穿着 上身穿 上身着 上身是 上身为 上身 上穿 上着 身穿 身着 身上穿着 身上穿 身上套着 身上裹着 穿着 穿了 穿的是 穿的 穿 着 下身穿着 下身穿 下身着 下身是 下身为 下身 下穿 下着 脚穿 脚上穿着 脚上穿 脚上是 脚上 脚踏 脚蹬 脚踩 足穿 足蹬 脚着 \
        头戴 头上戴着 头上戴 头上包着 头上裹着 头上缠着 头包 头裹 头扎 戴着 戴了 戴 内穿 内着 内搭 里面是 里面穿着 里面穿 里面套 里穿 里面 外穿 外着 外罩 外面套 外面是 外披 披着 披了 披 套着 套了 裹着 裹了 裹 围着 围了 围 系着 系了 包着 趿拉着 趿着 拖着 腰系 \
        手戴 脖子上戴 脖子戴 脖子上挂着 挂着 佩戴着 佩戴 衣着为 衣着 穿着为 身披 光脚穿 脚下 脚下是 脚趿 腰间系 上衣穿 上衣是 上衣为 下衣是 裤子是 裤子为 鞋子是 脚上趿着 蹬着 蹬 踩着 光着上身 腰束 系 架着 里边是 里边穿 外边穿 外边套 里头穿 里头是 外头套 搭配 配 腿上穿 身裹 耳戴 腕戴 打着 里套 外套着 外套一件 外套了 上面穿 下面穿 裹了件 套了件 裹了条 上面是 下面是 肩披
        """)
    private static let bareWear = Lexicon<Void>(
        "赤脚 光脚 赤足 光着脚 未穿 没穿 没有穿 未戴 没戴 赤裸 光着上身 赤膊 上身赤裸 打赤脚 光膀子")
    private static let unworn = Lexicon<Void>(
        "未穿 没穿 没有穿 未戴 没戴 遗失 丢失 不一样 不成对 衣服脏 衣着单薄 衣衫褴褛 衣着整洁 衣着干净 衣着脏 破烂不堪")
    private static let joints = Lexicon<Void>("和 与 及 以及 配 搭配 加 还有 并 跟 、")
    private static let colours = Lexicon<Void>("黑 白 红 蓝 绿 灰 黄 紫 棕 粉 咖 米 青 橙 花 深 浅 藏 土 褐 墨 卡其 军绿 驼")

    private static let carrying = Lexicon<Void>(
        """
        随身携带着 随身携带了 随身携带有 随身携带 随身带着 随身带有 随身带了 随身带 携带着 携带有 携带了 携带 随身物品有 随身物品为 随身物品 随身有 带有 带着 带了 手提着 手提 手拿着 手拿 手里拿着 手里拿个 手里拿 手里提着 手里提 提着 拎着 拎个 拎了 拎 手拎 拿着 拿个 背着 背一个 背了 \
        背个 骑着 骑了 骑走 骑 拄着 手拄 右手拄 左手拄 拄 推着 推了 推 拖着 牵着 挎着 挎 扛着 抱着 肩扛 肩背 身背 身上有 身上带 身上带着 身上带有 身上仅有 身上只有 怀揣 怀里抱着 口袋里有 口袋内有 兜里有 兜里装 手持 手推 驾驶 开着 随行带 身边有 身边放着 旁边放着 身旁有 挑着 手握 手里攥着 攥着 夹着 携 手中拿着 手中提着 肩上扛着 肩上背着 背上背着 手上拿着 手上提着 包内有 包里有 衣兜内有 手提包内有 用具为
        """)
    private static let goods = Lexicon<Void>(
        """
        蛇皮袋 编织袋 塑料袋 布袋 布包 背包 双肩包 挎包 手提包 书包 钱包 行李箱 行李 包裹 被子 被褥 毯子 拐杖 拐棍 拐 木棍 竹棍 手杖 轮椅 自行车 三轮车 电动车 三轮 推车 手机 身份证 户口本 现金 钥匙 水杯 茶杯 雨伞 收音机 助听器 香烟 打火机 银行卡 车票 火车票 照片 纸条 帆布包 布兜 塑料桶 水桶 拎包 \
        编织篮 竹篮 背篓 棍子 碗 水壶 公交卡 社保卡 存折 本子 药 药瓶 钱 元 纸板 食物 馒头 衣物 蒲扇 扇子 口琴 二胡 包 袋 箱 桶 残疾证 医保卡 手电筒 手推车 电瓶车 摩托车 挎篮 红纸
        """)

    private static let scars = Lexicon<Void>(
        """
        疤 疤痕 伤疤 瘢痕 痣 胎记 纹身 文身 刺青 伤痕 红记 黑记 青记 记号 印记 残缺 缺失 断指 断了 断掉 驼背 弓背 罗锅 驼 跛 跛行 跛脚 跛足 瘸 瘸腿 瘸拐 一瘸一拐 斜视 斜眼 对眼 斗鸡眼 豁牙 豁嘴 豁口 缺牙 掉牙 没牙 无牙 假牙 金牙 银牙 镶牙 龅牙 虎牙 牙脱落 牙齿脱落 牙缺 牙掉 烂牙 兔牙 牙全无 牙全掉 \
        六指 多一指 多指 并指 畸形 变形 弯曲 伸不直 蜷曲 兔唇 唇裂 鸡胸 麻子 麻脸 白癜风 肿块 瘤 肉瘤 瘊子 缺一节 少一节 缺一截 少一截 半截 缺口 缺一块 少一块 缺一角 旋 罗圈腿 O型腿 八字脚 外八字 内八字 小脚 伤口疤 刀口 刀疤 烧伤 烫伤 烫痕 划痕 割痕 咬痕 手术疤 凹陷 凹坑 疙瘩 肉瘊 斑 老年斑 雀斑 黑斑 \
        青斑 红斑 白斑 血管瘤 缺指 少指 缺拇指 缺食指 少了 缺了 缺 三个指头 四个指头 三根手指 四根手指 相连 连在一起 门牙 步态 走路不稳 行走不稳 步履蹒跚 蹒跚 走路外八 走路摇晃 拖着腿 拖着右腿 拖着左腿 歪 歪斜 歪嘴 嘴歪 脖子歪 单眼皮 耳洞 酒窝 萎缩 肿大 淤青 凸起 突起 凸 佝偻 弯腰 驼得 弓着背 背微驼 腰弯 溃烂 痕 痕迹 左撇子 \
        咬伤 冻疮疤 冻伤 穿孔 断掌 断了一截 短一截 短一节 长短腿 高低肩 大小眼 眼歪 一高一低 缺损 残疾指 截断 瘪嘴 秃指 枪伤 鼓包 包块 肉包 胎斑 字样的纹 痘印 疮疤 褶皱 红痕 麻点 刺字 刺了 纹了 纹有 刺有 纹着 刺着 耷拉 下垂 发黑 变黑 灰指甲 并趾 断趾 缺趾 腿拖着 拖着走 掉光 掉完 脱落 掉落 全掉 参差 短小 外凸 龅 秃了 瘢 伤口 胎痣 红印 黑印 烙印 断裂 接骨 掉了 红痣 黑痣 颗牙 勾鼻 塌鼻
        """)
    private static let body = Lexicon<Void>(
        """
        头顶 额头 前额 额 眉毛 眉骨 眉 眼角 眼皮 眼睑 眼下 眼 脸颊 脸 面部 面颊 颧骨 颧 鼻梁 鼻翼 鼻 嘴角 嘴唇 上唇 下唇 唇 嘴 下巴 下颌 下颏 耳垂 耳朵 耳 太阳穴 后脑 头部 头 脖子 脖颈 颈部 颈 后颈 喉 肩膀 肩 前臂 上臂 小臂 大臂 手臂 胳膊 臂 手腕 手背 手掌 手心 手指 虎口 拇指 食指 中指 \
        无名指 小指 小拇指 指 手 腕 肘 胸口 胸部 胸 前胸 后背 背部 背 腹部 腹 肚皮 肚子 肚脐 腰 臀 屁股 大腿 小腿 膝盖 膝 腿 脚踝 脚背 脚趾 脚 足 踝 趾 牙 门牙 身上 全身 躯干 腋 锁骨 眼球 眼珠 舌 肋 尾骨 后脑勺 虎口 左面 右面
        """)
    private static let sides = Lexicon<Void>("左 右 双 两 左侧 右侧 左边 右边 双侧 左上 右上 左下 右下 上 下 满 前 后 颈")

    private static let hair = Lexicon<Void>(
        "短发 长发 头发 光头 平头 寸头 秃顶 秃头 卷发 白发 花白 马尾 辫子 辫 齐耳 板寸 谢顶 染黄 染发 黄发 短头发 长头发 披肩发 学生头 齐肩 烫发 锅盖头 发髻 盘发 麻花辫 童花头 刘海 中分 板刷头 头发花白 平顶头 波浪 银发 黑发 齐腰"
    )
    private static let build = Lexicon<Void>(
        "偏瘦 偏胖 较瘦 较胖 瘦小 瘦弱 微胖 中等身材 身材中等 中等个 中等体型 体型中等 体态中等 体型 体态 体形 身材 黑瘦 矮胖 魁梧 个子矮小 高瘦 瘦高 偏矮 矮小 清瘦 消瘦 干瘦 肥胖 健壮 壮实 瘦削 个子不高 个头不高 不高 高个 矮个 中等个子 中等偏瘦 身体瘦 瘦骨 结实 敦实 中等胖瘦 胖乎乎 身体较胖 身形 很瘦 较高 较矮 有点胖 有点瘦 很胖 不胖 略胖 略瘦 稍胖 稍瘦 身材高大"
    )
    private static let speech = Lexicon<Void>(
        """
        不会说话 不说话 语言不清 口齿不清 言语不清 说话不清 语言表达 不能言语 无法沟通 不会说普通话 话语含糊 结巴 口吃 吐字不清 不能说话 无法交流 言语含糊 沉默寡言 不言语 不开口 不愿说话 无法言语 语言障碍 交流困难 沟通困难 沟通障碍 不爱说话 少言 表达不清 语无伦次 答非所问 说话含糊 不善言谈 \
        不与人交流 言语障碍 无法正常交流 不能正常交流 语言含糊 自言自语 不能交流 不会讲话 说不清 讲话不清 口齿含糊 无语言 不会讲普通话 胡言乱语 话少 不语 言语混乱 语言功能 不会普通话 发音不清 不能正常沟通 无法正常沟通 不能沟通 表达能力 言语不能 失语 不讲话 沉默少语 少语 不吭声 寡言 话不多 不答 只会笑 不语 无法说话
        """)
    private static let mental = Lexicon<Void>(
        """
        精神 智力 痴呆 失智 阿尔茨海默 阿尔兹海默 记忆 神志 认知 智障 自闭 抑郁 老年痴呆 健忘 糊涂 脑子 弱智 智残 精神病 精神分裂 精神障碍 意识 神智 反应迟钝 痴傻 脑筋 神志不 神情恍惚 恍惚 迟钝 记性 唐氏 呆滞 呆傻 情绪 妄想 幻听 阿尔海默 孤独症 思维 失忆 精神失常
        """)
    private static let disability = Lexicon<Void>(
        "聋 哑 盲 失明 听力 耳背 重听 截肢 瘫 残疾 假肢 轮椅 偏瘫 小儿麻痹 无法站立 不能行走 无法行走 行动不便 视力 瘫痪 腿残 手残 肢残 肢体残 不能站立 半身不遂 行走不便 看不见 听不见 听不清 听不到 腿脚不便 腿脚不好 手脚不便 义肢 义眼 弱视 只能爬行 卧床 侏儒 手语 耳朵有点背 耳朵背 耳朵不好 眼睛不好 耳朵不太好 眼花 听力差 视力差"
    )
    private static let health = Lexicon<Void>(
        """
        骨折 脑梗 脑出血 糖尿病 高血压 中毒 癫痫 怀孕 昏迷 肺炎 外伤 脑瘫 心脏病 肺结核 中风 脑溢血 冠心病 哮喘 贫血 营养不良 发烧 肝炎 肾病 肿瘤 癌 先天性 脑外伤 脑血栓 溃疡 感染 帕金森 褥疮 疝 孕 骨裂 休克 低血糖 皮肤病 胃病 关节炎 风湿 白内障 气管炎 甲亢 羊癫疯 羊角风 唇腭裂 皮炎 脱水 失温 冻伤 \
        青光眼 高烧 醉酒 药物 酒精依赖 梅毒 艾滋 慢阻肺 心衰 肾衰 癫 抽搐
        """)
    private static let negated = Lexicon<Void>(
        "无明显 未见 没有 未发现 不详 未知 无特殊 无特征 无异常 正常 良好 无残 无外伤 没带 未带 未携带 无随身 身无 没什么 无精神 无疾 无病 无智 无文身 无纹身 无疤 健康 无伤 无法提供 尚可 无口音 清醒 清楚 流利 清晰 均无 无传染 无携带"
    )
    private static let faces = Lexicon<Void>(
        "脸型 圆脸 长脸 方脸 国字脸 瓜子脸 肤色 皮肤黝黑 皮肤 胡须 胡子 络腮 面黄 浓眉 大眼睛 双眼皮 高鼻 鼻梁高 面容 高颧骨 皱纹 方形脸 椭圆")
    private static let measures = Lexicon<Void>("身高 身长 体重 年龄 年约 电话 联系")
    private static let persons = Lexicon<Void>(
        "老人 男子 女子 妇女 男孩 女孩 患者 老太 老汉 大爷 流浪 人 男童 女童 男 女 青年 小伙 姑娘 儿童 少年 少女 孩子")
    private static let subjects = Lexicon<Void>(
        """
        该人员 该男子 该女子 该人 该老人 该女 该男 该男童 该女童 该患者 其 他的 她的 他 她 老人家 老人 老太太 老太婆 老太 老汉 大爷 大妈 大娘 大姐 老奶奶 奶奶 爷爷 男子 女子 男孩 女孩 小女孩 小男孩 人很 身体特征为 身体特征 体貌特征为 体貌特征是 体貌特征 明显特征是 明显特征为 明显特征 特征为 特征是 特征 主要特征 外貌 并且 并 且 而且 另外 另 还 也 又 都 当时 来时 来站时 发现时 走失时 入站时 目前 现在 现 \
        体表可见 体表有 体表 查体 可见 整个人 患者 儿子 女儿 弟弟 哥哥 母亲 父亲 爸爸 妈妈 叔叔 我爸 我妈 孩子 同时 平时 只见 经检查 经查 人 小伙子 妇女 身体 的 是 因
        """)
    private static let ends = Lexicon<Void>(
        "等特征 等 字样 为明显特征 是明显特征 较明显 明显可见 清晰可见 的特征 外出 离开 出门 出去 离家 走失 徘徊 乞讨 行走 出走 走了 一直 未归")

    // MARK: Reading

    /// Every phrase of a stretch; `hint` is the label it stands behind.
    func phrases(in range: Range<Int>, hint: NoticeLabel?, isCell: Bool = false) -> [Phrase] {
        var found: [Phrase] = []
        var wasClothing = hint == .clothing
        var wasCarrying = hint == .items
        for piece in pieces(of: range) {
            let sentence = text[piece.lowerBound - 1]
            if sentence == 0x3002 || sentence == 0x3B {
                if hint != .clothing { wasClothing = false }
                if hint != .items { wasCarrying = false }
            }
            let before = found.count
            read(piece, hint, wasClothing, wasCarrying, &found)
            let keys = found[before...].map(\.key)
            wasClothing =
                keys.contains(.clothing) || hint == .clothing
                || (wasClothing && keys.isEmpty && sentence == 0x3001)
            wasCarrying = keys.contains(.items) || hint == .items
        }
        return found
    }

    /// The text between commas, ends of sentences and brackets.
    private func pieces(of range: Range<Int>) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        var begin = range.lowerBound
        func close(_ end: Int) { if end > begin { pieces.append(begin..<end) } }
        for at in range {
            switch text.scalars[at] {
            case 0x3001
            where Numeral.digit(text[at - 1]) != nil && Numeral.digit(text[at + 1]) != nil:
                continue  // 第二、三趾
            case 0x2C, 0x3002, 0x3B, 0x3001, 0x21, 0x3F, 0x3A, 0x28, 0x29, 0x7C, 9, 0x2F, 0x5B,
                0x5D, 0x2B, 0x26:
                close(at)
                begin = at + 1
            default:
                if at > begin, text.isBreak(at) {
                    close(at)
                    begin = at
                }
            }
        }
        close(range.upperBound)
        return pieces
    }

    private func stripped(_ piece: Range<Int>) -> Range<Int> {
        var piece = piece
        var count = 0
        while count < 4,
            let (_, end) = Self.subjects.match(text, at: piece.lowerBound, to: piece.upperBound),
            end < piece.upperBound
        {
            piece = end..<piece.upperBound
            count += 1
        }
        while piece.count > 2,
            text[piece.upperBound - 1] == 0x7B49 || text[piece.upperBound - 1] == 0x7684
                || text[piece.upperBound - 1] == 0x2E
        { piece.removeLast() }
        return piece
    }

    private func read(
        _ piece: Range<Int>, _ hint: NoticeLabel?, _ wasClothing: Bool, _ wasCarrying: Bool,
        _ found: inout [Phrase]
    ) {
        let whole = stripped(piece)
        guard whole.count >= 1 else { return }
        let isNegated =
            (Self.negated.match(text, at: whole.lowerBound, to: whole.upperBound) != nil
                && saysNothing(whole)) || (text[whole.lowerBound] == 0x65E0 && whole.count <= 2)
        if Self.measures.match(text, at: whole.lowerBound, to: whole.upperBound) != nil { return }
        if isNegated,
            !Self.scars.isIn(text, whole)
                || Self.negated.isIn(
                    text, whole.lowerBound..<min(whole.upperBound, whole.lowerBound + 3))
                    && !isMissingPart(whole)
        {
            return
        }

        let carried = carries(whole, hint, wasCarrying)
        let worn = garments(whole, hint, wasClothing, carried)
        if !worn.isEmpty {
            found += worn.map {
                Phrase(key: .clothing, range: $0, confidence: hint == .clothing ? 0.95 : 0.9)
            }
        }
        if let carried, worn.isEmpty || carried.lowerBound >= (worn.last?.upperBound ?? 0) {
            found.append(Phrase(key: .items, range: carried, confidence: 0.8))
            return
        }
        if hint == .clothing, worn.isEmpty, whole.count >= 2, !Self.bareWear.isIn(text, whole),
            Self.colours.isIn(text, whole), !Self.scars.isIn(text, whole)
        {
            found.append(Phrase(key: .clothing, range: whole, confidence: 0.6))
            return
        }
        // 头戴黑帽 has a part of the body and no mark.
        let rest = worn.isEmpty ? whole : whole.lowerBound..<whole.lowerBound
        if rest.isEmpty { return }
        state(rest, hint, &found)
    }

    private static let positive = Lexicon<Void>("正常 良好 健康 清醒 清楚 流利 清晰 尚可")

    /// 神志清醒 and 无异常 say nothing; 不太清醒 does.
    private func saysNothing(_ piece: Range<Int>) -> Bool {
        for at in piece {
            guard let (_, end) = Self.negated.match(text, at: at, to: piece.upperBound) else {
                continue
            }
            if Self.positive.match(text, at: at, to: end) != nil,
                (max(piece.lowerBound, at - 3)..<at).contains(where: {
                    text[$0] == 0x4E0D || text[$0] == 0x6B20 || text[$0] == 0x5931
                })
            {
                continue
            }
            return true
        }
        return false
    }

    /// 无左手, 没有门牙: what is not there is the mark.
    private func isMissingPart(_ piece: Range<Int>) -> Bool {
        var at = piece.lowerBound
        if text[at] == 0x65E0 {
            at += 1
        } else if text.has("没有", at: at) {
            at += 2
        } else {
            return false
        }
        return Self.body.match(text, at: at, to: piece.upperBound) != nil
            || Self.sides.match(text, at: at, to: piece.upperBound) != nil
    }

    private func garments(
        _ piece: Range<Int>, _ hint: NoticeLabel?, _ wasClothing: Bool, _ carried: Range<Int>?
    ) -> [Range<Int>] {
        if Self.unworn.isIn(text, piece) { return [] }
        var found: [Range<Int>] = []
        var begin = piece.lowerBound
        var hadVerb = false
        var at = piece.lowerBound
        if Self.bareWear.match(text, at: at, to: piece.upperBound) != nil { return [] }
        while at < piece.upperBound {
            if let carried, at == carried.lowerBound, hadVerb == false, hint != .clothing { break }
            // The longest of verb and garment wins: 外套 is no 外 套.
            let verb = Self.wearing.match(text, at: at, to: piece.upperBound)
            let garment = Self.garments.match(text, at: at, to: piece.upperBound)
            if let verb, verb.end > garment?.end ?? 0,
                !(text[at] == 0x7740 && at == begin && found.isEmpty && !hadVerb
                    && hint != .clothing && at > piece.lowerBound)
            {
                if text[verb.end] == 0x7684 && text[verb.end + 1] == 0x662F {
                    begin = verb.end + 2
                } else {
                    begin = verb.end
                }
                hadVerb = true
                at = max(at + 1, begin)
                continue
            }
            guard let garment else {
                at += 1
                continue
            }
            var end = garment.end
            // 裤 of 裤子, 棉 of 棉拖鞋: go on to the last that touches.
            while let more = Self.garments.match(text, at: end, to: piece.upperBound),
                more.end - end <= 2, !Self.isPair(text, garment.end, more.end)
            { end = more.end }
            var start = begin
            while start < at,
                Self.isFiller(text[start]) || Self.joints.match(text, at: start, to: at) != nil
            {
                start = Self.joints.match(text, at: start, to: at)?.end ?? start + 1
            }
            if start == at || start == piece.lowerBound && at == start {
                end = colourBehind(end, piece.upperBound)
            }
            let length = end - start
            let described = start < at && (Self.colours.isIn(text, start..<at) || at - start <= 6)
            let sure =
                hint == .clothing || hadVerb || wasClothing
                || (described && length <= 12 && start == piece.lowerBound
                    && Self.colours.isIn(text, start..<at))
            if sure, length <= 26, length >= 2 || hint == .clothing {
                found.append(start..<end)
            }
            begin = end
            at = end
        }
        return found
    }

    private static func isFiller(_ value: UInt32) -> Bool {
        // 的 是 为 着 了 个 :
        value == 0x7684 || value == 0x662F || value == 0x4E3A || value == 0x7740 || value == 0x4E86
            || value == 0x3A || value == 0x662F
    }

    /// 上衣裤子 are two things, 牛仔裤 and 迷彩服 one.
    private static func isPair(_ text: NoticeText, _ first: Int, _ second: Int) -> Bool {
        let head = text[first - 1]
        if head == 0x670D || head == 0x88C5 || head == 0x4ED4 || head == 0x5F69 || head == 0x895F
            || head == 0x5E95 || head == 0x5E26 || head == 0x62D6 || head == 0x4EAC
        {
            return false
        }  // 牛仔 迷彩 对襟 打底 吊带 棉拖 老北京
        return second - first >= 2 || ![0x5B50, 0x886B, 0x978B, 0x88E4].contains(text[first])
    }

    /// 上衣黑色, 裤子是蓝色的.
    private func colourBehind(_ end: Int, _ limit: Int) -> Int {
        var at = end
        while at < limit, Self.isFiller(text[at]) { at += 1 }
        guard at < limit, Self.colours.match(text, at: at, to: limit) != nil else { return end }
        var stop = at
        while stop < min(limit, at + 7), text[stop] != 0x7684, text[stop].isHan,
            Self.garments.match(text, at: stop, to: limit) == nil
        { stop += 1 }
        // 上衣黑色裤子蓝色: the next garment begins behind the colour.
        if stop < limit, Self.garments.match(text, at: stop, to: limit) != nil,
            let colour = (at..<stop).last(where: { text[$0] == 0x8272 })
        {
            return colour + 1
        }
        return stop
    }

    private func carries(_ piece: Range<Int>, _ hint: NoticeLabel?, _ wasCarrying: Bool) -> Range<
        Int
    >? {
        for at in piece {
            guard let (_, verbEnd) = Self.carrying.match(text, at: at, to: piece.upperBound) else {
                continue
            }
            // 背部, 携带的: a part of the body, a list that follows elsewhere.
            var begin = verbEnd
            while begin < piece.upperBound,
                Self.isFiller(text[begin]) || text[begin] == 0x4E2A || text[begin] == 0x6709
            { begin += 1 }
            var end = piece.upperBound
            for stop in begin..<end where Self.ends.match(text, at: stop, to: end) != nil {
                end = stop; break
            }
            let isLone = verbEnd - at == 1
            guard end - begin >= 2 || (end - begin >= 1 && Self.goods.isIn(text, begin..<end))
            else { return nil }
            if text.find("味", in: begin..<end) != nil { return nil }
            if isLone || text[at] == 0x80CC, !Self.goods.isIn(text, begin..<end) { continue }
            if text.has("带", at: at), !Self.goods.isIn(text, begin..<end) { continue }
            if text.has("拖着", at: at), !Self.goods.isIn(text, begin..<end) { continue }
            return begin..<end
        }
        if hint == .items
            || (wasCarrying && Self.goods.isIn(text, piece)
                && (text[piece.lowerBound - 1] == 0x3001 || hint == .items))
        {
            if text[piece.lowerBound - 1] == 0x28 { return nil }
            if text[piece.lowerBound] == 0x65E0 || text[piece.lowerBound] == 0x5185 { return nil }
            return piece
        }
        return nil
    }

    /// Marks, hair, build, speech, mind, limbs and illness of one piece.
    private func state(_ piece: Range<Int>, _ hint: NoticeLabel?, _ found: inout [Phrase]) {
        func add(_ key: NoticeKey, _ confidence: Double, _ range: Range<Int>? = nil) {
            found.append(Phrase(key: key, range: range ?? piece, confidence: confidence))
        }
        let isShort = piece.count <= 20
        let marked = Self.scars.first(text, in: piece)
        let hasBody = Self.body.first(text, in: piece)
        switch hint {
        case .hair?: if isShort { add(.hair, 0.9) }; return
        case .build?: if isShort { add(.build, 0.9) }; return
        case .mental?:
            if !saysNothing(piece) {
                add(Self.disability.isIn(text, piece) ? .disability : .mental, 0.85)
            }
            return
        case .speech?: if !saysNothing(piece) { add(.speech, 0.8) }; return
        case .disability?: if !saysNothing(piece) { add(.disability, 0.85) }; return
        case .health?:
            guard !saysNothing(piece) else { return }
            if Self.disability.isIn(text, piece) {
                add(.disability, 0.8)
            } else if Self.mental.isIn(text, piece) {
                add(.mental, 0.8)
            } else if Self.speech.isIn(text, piece) {
                add(.speech, 0.8)
            } else if marked != nil, hasBody != nil {
                add(.marks, 0.8)
            } else {
                add(.health, 0.8)
            }
            return
        default: break
        }
        if Self.disability.isIn(text, piece), marked == nil || text.find("残疾", in: piece) != nil,
            isShort
        {
            if !saysNothing(piece) { add(.disability, 0.8, ahead(of: piece, Self.disability)) }
            return
        }
        if Self.mental.isIn(text, piece), marked == nil {
            guard isShort, !saysNothing(piece) else { return }
            add(.mental, 0.8, ahead(of: afterVerb(piece), Self.mental))
            return
        }
        if let marked, isMark(piece, marked.range, hasBody?.range, hint) {
            add(.marks, hasBody != nil ? 0.9 : 0.82, markRange(piece, marked.range))
            return
        }
        if Self.health.isIn(text, piece), isShort {
            // 脑梗以后说话不清 is an illness and what it left.
            if let spoken = Self.speech.first(text, in: piece),
                let ill = Self.health.first(text, in: piece),
                ill.range.upperBound < spoken.range.lowerBound
            {
                add(.health, 0.75, afterVerb(piece.lowerBound..<ill.range.upperBound))
                add(.speech, 0.75, spoken.range)
                return
            }
            add(.health, 0.75, ahead(of: afterVerb(piece), Self.health))
            return
        }
        if Self.speech.isIn(text, piece), piece.count <= 14 {
            add(.speech, 0.75)
            return
        }
        if Self.hair.isIn(text, piece), piece.count <= 14, !Self.isPaper(text, piece) {
            add(.hair, 0.8)
            return
        }
        if Self.build.isIn(text, piece)
            || (piece.count == 1
                && (text[piece.lowerBound] == 0x7626 || text[piece.lowerBound] == 0x80D6)),
            piece.count <= 12
        {
            add(.build, 0.8, bareBuild(piece))
            return
        }
        if hint == .marks, !Self.faces.isIn(text, piece), hasBody != nil, piece.count >= 3,
            piece.count <= 20, !Self.negated.isIn(text, piece)
        {
            add(.marks, 0.55)
        }
    }

    private static func isPaper(_ text: NoticeText, _ piece: Range<Int>) -> Bool {
        text.find("发现", in: piece) != nil
    }

    /// 患有, 患, 诊断为 before an illness.
    private func afterVerb(_ piece: Range<Int>) -> Range<Int> {
        for word in ["患有", "诊断为", "患", "有", "曾患", "得了", "因患"] as [StaticWord]
        where text.has(word, at: piece.lowerBound) {
            let begin = piece.lowerBound + word.count
            if piece.upperBound - begin >= 2 { return begin..<piece.upperBound }
        }
        return piece
    }

    /// 聋哑 of 聋哑老人吴秀英.
    private func ahead(of piece: Range<Int>, _ words: Lexicon<Void>) -> Range<Int> {
        guard let word = words.first(text, in: piece)?.range else { return piece }
        var end = word.upperBound
        while end < piece.upperBound, end - word.upperBound < 4 {
            if Self.persons.match(text, at: end, to: piece.upperBound) != nil {
                return piece.lowerBound..<end
            }
            end += 1
        }
        return piece
    }

    /// 偏胖 of 体态偏胖.
    private func bareBuild(_ piece: Range<Int>) -> Range<Int> {
        for word in ["体型", "体态", "身材", "身形", "体形", "身体"] as [StaticWord]
        where text.has(word, at: piece.lowerBound) && piece.count > 3 {
            return (piece.lowerBound + 2)..<piece.upperBound
        }
        return piece
    }

    private static let strong = Lexicon<Void>("疤 痣 胎记 纹身 文身 刺青 红记 黑记 青记 伤 瘤 斑 麻 歪 斜视")
    private static let weak = Lexicon<Void>(
        "缺 少了 缺了 旋 斑 歪 痕 门牙 单眼皮 酒窝 耳洞 凸 断了 颗牙 驼 烧伤 烫伤 萎缩 变形 弯曲 畸形 印记 痕迹 肿大 门牙 咬伤 记号 冻伤 疙瘩 伤痕")

    private func isMark(
        _ piece: Range<Int>, _ mark: Range<Int>, _ body: Range<Int>?, _ hint: NoticeLabel?
    ) -> Bool {
        if Self.faces.isIn(text, piece), !Self.strong.isIn(text, piece) { return false }
        let isWeak =
            Self.weak.match(text, at: mark.lowerBound, to: piece.upperBound)?.end == mark.upperBound
        if piece.count > 30 { return false }
        if hint == .marks || hint == .mixed { return body != nil || !isWeak }
        if isWeak { return body != nil }
        // 记者发现…疤 without a part is still a scar; 斜 in a road is not.
        return body != nil || piece.count <= 12
    }

    /// From the part of the body on, if something else stands before it.
    private func markRange(_ piece: Range<Int>, _ mark: Range<Int>) -> Range<Int> {
        var end = piece.upperBound
        for at in mark.upperBound..<max(mark.upperBound, piece.upperBound)
        where Self.ends.match(text, at: at, to: piece.upperBound) != nil {
            end = at
            break
        }
        guard
            mark.lowerBound - piece.lowerBound > 8 || text.find("发现", in: piece) != nil
                || text.find("看到", in: piece) != nil
                || text.find(
                    "见", in: piece.lowerBound..<min(piece.upperBound, piece.lowerBound + 3)) != nil
        else {
            return piece.lowerBound..<max(end, mark.upperBound)
        }
        for at in piece.lowerBound..<mark.lowerBound {
            if Self.body.match(text, at: at, to: mark.lowerBound + 1) != nil
                || (text[at] == 0x5DE6 || text[at] == 0x53F3 || text[at] == 0x53CC)
            {
                return at..<max(end, mark.upperBound)
            }
        }
        return piece.lowerBound..<max(end, mark.upperBound)
    }
}

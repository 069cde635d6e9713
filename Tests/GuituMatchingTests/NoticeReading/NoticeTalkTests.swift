import GuituModel
import Testing

@testable import GuituMatching

@Suite("Notices in talk, columns and corrections")
struct NoticeTalkTests {
    @Test("speakers are nobody, and yesterday counts from the day above the messages")
    func chat() throws {
        let text = """
            2023-03-05 21:10:02 老彭
            昨晚在尧塘收费站旁边碰到个大爷，七十来岁，一米六
            2023-03-05 21:11:40 小满
            叫什么名字？
            2023-03-05 21:12:15 老彭
            叫窦怀金，戴顶雷锋帽，右手少两根手指
            """
        let persons = NoticeReader.read(text, published: Day("2023-03-20"))
        try #require(persons.count == 1)
        #expect(persons[0].text(.name) == "窦怀金")
        #expect(persons[0].text(.dateFound) == "2023-03-04")
        #expect(persons[0].first(.age)?.value == .range(68, 72, stated: .estimated))
        #expect(persons[0].first(.height)?.value == .range(160, 160, stated: nil))
    }

    @Test("a question is the label of its answer")
    func questions() throws {
        let text = """
            问：你叫什么名字？
            答：卜兰香。
            问：今年多大？
            答：六十三了。
            问：老家是哪里的？
            答：卢氏那边。
            问：什么时候来的，在哪里发现的？
            答：她不说话了，个子一米五五，女，穿墨绿色毛衣。
            """
        let person = try #require(NoticeReader.read(text, published: Day("2022-04-18")).first)
        #expect(person.text(.name) == "卜兰香")
        #expect(person.first(.age)?.value == .range(63, 63, stated: .estimated))
        #expect(person.text(.placeClaimed)?.hasPrefix("卢氏") == true)
    }

    @Test("two cards side by side are two people")
    func columns() throws {
        let text = """
            │ 性别：男       │ 性别：女       │
            │ 年龄：40岁左右 │ 年龄：70多岁   │
            │ 身高：172cm    │ 身高：150cm    │
            │ 发现地：西关菜场│ 发现地：妇幼保健院│
            """
        let persons = NoticeReader.read(text)
        try #require(persons.count == 2)
        #expect(persons.map { $0.text(.sex) } == ["male", "female"])
        #expect(persons.map { $0.text(.placeFound) } == ["西关菜场", "妇幼保健院"])
    }

    @Test(
        "the right value of a correction is read, on whichever side it stands",
        arguments: [
            "年龄误写为“56岁”，实际为“36岁”。该男子在石门县夹山镇路边被发现，身高1.71米。",
            "将年龄“36岁”误排为“56岁”。该男子，36岁，在石门县夹山镇路边被发现，身高1.71米。",
            "该男子不是56岁是36岁，在石门县夹山镇路边被发现，身高1.71米。",
            "年龄56岁系36岁之误。该男子在石门县夹山镇路边被发现，身高1.71米。",
        ])
    func corrections(text: String) {
        #expect(
            NoticeReader.read(text).first?.first(.age).map { $0.value }
                .map {
                    if case .range(36, 36, _) = $0 { true } else { false }
                } == true)
    }

    @Test(
        "ads, warnings and wanted people are nobody's notice",
        arguments: [
            "某保安公司招聘：男，18-45岁，身高1.70米以上，无纹身，月薪4500元。地点：万达广场。电话13503711820。",
            "寻狗：7月30日下午在玉泉小区走失，公，3岁，右后腿有点跛，戴红色项圈。好心人送回必有重谢，15406623371。",
            "通缉令：犯罪嫌疑人谭某，男，1986年4月生，身高1.76米，左臂有蛇形纹身，在逃。作案时穿黑色连帽衫。",
            "失物招领：3月12日在终点站捡到黑色皮包一只，内有身份证（王某，女，1983年生）、蓝色毛线帽一顶。请失主认领。",
        ])
    func nobody(text: String) {
        #expect(NoticeReader.read(text, published: Day("2022-08-01")).isEmpty)
    }

    @Test(
        "what was learned from the newer development texts stays learned",
        arguments: ["blind", "second", "third", "fourth", "fifth", "sixth", "seventh"])
    func learned(name: String) throws {
        let notices = try LabelledNotices(name)
        #expect(notices.texts.count >= 20)
        var core = Count()
        for notice in notices.texts {
            let read = NoticeReader.read(notice.text, published: notice.published)
            let scored = Scoring.score(read: read, labelled: notices.persons[notice.id] ?? [])
            for (key, count) in scored.counts where Scoring.core.contains(key) { core += count }
        }
        #expect(core.f1 >= 0.93, "\(name): \(core)")
    }
}

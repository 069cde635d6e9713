import Foundation
import GuituModel
import Testing

@testable import GuituMatching

/// The labelled texts of the benchmark, all invented.
struct LabelledNotices {
    var texts: [(id: String, text: String, published: Day?)] = []
    var persons: [String: [Scoring.Person]] = [:]

    static let folder = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Benchmarks/Notices/development")

    init(_ name: String) throws {
        func lines(_ file: String) throws -> [[String: Any]] {
            try String(contentsOf: Self.folder.appending(path: "\(name)/\(file)"), encoding: .utf8)
                .split(separator: "\n")
                .map {
                    try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
                }
        }
        for line in try lines("texts.jsonl") {
            texts.append(
                (
                    line["id"] as? String ?? "", line["text"] as? String ?? "",
                    (line["published"] as? String).flatMap { Day($0) }
                ))
        }
        for line in try lines("labels.jsonl") {
            persons[line["id"] as? String ?? ""] = line["persons"] as? [Scoring.Person]
        }
    }

    static let all = ["given", "seen", "unseen", "traps"]
}

@Suite("Reading notices")
struct NoticeReadingTests {
    @Test("the core facts of the labelled texts are read", arguments: LabelledNotices.all)
    func core(name: String) throws {
        let notices = try LabelledNotices(name)
        #expect(notices.texts.count >= 12)
        var core = Count()
        for notice in notices.texts {
            let read = NoticeReader.read(notice.text, published: notice.published)
            let scored = Scoring.score(read: read, labelled: notices.persons[notice.id] ?? [])
            for (key, count) in scored.counts where Scoring.core.contains(key) { core += count }
        }
        #expect(core.f1 >= 0.96, "\(name): \(core)")
    }

    @Test("every value stands in the text where its span says", arguments: LabelledNotices.all)
    func spans(name: String) throws {
        for notice in try LabelledNotices(name).texts {
            let scalars = Array(notice.text.unicodeScalars)
            for field in NoticeReader.read(notice.text, published: notice.published).flatMap(
                \.fields)
            {
                guard let span = field.span else {
                    #expect(field.key == .nameHeard)
                    continue
                }
                try #require(
                    span.lowerBound >= 0 && span.upperBound <= scalars.count && !span.isEmpty)
                #expect((0.05...0.99).contains(field.confidence))
                let converted: Set<NoticeKey> = [.sex, .dateFound, .dateMissing, .contacts]
                guard case .text(let text) = field.value, !converted.contains(field.key) else {
                    continue
                }
                var written = ""
                written.unicodeScalars.append(contentsOf: scalars[span])
                #expect(written == text, "\(notice.id) \(field.key)")
            }
        }
    }

    @Test("labels, a table, a list and prose give the same person")
    func layouts() throws {
        let texts = [
            """
            姓名：覃大牛
            性别：男
            年龄：约50岁
            身高：1.65米
            发现时间：2021年6月3日
            发现地点：来宾市兴宾区桥东菜市场
            特征：左脸有一道疤
            衣着：蓝色衬衫
            来宾市救助管理站
            """,
            """
            姓名|性别|年龄|身高|发现时间|发现地点|特征|衣着
            覃大牛|男|约50岁|165|2021-06-03|来宾市兴宾区桥东菜市场|左脸有一道疤|蓝色衬衫
            来宾市救助管理站
            """,
            "来宾市救助管理站寻亲：覃大牛，男，约50岁，身高一米六五，2021年6月3日在来宾市兴宾区桥东菜市场被发现，左脸有一道疤，穿蓝色衬衫。",
            "姓 名: 覃大牛  性 别: 男  年 龄: 约5O岁\n身 髙: l.65米\n发现时间: 2O21年6月3曰\n发现地点: 来宾市兴宾区桥东菜市场\n特征: 左脸有一道疤\n衣着: 蓝色衬衫\n来宾市救肋管理站",
            "<table><tr><td>姓名</td><td>覃大牛</td><td>性别</td><td>男</td></tr><tr><td>年龄</td><td>约50岁</td><td>身高</td><td>165cm</td></tr><tr><td>发现时间</td><td>2021/6/3</td><td>发现地点</td><td>来宾市兴宾区桥东菜市场</td></tr><tr><td>特征</td><td>左脸有一道疤</td><td>衣着</td><td>蓝色衬衫</td></tr></table>来宾市救助管理站",
        ]
        for text in texts {
            let persons = NoticeReader.read(text, published: Day("2021-06-30"))
            try #require(persons.count == 1, "\(text)")
            let person = persons[0]
            #expect(person.kind == .found)
            #expect(person.text(.name) == "覃大牛", "\(text)")
            #expect(person.text(.sex) == "male")
            #expect(person.first(.age)?.value == .range(48, 52, stated: .estimated), "\(text)")
            #expect(person.first(.height)?.value == .range(165, 165, stated: nil), "\(text)")
            #expect(person.text(.dateFound) == "2021-06-03", "\(text)")
            #expect(person.text(.placeFound) == "来宾市兴宾区桥东菜市场", "\(text)")
            #expect(person.text(.marks) == "左脸有一道疤", "\(text)")
            #expect(person.text(.clothing) == "蓝色衬衫", "\(text)")
        }
    }

    @Test(
        "a county's bare name is a place behind a word for home, unless it is a word itself",
        arguments: [("会昌", "会昌县"), ("景宁", "景宁畲族自治县"), ("公安", "公安县")])
    func counties(name: String, county: String) {
        let text = "寻找父亲张三，男，六十岁，老家\(name)，2020年5月1日走失。"
        func home(_ places: PlaceNames) -> String? {
            NoticeReader.read(text, places: places).first?.text(.placeClaimed)
        }
        #expect(home(.common) == (name == "公安" ? nil : name))
        #expect(home(PlaceNames(counties: [county])) == (name == "公安" ? nil : name))
    }

    @Test(
        "ages as people write them",
        arguments: [
            ("52岁", 52, 52), ("约30岁", 28, 32), ("六十多岁", 60, 69), ("七八岁", 7, 8), ("六七十岁", 60, 70),
            ("60—70岁", 60, 70), ("二十出头", 20, 23), ("七旬", 70, 79), ("四十五六岁", 45, 46),
            ("四十来岁", 38, 42), ("50多岁", 50, 59), ("年龄:60+", 60, 69), ("十七八岁", 17, 18),
            ("55岁上下", 53, 57), ("不详（目测40岁）", 40, 40),
        ])
    func ages(words: String, low: Int, high: Int) {
        let text = "无名氏，男，\(words)，身高170cm，2022年3月1日在河边桥头被发现。"
        let read = NoticeReader.read(text).first?.first(.age)?.value
        guard case .range(let min, let max, _)? = read else {
            Issue.record("\(words) was not read: \(String(describing: read))")
            return
        }
        #expect(min == low && max == high, "\(words): \(min)-\(max)")
    }

    @Test(
        "heights as people write them",
        arguments: [
            ("身高1.5米", 150, 150), ("身高一米四", 140, 140), ("1米58", 158, 158), ("身高1米6左右", 158, 162),
            ("150公分", 150, 150), ("身高约160cm", 158, 162), ("身高1.6至1.65米", 160, 165),
            ("个头一米六几", 160, 169), ("一米五五的个子", 155, 155), ("身高l70厘米", 170, 170),
        ])
    func heights(words: String, low: Int, high: Int) {
        let text = "无名氏，男，40岁，\(words)，右脸有一道5厘米长的疤，体重50公斤。"
        let read = NoticeReader.read(text).first?.first(.height)?.value
        #expect(read == .range(low, high, stated: nil), "\(words)")
    }

    @Test("no height is made of a scar, a road or a limit that was not reached")
    func noHeight() {
        let text = "无名氏，女，40岁，不到一米五，额头有一道160毫米的疤，在距桥200米处被发现，体重55公斤。"
        #expect(NoticeReader.read(text).first?.first(.height) == nil)
    }

    @Test(
        "dates are counted from the day of publication",
        arguments: [
            ("昨日", "2020-01-03", "2020-01-02"), ("12月28日", "2020-01-03", "2019-12-28"),
            ("20日下午", "2021-05-25", "2021-05-20"), ("28日", "2021-05-05", "2021-04-28"),
            ("上月10日", "2021-05-25", "2021-04-10"), ("去年元旦", "2021-05-25", "2020-01-01"),
            ("大年三十", "2019-02-11", "2019-02-04"), ("正月十五", "2022-03-01", "2022-02-15"),
            ("腊月廿三", "2021-02-10", "2021-02-04"), ("中秋节", "2022-10-01", "2022-09-10"),
            ("农历八月初三", "2022-10-01", "2022-08-29"), ("三天前", "2022-10-01", "2022-09-28"),
            ("上周三", "2022-10-11", "2022-10-05"), ("民国102年3月28日", "2013-04-10", "2013-03-28"),
            ("2016年冬至", "2017-04-10", "2016-12-21"), ("二〇二一年三月五日", "2021-04-10", "2021-03-05"),
        ])
    func dates(words: String, published: String, day: String) {
        let text = "\(words)，一名男子在河西村路口被发现，约40岁，身高170厘米。"
        let read = NoticeReader.read(text, published: Day(published))
        #expect(read.first?.text(.dateFound) == day, "\(words)")
    }

    @Test("the lunar table agrees with the calendar of the system")
    func lunar() throws {
        var chinese = Calendar(identifier: .chinese)
        chinese.timeZone = try #require(TimeZone(identifier: "Asia/Shanghai"))
        for number in stride(
            from: Day("1930-02-10")!.daysSince1970, to: Day("2051-01-01")!.daysSince1970, by: 17)
        {
            let day = Day(daysSince1970: number)
            let date = Date(timeIntervalSince1970: Double(number) * 86400 + 4 * 3600)
            let parts = chinese.dateComponents([.month, .day, .isLeapMonth], from: date)
            let (month, lunarDay) = (try #require(parts.month), try #require(parts.day))
            let leap = parts.isLeapMonth == true
            let year = day.civil.month <= 2 && month >= 11 ? day.year - 1 : day.year
            #expect(LunarDays.day(lunarDay, month: month, of: year, leap: leap) == day, "\(day)")
        }
    }

    @Test("what is told of relatives, staff and writers is not the person's")
    func others() throws {
        let text =
            "1月18日，46岁的出租车司机王建民在新郑路口遇到一位迷路的老太太，她说儿子叫赵大海，女儿今年40岁，自己八十岁了，家住“洧川”。记者 李明 民警 孙强"
        let person = try #require(NoticeReader.read(text, published: Day("2021-01-20")).first)
        #expect(person.first(.name) == nil)
        #expect(person.first(.age)?.value == .range(80, 80, stated: .own))
        #expect(person.text(.sex) == "female")
        #expect(person.text(.placeClaimed) == "洧川")
    }

    @Test(
        "rules, totals and open days tell of nobody",
        arguments: [
            "各救助管理站要及时登记受助人员姓名、性别、年龄、身高、口音、体貌特征、发现地点等信息，并在24小时内发布寻亲公告。联系电话：0371-66001122。",
            "截至11月底，全市共救助流浪乞讨人员512人次，其中男390人、女122人，年龄最大的86岁，帮助201人返乡。",
            "市救助管理站昨日举办开放日活动，30余名市民走进站内，站长介绍了寻亲流程。72岁的志愿者周大爷说很受感动。", "今天天气不错。", "", "无",
        ])
    func nobody(text: String) {
        #expect(NoticeReader.read(text, published: Day("2021-12-01")).isEmpty)
    }

    @Test("a reunion is told from a wish for one")
    func reunited() {
        let solved = "2021年3月2日，受助人员李大山（男，45岁）由家属接回，与家人团聚。"
        let wished = "受助人员李大山，男，45岁，2021年3月2日在河西村口被发现，希望他早日与家人团聚。"
        #expect(NoticeReader.read(solved).first?.isReunited == true)
        #expect(NoticeReader.read(wished).first?.isReunited == false)
    }

    @Test("a line of JSON reads back, whatever is in the text")
    func json() throws {
        let text = "姓名：“\\\"牛\u{1}牛”\n性别：男\n年龄：50岁\n身高：160\n衣着：黑\"色\"上衣\\裤"
        let line = NoticePerson.line(id: "a\"\n\\\u{2028}", persons: NoticeReader.read(text))
        let read = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        #expect(read?["id"] as? String == "a\"\n\\\u{2028}")
        let persons = try #require(read?["persons"] as? [[String: Any]])
        #expect((persons.first?["sex"] as? [String: Any])?["value"] as? String == "male")
        #expect(!line.contains("\n"))
    }
}

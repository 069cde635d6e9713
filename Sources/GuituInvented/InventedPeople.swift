import GuituModel

/// One source of people who do not exist, for tests, demonstrations and
/// benchmarks. A seed makes the same people on every machine.
///
///     var invented = InventedPeople(seed: 7)
///     let world = invented.world(people: 200, reports: 300, truePairShare: 0.4)
public struct InventedPeople: Sendable {
    public private(set) var random: SplitMix64
    /// Nothing is lost, found or reported after this day.
    public let today: Day

    public init(seed: UInt64, today: Day = Day(daysSince1970: 20_781)) {  // 2026-11-24
        random = SplitMix64(seed: seed)
        self.today = today
    }

    /// `reports` includes those of the people who have one; of `people`, that is
    /// `truePairShare` (0 to 1), or fewer when there are not enough reports.
    public mutating func world(people: Int, reports: Int, truePairShare: Double = 0.5)
        -> InventedWorld
    {
        let pairs = min(reports, Int((Double(people) * min(max(truePairShare, 0), 1)).rounded()))
        var world = InventedWorld(people: [], reports: [], truth: [])
        world.people.reserveCapacity(people)
        world.reports.reserveCapacity(reports)
        // Which people have a report, and where it stands, are shuffled apart.
        let reported = shuffled(people).prefix(pairs).sorted()
        let slots = shuffled(reports)
        var filled: [Int: InventedReport] = [:]
        var next = 0
        for index in 0..<people {
            let person = person()
            world.people.append(arrival(of: person))
            if next < reported.count, reported[next] == index {
                filled[slots[next]] = report(of: person)
                world.truth.append(.init(person: index, report: slots[next]))
                next += 1
            }
        }
        for index in 0..<reports {
            if let report = filled[index] {
                world.reports.append(report)
            } else {
                let stranger = person()
                world.reports.append(report(of: stranger))
            }
        }
        return world
    }

    private mutating func shuffled(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        for index in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(index, random.below(index + 1))
        }
        return order
    }

    public mutating func person() -> InventedPerson {
        let sex: Sex = random.chance(0.64) ? .male : .female
        let age =
            switch random.unit() {
            case ..<0.07: random.within(3...17)
            case ..<0.25: random.within(18...39)
            case ..<0.62: random.within(40...64)
            default: random.within(65...88)
            }
        let gap = gap()
        let foundOn = today.adding(days: -min(random.below(400), random.below(400)))
        let lostOn = foundOn.adding(days: -gap)
        let birth = foundOn.adding(years: -age).adding(days: -random.below(365))
        let home = InventedPlaces.shared.home(&random)
        let lostAt = InventedPlaces.shared.near(
            home, county: 0.70, city: 0.10, province: 0.08, &random)
        let foundAt = InventedPlaces.shared.near(
            lostAt, county: gap < 30 ? 0.50 : 0.24, city: 0.17, province: 0.22, &random)
        let name = InventedNames.shared.full(sex, birth.year, &random)
        return InventedPerson(
            name: name, sex: sex, birth: birth, home: home,
            village: InventedPlaces.shared.village(&random), height: height(sex, age),
            marks: marks(),
            communication: communication(), identityNumber: identityNumber(home, birth, sex),
            lostOn: min(max(lostOn, birth), foundOn), lostAt: lostAt, foundOn: foundOn,
            foundAt: foundAt,
            relative: relative(of: name, sex, age))
    }

    /// Days from lost to found: hours, a journey, years.
    private mutating func gap() -> Int {
        switch random.unit() {
        case ..<0.35: random.below(8)
        case ..<0.62: 8 + random.below(120)
        case ..<0.82: 128 + random.below(900)
        default: 1000 + random.below(7000)
        }
    }

    private mutating func height(_ sex: Sex, _ age: Int) -> Int {
        let grown = (sex == .male ? 168.0 : 157.0) - (age > 60 ? 3 : 0)
        let full = age >= 17 ? grown : 80 + (grown - 80) * Double(age) / 17
        return Int((full + 6 * random.bell()).rounded())
    }

    private mutating func communication() -> Communication {
        switch random.unit() {
        case ..<0.42: .canSpeak
        case ..<0.62: .dialectOnly
        case ..<0.80: .unclear
        case ..<0.84: .deafMute
        case ..<0.86: .mute
        case ..<0.95: .unwilling
        default: .unknown
        }
    }

    private static let markKinds = ["疤痕", "黑痣", "纹身", "胎记", "烫伤疤", "手术刀口疤"]
    private static let markParts = [
        "左手背", "右手背", "左脸", "右脸", "额头", "下巴", "左小腿", "右小腿", "后背", "腹部", "脖子", "左胳膊", "右胳膊",
    ]
    private static let striking = ["左手断指", "右手缺指一节", "走路跛脚", "驼背", "唇裂手术疤", "左眼失明", "门牙缺牙"]

    private mutating func marks() -> [String] {
        var marks: [String] = []
        if random.chance(0.45) {
            marks.append(random.pick(Self.markParts) + random.pick(Self.markKinds))
        }
        if random.chance(0.18) {
            marks.append(random.pick(Self.markParts) + random.pick(Self.markKinds))
        }
        if random.chance(0.10) { marks.append(random.pick(Self.striking)) }
        return marks
    }

    private mutating func identityNumber(_ home: Place, _ birth: Day, _ sex: Sex) -> String {
        let digits = birth.description.filter { $0 != "-" }
        let order = random.below(499) * 2 + (sex == .male ? 1 : 2)
        let three = String(repeating: "0", count: max(0, 3 - String(order).count)) + String(order)
        return IdentityNumber(completing: home.code.prefix(2) + "9999" + digits + three)?.normalised
            ?? ""
    }

    private mutating func relative(of name: String, _ sex: Sex, _ age: Int)
        -> InventedPerson.Relative
    {
        let relation =
            age < 25
            ? random.pick(["父亲", "母亲", "叔叔"])
            : age < 55
                ? random.pick(["父亲", "母亲", "哥哥", "弟弟", "姐姐", sex == .male ? "妻子" : "丈夫"])
                : random.pick(["儿子", "女儿", "儿子", "侄子", sex == .male ? "妻子" : "丈夫"])
        let takesName = !["母亲", "妻子", "丈夫"].contains(relation)
        let relativeSex: Sex = ["母亲", "姐姐", "女儿", "妻子"].contains(relation) ? .female : .male
        let year = today.year - age + (age < 25 ? -26 : age < 55 ? 0 : 27)
        let surname = ChineseName(name).surname
        let own =
            takesName && !surname.isEmpty ? surname : InventedNames.shared.surname(&random)
        let digits = String(random.below(100_000_000))
        return .init(
            name: own + InventedNames.shared.given(relativeSex, year, &random), relation: relation,
            phone: "142" + String(repeating: "0", count: 8 - digits.count) + digits)
    }

    // MARK: What is written down

    public mutating func arrival(of person: InventedPerson) -> InventedArrival {
        let arrivedOn = min(
            today, person.foundOn.adding(days: random.chance(0.8) ? 0 : random.within(1...4)))
        let speaks = person.communication == .canSpeak || person.communication == .dialectOnly
        let hasPapers = random.chance(speaks ? 0.12 : 0.05)
        let knowsName = hasPapers || random.chance(speaks ? 0.93 : 0.40)
        let age = person.foundOn.fullYears(since: person.birth)
        let mode = self.mode()
        var arrival = InventedArrival(
            name: !knowsName
                ? "" : hasPapers ? person.name : InventedNames.shared.heard(person.name, &random),
            nameCertainty: !knowsName
                ? .unknown
                : hasPapers ? .verified : random.chance(0.6) ? .selfReported : .transcribed,
            sex: random.chance(0.008)
                ? .unknown : random.chance(0.004) ? other(person.sex) : person.sex,
            birth: nil, birthIsEstimate: !hasPapers,
            identityNumber: hasPapers && random.chance(0.8) ? person.identityNumber : "",
            arrivedAt: Instant(arrivedOn, hour: random.below(24), minute: random.below(60)),
            mode: mode,
            broughtBy: mode.isEscorted ? broughtBy(mode, person.foundAt) : "",
            foundOn: PartialDay(person.foundOn),
            foundPlace: InventedPlaces.shared.said(person.foundAt, careful: false, &random)
                + InventedPlaces.shared.corner(&random),
            foundCode: person.foundAt.code, homePlace: saidHome(person, speaks), height: nil,
            marks: [],
            accent: "", communication: person.communication,
            condition: random.chance(0.1) ? .urgent : random.chance(0.25) ? .unwell : .well,
            belongings: belongings())
        if hasPapers {
            arrival.birth = PartialDay(person.birth)
        } else if random.chance(0.93) {
            arrival.birth = estimated(age, on: arrivedOn)
        }
        if random.chance(0.7) {
            arrival.height = person.height + Int((2 * random.bell()).rounded())
        }
        arrival.marks = noticed(person.marks, 0.7)
        if random.chance(speaks ? 0.35 : 0.05) { arrival.accent = accent(of: person) }
        return arrival
    }

    private mutating func mode() -> ArrivalMode {
        switch random.unit() {
        case ..<0.45: .police
        case ..<0.60: .urbanManagement
        case ..<0.70: .passerBy
        case ..<0.80: .alone
        case ..<0.88: .outreach
        case ..<0.94: .hospital
        default: .community
        }
    }

    private mutating func broughtBy(_ mode: ArrivalMode, _ place: Place) -> String {
        switch mode {
        case .police: "\(place.name)公安局派出所"
        case .urbanManagement: "\(place.name)城市管理局"
        case .hospital: "\(place.name)人民医院"
        case .community: "\(place.name)社区居委会"
        default: "热心群众" + InventedNames.shared.surname(&random) + "先生"
        }
    }

    private func other(_ sex: Sex) -> Sex { sex == .male ? .female : .male }

    /// A year, a span of years or a round age, off by more the older they look.
    private mutating func estimated(_ age: Int, on day: Day) -> PartialDay {
        let seen = max(1, age + Int(((1.2 + Double(age) * 0.08) * random.bell()).rounded()))
        let said: String
        switch random.unit() {
        case ..<0.5: said = "约\(seen)岁"
        case ..<0.7:
            let low = seen / 5 * 5
            said = "\(max(1, low))-\(low + 10)岁"
        case ..<0.8 where seen >= 20: said = "\(seen / 10 * 10)多岁"
        default: said = "\(seen)岁"
        }
        return (try? PartialDay(reading: said, on: day)) ?? PartialDay(unread: said)
    }

    private mutating func saidHome(_ person: InventedPerson, _ speaks: Bool) -> String {
        switch random.unit() {
        case ..<(speaks ? 0.30 : 0.68): return ""
        case ..<(speaks ? 0.36 : 0.73):
            return InventedPlaces.shared.said(
                InventedPlaces.shared.home(&random), careful: false, &random)
        case ..<(speaks ? 0.44 : 0.80):
            return Places.fullName(of: String(person.home.code.prefix(2)))
        case ..<(speaks ? 0.52 : 0.86):
            return Places.fullName(of: String(person.home.code.prefix(4)))
        default:
            let county = InventedPlaces.shared.said(person.home, careful: false, &random)
            return random.chance(0.25) ? county + person.village : county
        }
    }

    private mutating func noticed(_ marks: [String], _ probability: Double) -> [String] {
        var noticed: [String] = []
        for mark in marks where random.chance(probability) {
            // Left and right are exchanged in one of twelve.
            let turned =
                mark.hasPrefix("左")
                ? "右" + mark.dropFirst() : mark.hasPrefix("右") ? "左" + mark.dropFirst() : mark
            noticed.append(random.chance(0.08) ? turned : mark)
        }
        return noticed
    }

    private func accent(of person: InventedPerson) -> String {
        (Places.named(String(person.home.code.prefix(2)))?.name ?? "") + "口音"
    }

    private static let things = [
        "编织袋", "旧棉被", "搪瓷缸", "手电筒", "塑料水壶", "布鞋", "药瓶", "老式手机", "零钱", "纸条", "帽子", "身份证复印件",
    ]

    private mutating func belongings() -> [String] {
        (0..<random.below(4)).map { _ in random.pick(Self.things) }
    }

    public mutating func report(of person: InventedPerson) -> InventedReport {
        let reportedOn = min(
            today,
            person.lostOn.adding(days: random.chance(0.7) ? random.below(5) : random.below(200)))
        var name = person.name
        if random.chance(0.03) { name = InventedNames.shared.heard(name, &random) }
        let birth: PartialDay? =
            switch random.unit() {
            case ..<0.62: PartialDay(person.birth)
            case ..<0.80: .year(person.birth.year)
            case ..<0.84: .year(person.birth.year + (random.chance(0.5) ? 1 : -1))
            case ..<0.96:
                try? PartialDay(
                    reading: "\(max(1, reportedOn.fullYears(since: person.birth)))岁", on: reportedOn
                )
            default: nil
            }
        let civil = person.lostOn.civil
        let lostOn: PartialDay? =
            switch random.unit() {
            case ..<0.70: PartialDay(person.lostOn)
            case ..<0.76: PartialDay(min(today, person.lostOn.adding(days: random.within(-3...3))))
            case ..<0.92: .month(civil.month, of: civil.year, said: "\(civil.year)年\(civil.month)月")
            default: .year(civil.year, said: "\(civil.year)年")
            }
        return InventedReport(
            name: name, sex: random.chance(0.003) ? other(person.sex) : person.sex, birth: birth,
            identityNumber: random.chance(0.5) ? person.identityNumber : "",
            lostOn: lostOn ?? PartialDay(person.lostOn),
            lostPlace: random.chance(0.15)
                ? ""
                : InventedPlaces.shared.said(person.lostAt, careful: false, &random)
                    + InventedPlaces.shared.corner(&random),
            homePlace: InventedPlaces.shared.said(person.home, careful: true, &random)
                + (random.chance(0.7) ? person.village : ""),
            homeCode: person.home.code,
            height: random.chance(0.7) ? person.height + Int((4 * random.bell()).rounded()) : nil,
            marks: noticed(person.marks, 0.65),
            accent: random.chance(0.3) ? accent(of: person) : "",
            reporterName: person.relative.name, reporterRelation: person.relative.relation,
            reporterPhone: person.relative.phone,
            reportedAt: Instant(reportedOn, hour: random.within(7...21), minute: random.below(60)))
    }
}

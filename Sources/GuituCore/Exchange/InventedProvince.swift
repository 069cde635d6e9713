import Foundation
import GuituInvented
import GuituModel
import GuituStore

/// Fills an empty database with a province of invented people: for the first
/// look, for demonstrations, for tests and for benchmarks of any size.
///
/// Everything goes through the use-cases that pages run, many at a time by
/// `Bulk`, as the program or as one of the invented officers; who is whom is
/// given back apart and stays out of the database.
public struct InventedProvince: Sendable {
    public var people: Int
    public var reports: Int
    public var seed: UInt64
    /// The password of every invented account.
    public var password: Secret

    public init(people: Int = 200, reports: Int = 300, seed: UInt64 = 1, password: Secret) {
        self.people = people
        self.reports = reports
        self.seed = seed
        self.password = password
    }

    public struct Filled: Sendable {
        public var logins: [Login]
        public var truth: [Pair]
    }

    public struct Login: Sendable, Codable {
        public var login: String
        public var name: String
        public var role: Role
        public var place: String
    }

    /// A person and the report that is about them.
    public struct Pair: Sendable, Codable {
        public var person: Person.ID
        public var report: MissingReport.ID
    }

    public enum Failure: Refusal {
        /// There is somebody in the database already.
        case notEmpty
        public var saying: Saying { Saying("invent.notEmpty") }
    }

    /// - Parameter progress: told what is being made and how many are done.
    public func fill(
        _ workplace: Workplace, progress: @Sendable (String, Int, Int) -> Void = { _, _, _ in }
    ) async throws -> Filled {
        guard try await workplace.perform(SeeSetUp(), as: .visitor).isNew else {
            throw Ending.refused(Failure.notEmpty)
        }
        let record = try await workplace.passwords.hash(password)
        let made = try await workplace.perform(
            InventOffices(password: Protected(record)), as: .program(reason: "invent"))
        var office = InventedOffice(made, workplace, seed)
        let world = {
            var invented = InventedPeople(seed: seed, today: workplace.clock.now.inChina.day)
            return invented.world(people: people, reports: reports)
        }()
        let reportIDs = try await office.file(world.reports) { progress("reports", $0, reports) }
        let personIDs = try await office.takeIn(world.people) { progress("people", $0, people) }
        try await office.live { progress("lives", $0, people) }
        try await workplace.perform(EndInventing(), as: .program(reason: "invent"))
        return Filled(
            logins: made.accounts.map {
                Login(login: $0.login, name: $0.name, role: $0.role, place: $0.place)
            },
            truth: world.truth.compactMap { pair in
                guard let person = personIDs[pair.person], let report = reportIDs[pair.report]
                else { return nil }
                return Pair(person: person, report: report)
            })
    }
}

/// The offices at work, with everybody's session at hand.
private struct InventedOffice {
    let made: InventOffices.Made
    let workplace: Workplace
    var random: SplitMix64
    /// Taken in, by station, in the order of arrival.
    var taken: [(station: Int, arrived: RegisterArrival.Arrived, look: InventedArrival)] = []

    init(_ made: InventOffices.Made, _ workplace: Workplace, _ seed: UInt64) {
        self.made = made
        self.workplace = workplace
        random = SplitMix64(seed: seed &+ 7)
    }

    func actor(_ role: Role, at station: Int, _ number: Int = 0) throws -> Actor {
        let found = made.accounts.filter { $0.role == role && $0.station == station }
        guard found.indices.contains(number) else { throw Ending.notFound }
        return .session(digest: found[number].session)
    }

    mutating func chance(_ share: Double) -> Bool {
        Double(random.next() >> 11) * 0x1p-53 < share
    }

    /// Files the reports, spread over the stations.
    func file(_ reports: [InventedReport], _ told: (Int) -> Void) async throws
        -> [MissingReport.ID?]
    {
        var ids = [MissingReport.ID?](repeating: nil, count: reports.count)
        let parts = Dictionary(grouping: reports.indices) { $0 % made.stations.count }
        var done = 0
        for (station, indices) in parts.sorted(by: { $0.key < $1.key }) {
            for part in indices.chunks(of: 200) {
                let items = part.map { index in
                    var item = RegisterMissing(
                        holder: made.stations[station], fields: fields(reports[index]),
                        reportedAt: min(reports[index].reportedAt, workplace.clock.now))
                    item.source = .init(list: "演示名单", key: "D\(index + 1)")
                    return item
                }
                let answer = try await workplace.perform(
                    Bulk(area: made.stations[station], items: items),
                    as: try actor(.tracingOfficer, at: station))
                for (index, registered) in zip(part, answer.answers) {
                    ids[index] = registered?.report
                }
                done += part.count
                told(done)
            }
        }
        return ids
    }

    private func fields(_ report: InventedReport) -> ReportFields {
        var fields = ReportFields()
        fields.name = report.name
        fields.sex = report.sex
        fields.birth = report.birth
        fields.identityNumber = report.identityNumber
        fields.lost = report.lostOn
        fields.lostPlace = report.lostPlace
        fields.homePlace = report.homePlace
        fields.height = report.height.map { "\($0)" } ?? ""
        fields.marks = report.marks.joined(separator: "；")
        fields.accent = report.accent
        fields.reporterName = report.reporterName
        fields.reporterRelation = report.reporterRelation
        fields.reporterPhone = report.reporterPhone
        return fields
    }

    /// Takes everybody in and writes down what was seen and said of them.
    mutating func takeIn(_ people: [InventedArrival], _ told: (Int) -> Void) async throws
        -> [Person.ID?]
    {
        var ids = [Person.ID?](repeating: nil, count: people.count)
        let parts = Dictionary(grouping: people.indices) { $0 % made.stations.count }
        var done = 0
        for (station, indices) in parts.sorted(by: { $0.key < $1.key }) {
            for part in indices.chunks(of: 200) {
                let arrivals = part.map { ($0, arrival(people[$0], at: station)) }
                let arrived = try await register(arrivals, at: station)
                for index in part {
                    guard let arrived = arrived[index] else { continue }
                    ids[index] = arrived.person
                    taken.append((station, arrived, people[index]))
                    try await describe(arrived.person, people[index], at: station)
                }
                done += part.count
                told(done)
            }
        }
        return ids
    }

    /// By the clerk; for somebody who cannot decide, by the director who signs.
    private func register(_ arrivals: [(Int, RegisterArrival)], at station: Int) async throws
        -> [Int: RegisterArrival.Arrived]
    {
        var arrived: [Int: RegisterArrival.Arrived] = [:]
        for role in [Role.reception, .director] {
            let own = arrivals.filter { ($0.1.consent == .cannotDecide) == (role == .director) }
            let answer = try await workplace.perform(
                Bulk(area: made.stations[station], items: own.map(\.1)),
                as: try actor(role, at: station))
            for ((index, _), one) in zip(own, answer.answers) { arrived[index] = one }
        }
        return arrived
    }

    private mutating func arrival(_ look: InventedArrival, at station: Int) -> RegisterArrival {
        var arrival = RegisterArrival(
            station: made.stations[station], arrivedAt: min(look.arrivedAt, workplace.clock.now),
            mode: look.mode, sex: look.sex, communication: look.communication,
            check: .init(condition: look.condition))
        arrival.name = look.name
        arrival.nameCertainty = look.nameCertainty
        arrival.birth = look.birth
        arrival.identityNumber = look.identityNumber
        arrival.broughtBy = look.broughtBy
        arrival.foundPlace = look.foundPlace
        arrival.foundOn = look.foundOn
        arrival.belongings = look.belongings.map { .init(name: $0) }
        arrival.isLateEntry = true
        // Most who need tracing cannot say yes; a director has signed for many.
        if look.identityNumber.isEmpty {
            arrival.consent =
                chance(0.5)
                ? .agreed : chance(0.6) ? .cannotDecide : chance(0.8) ? .awaitingDecision : .refused
        }
        return arrival
    }

    private func describe(_ person: Person.ID, _ look: InventedArrival, at station: Int)
        async throws
    {
        let clerk = try actor(.reception, at: station)
        var seen: [(ObservationKind, String, ObservationSource)] = []
        if let height = look.height { seen.append((.height, "\(height)", .staff)) }
        if !look.homePlace.isEmpty { seen.append((.homePlace, look.homePlace, .person)) }
        if !look.accent.isEmpty { seen.append((.accent, look.accent, .staff)) }
        seen += look.marks.map { (.mark, $0, .staff) }
        for (kind, value, source) in seen {
            try await workplace.perform(
                AddObservation(
                    person: person, kind: kind, value: value, source: source, certainty: .likely,
                    occurredAt: min(look.arrivedAt, workplace.clock.now)), as: clerk)
        }
    }

    /// What happened to them since: beds, departures, verdicts, reunions.
    mutating func live(_ told: (Int) -> Void) async throws {
        // A person who fled from home, one in each station.
        for station in made.stations.indices {
            guard
                let one = taken.first(where: { $0.station == station && $0.arrived.request != nil })
            else { continue }
            try await workplace.perform(
                Protect(
                    person: one.arrived.person, protection: .domesticViolence, reason: "本人陈述遭受家庭暴力",
                    version: 1), as: try actor(.director, at: station))
        }
        try await RankReports.run(in: workplace)
        var reunited = 0
        for (index, one) in taken.enumerated() {
            let confirmed = try await decide(one.station, one.arrived)
            if let confirmed, reunited < taken.count / 12 {
                reunited += 1
                try await collect(one.station, one.arrived, confirmed)
            } else if confirmed == nil, one.look.communication == .canSpeak, chance(0.6) {
                try await leave(one.station, one.arrived)
            } else {
                try await lieDown(one.station, one.arrived)
            }
            if index % 20 == 0 { told(index) }
        }
    }

    /// Officers look at the likely ones: two agree, one has spoken, or nobody yet.
    private mutating func decide(_ station: Int, _ arrived: RegisterArrival.Arrived) async throws
        -> Candidate.ID?
    {
        guard let request = arrived.request else { return nil }
        let officer = try actor(.tracingOfficer, at: station)
        // The director sees a protected person's search too, and who is to leave it alone.
        let seen = try await workplace.perform(
            SeeRequest(request: request), as: try actor(.director, at: station))
        guard let first = seen.candidates.first, first.probability > 0.9,
            [.agreed, .cannotDecide].contains(seen.consent), seen.protection == .none, chance(0.7)
        else { return nil }
        let confirm = DecideCandidate(
            candidate: first.id, verdict: .confirm, reason: "姓名、年龄和籍贯相符，已电话核实", evidenceVersion: 1)
        let isSettled = chance(0.7)
        do {
            try await workplace.perform(confirm, as: officer)
            guard isSettled else { return nil }
            try await workplace.perform(confirm, as: try actor(.tracingOfficer, at: station, 1))
            return first.id
        } catch Ending.refused {
            // The family's report has led to somebody else already.
            return nil
        }
    }

    private func collect(
        _ station: Int, _ arrived: RegisterArrival.Arrived, _ candidate: Candidate.ID
    ) async throws {
        let clerk = try actor(.reception, at: station)
        var leaving = Depart(
            episode: arrived.episode, kind: .familyCollects, leftAt: workplace.clock.now)
        leaving.collector = .init(
            name: "王亲属", relation: "子女", identityNumber: InventedProvince.collectorNumber,
            identityChecked: true)
        leaving.candidate = candidate
        leaving.agreed = true
        try await workplace.perform(
            ReturnBelongings(episode: arrived.episode, receivedBy: "王亲属"), as: clerk)
        try await workplace.perform(leaving, as: clerk)
    }

    private func leave(_ station: Int, _ arrived: RegisterArrival.Arrived) async throws {
        let clerk = try actor(.reception, at: station)
        try await workplace.perform(
            ReturnBelongings(episode: arrived.episode, receivedBy: "本人"), as: clerk)
        var leaving = Depart(
            episode: arrived.episode, kind: .selfDeparture, leftAt: workplace.clock.now)
        leaving.destination = "自行返乡"
        do {
            try await workplace.perform(leaving, as: clerk)
        } catch Ending.refused {
            // A child does not leave alone (DE-01): they stay.
        }
    }

    /// A bed while there is one; the rest wait, as on a full night.
    private func lieDown(_ station: Int, _ arrived: RegisterArrival.Arrived) async throws {
        let clerk = try actor(.reception, at: station)
        let beds = try await workplace.perform(
            SeeBeds(station: made.stations[station]), as: clerk)
        guard let waiting = beds.waiting.first(where: { $0.episode == arrived.episode }) else {
            return
        }
        let kind = waiting.sex.isKnown ? waiting.sex.rawValue : "single"
        guard let bed = beds.beds.first(where: { $0.kind == kind && $0.occupant == nil }) else {
            return
        }
        try await workplace.perform(GiveBed(episode: arrived.episode, bed: bed.id), as: clerk)
    }
}

extension InventedProvince {
    /// A relative's card: area 999999 is nobody's, the check digit is right.
    static let collectorNumber =
        IdentityNumber(completing: "41999919800101" + "999")?.normalised ?? ""
}

/// Areas, stations, beds and accounts of the invented province, in one step.
struct InventOffices: ChangingUseCase {
    static let needs = Permission.manageStations
    var target: Target { .nobody }
    var password: Protected

    struct Made: Codable, Sendable {
        var stations: [Area.ID]
        var accounts: [Worker]
    }

    struct Worker: Codable, Sendable {
        var login: String
        var name: String
        var role: Role
        var place: String
        /// Index of the station, or -1 for an office above.
        var station: Int
        var session: [UInt8]
    }

    func perform(in work: Work) throws -> Made {
        let from = Day(daysSince1970: 10_957)  // 2000-01-01
        let ministry = try work.areas.insert(.ministry(from: from), under: nil)
        let province = try work.areas.insert(
            AreaDraft(code: "410000", name: "河南省（演示）", level: .province, validFrom: from),
            under: ministry)
        let cities = [
            ("411400", "商丘市", "shangqiu", [("1", "商丘市救助管理站"), ("2", "虞城县救助管理站")]),
            ("411600", "周口市", "zhoukou", [("1", "周口市救助管理站"), ("2", "鹿邑县救助管理站")]),
            ("410300", "洛阳市", "luoyang", [("1", "洛阳市救助管理站"), ("2", "嵩县救助管理站")]),
        ]
        var made = Made(stations: [], accounts: [])
        func account(
            _ login: String, _ name: String, _ role: Role, _ area: Area.ID, _ place: String,
            _ station: Int
        ) throws {
            guard
                let id = try work.accounts.insert(
                    login: login, name: name, home: area, password: password.bytes,
                    mustChange: false)
            else { throw AccountRefused.loginTaken }
            try work.accounts.grant(role, at: area, to: id)
            let session = Keys.tokenDigest(Keys.newToken())
            try work.tx.execute(
                """
                INSERT INTO session (digest, account, kind, label, made_at, expires_at)
                VALUES (\(session), \(id), 'browser', 'invent', \(work.now),
                    \(work.now.adding(.seconds(86_400))))
                """)
            made.accounts.append(
                Worker(
                    login: login, name: name, role: role, place: place, station: station,
                    session: session))
        }
        let place = "河南省（演示）"
        try account("system", "系统管理员", .systemAdministrator, province, place, -1)
        try account("security", "安全管理员", .securityAdministrator, province, place, -1)
        try account("audit", "审计管理员", .auditAdministrator, province, place, -1)
        try account("province", "省厅 郑处长", .official, province, place, -1)
        var number = 0
        for (code, name, word, stations) in cities {
            let city = try work.areas.insert(
                AreaDraft(code: code, name: name, level: .city, validFrom: from), under: province)
            try account("\(word)-official", "\(name)民政局", .official, city, name, -1)
            for (mark, stationName) in stations {
                let station = try work.areas.insert(
                    StationDraft(
                        code: code + "J" + mark, name: stationName + "（演示）",
                        address: "演示路\(number + 1)号",
                        hotline: "0000-000000\(number)", validFrom: from), under: city)
                try rooms(at: station, work)
                let login = "\(word)\(mark)"
                for (suffix, person, role) in [
                    ("clerk", "接待员 王", Role.reception), ("carer", "护理员 陈", .carer),
                    ("tracer", "寻亲员 李", .tracingOfficer), ("tracer2", "寻亲员 赵", .tracingOfficer),
                    ("safety", "安全员 孙", .safetyOfficer), ("director", "站长 周", .director),
                    ("supervisor", "监督员 吴", .supervisor),
                ] {
                    try account(
                        "\(login)-\(suffix)", person, role, station, stationName,
                        made.stations.count)
                }
                made.stations.append(station)
                number += 1
            }
        }
        try work.emit(.invented, about: .area(province), in: province)
        return made
    }

    private func rooms(at station: Area.ID, _ work: Work) throws {
        for (name, kind, beds) in [
            ("男一室", RoomKind.male, 8), ("男二室", .male, 8), ("女一室", .female, 8), ("单间一", .single, 1),
            ("单间二", .single, 1),
        ] {
            let room: Room.ID = work.newID()
            try work.tx.execute(
                """
                INSERT INTO room (id, station, name, kind)
                VALUES (\(room), \(station), \(name), \(kind))
                """)
            _ = try work.rooms.addBeds((1...beds).map { "\($0)床" }, to: room, of: kind, at: station)
        }
    }
}

/// Ends the sessions under which invented officers decided.
struct EndInventing: ChangingUseCase {
    static let needs = Permission.manageStations
    var target: Target { .nobody }

    func perform(in work: Work) throws -> Nothing {
        try work.tx.execute(
            "UPDATE session SET ended_at = \(work.now) WHERE label = 'invent' AND ended_at IS NULL")
        return Nothing()
    }
}

extension Array {
    fileprivate func chunks(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}

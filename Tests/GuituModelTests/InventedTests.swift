import GuituInvented
import GuituModel
import Testing

@Suite("Invented people")
struct InventedTests {
    /// FNV-1a over every field that was drawn: the same on every machine.
    private func digest(_ world: InventedWorld) -> UInt64 {
        var value: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ text: String) {
            for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }
        for person in world.people { add("\(person)") }
        for report in world.reports { add("\(report)") }
        for pair in world.truth { add("\(pair)") }
        return value
    }

    @Test("a seed makes the same world everywhere, another seed another")
    func deterministic() {
        var one = InventedPeople(seed: 7)
        var same = InventedPeople(seed: 7)
        var other = InventedPeople(seed: 8)
        let world = one.world(people: 60, reports: 90)
        #expect(world == same.world(people: 60, reports: 90))
        #expect(world != other.world(people: 60, reports: 90))
        // Changes only when the generator is changed on purpose.
        #expect(digest(world) == 3_442_280_066_695_493_750)
    }

    @Test(
        "the truth is as asked, and each report belongs to one person at most",
        arguments: [0, 0.4, 1] as [Double])
    func truth(share: Double) {
        var invented = InventedPeople(seed: 3)
        let world = invented.world(people: 100, reports: 80, truePairShare: share)
        #expect(world.people.count == 100 && world.reports.count == 80)
        #expect(world.truth.count == min(80, Int(share * 100)))
        #expect(Set(world.truth.map(\.report)).count == world.truth.count)
        #expect(world.truth.map(\.person) == world.truth.map(\.person).sorted())
        for pair in world.truth {
            let person = world.people[pair.person]
            let report = world.reports[pair.report]
            if person.nameCertainty == .verified {
                #expect(
                    person.identityNumber.isEmpty || report.identityNumber.isEmpty
                        || person.identityNumber == report.identityNumber)
            }
        }
    }

    @Test("everything they say passes our own forms, and nobody could be real")
    func wellFormed() throws {
        var invented = InventedPeople(seed: 11)
        let world = invented.world(people: 400, reports: 400, truePairShare: 0.5)
        for person in world.people {
            for text in [
                person.name, person.broughtBy, person.foundPlace, person.homePlace, person.accent,
            ] + person.marks + person.belongings {
                #expect(try PlainText.check(text, max: 60) == text)
            }
            #expect(person.arrivedAt.inChina.day <= invented.today)
            #expect(person.mode.isEscorted == !person.broughtBy.isEmpty)
            #expect(Places.named(person.foundCode) != nil)
            #expect(person.name.isEmpty == (person.nameCertainty == .unknown))
            if !person.identityNumber.isEmpty { try checkNumber(person.identityNumber) }
        }
        for report in world.reports {
            #expect(
                PhoneNumber(report.reporterPhone)?.kind == .mobile
                    && report.reporterPhone.hasPrefix("142"))
            #expect(
                !report.name.isEmpty && !report.reporterName.isEmpty && !report.homePlace.isEmpty)
            #expect(report.lostOn.isUnderstood)
            if !report.identityNumber.isEmpty { try checkNumber(report.identityNumber) }
        }
    }

    private func checkNumber(_ text: String) throws {
        let number = try IdentityNumber(text)
        #expect(number.areaCode.hasSuffix("9999") && Places.named(number.areaCode) == nil)
    }

    @Test("names, sexes and silence come as often as they should")
    func shares() {
        var invented = InventedPeople(seed: 21)
        let people = (0..<4000).map { _ in invented.person() }
        func share(_ test: (InventedPerson) -> Bool) -> Double {
            Double(people.count(where: test)) / 4000
        }
        #expect(abs(share { $0.name.hasPrefix("王") } - 0.072) < 0.02)
        #expect(abs(share { $0.sex == .male } - 0.64) < 0.03)
        #expect(share { $0.name.contains("·") } > 0.001)
        for person in people {
            #expect(
                person.lostOn <= person.foundOn && person.birth <= person.lostOn
                    && person.foundOn <= invented.today)
            #expect((40...210).contains(person.height))
            if let number = try? IdentityNumber(person.identityNumber) {
                #expect(number.birth == person.birth && number.sex == person.sex)
            }
        }
    }

    @Test("the generator of numbers is the published one")
    func splitMix() {
        // The first three of seed 1234567, as its authors print them.
        var random = SplitMix64(seed: 1_234_567)
        #expect(
            [random.next(), random.next(), random.next()] == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            ])
    }
}

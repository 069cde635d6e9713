import GuituKinship
import GuituModel
import TestSupport

@testable import GuituCore

extension Sample {
    /// A use-case of the library; the funnel audits each of them.
    static func library<U: LibraryUseCase>(
        _ role: Role = .laboratoryOfficer, record: Bool = false,
        _ make: @escaping @Sendable (Scene, Lab, Where) async throws -> U
    ) -> Sample {
        Sample(
            name: U.name, needs: U.needs, effect: .changes, role: role, atProvince: true,
            targetsARecord: record, isOfLibrary: true
        ) { scene, place, actor in
            let lab = try await scene.lab()
            _ = try await lab.laboratory.perform(try await make(scene, lab, place), as: actor)
        }
    }
}

extension Scene {
    /// A library with a father, his child and the match between them.
    func lab() async throws -> Lab { try await box.lab(office) }

    actor LabBox {
        private var task: Task<Lab, any Error>?

        func lab(_ office: Office) async throws -> Lab {
            if let task { return try await task.value }
            let made = Task {
                let lab = try await Lab(office, office.database.engine)
                try await lab.enable()
                try await lab.laboratory.perform(
                    ChooseMethod(method: Lab.method), as: lab.first.actor)
                var invented = Invented(3)
                let (father, mother) = (invented.stranger(), invented.stranger())
                try await lab.load(
                    Invented.header + Invented.row("R-1", "relative", 1, father)
                        + Invented.row("U-1", "living", 2, invented.child(father, mother)))
                try await lab.laboratory.answerSearches()
                return lab
            }
            task = made
            return try await made.value
        }
    }
}

extension Where {
    func number(_ number: String) -> String { self == .here ? number : "nowhere" }
}

extension Samples {
    static let laboratoryExceptions = [
        "AtLaboratory": "generic: its name is that of what is done in the library",
        "StoreFound": "a step of a search; LibraryTests",
        "FailSearch": "a step of a search",
        "ReportConclusion": "the library's own report; LibraryTests",
    ]

    private static let inquiry = Inquiry(purpose: "寻亲比对")

    static let laboratory: [Sample] = [
        .library(.systemAdministrator) { _, lab, _ in lab.enabling() },
        .library { _, _, _ in SeeLibrary() },
        .library { _, _, _ in ReadLedger() },
        .library(.auditAdministrator) { _, _, _ in ExportLedger() },
        .library(.auditAdministrator) { _, _, _ in VerifyLedger() },
        .library { _, _, _ in ChooseMethod(method: Lab.method) },
        .library { _, _, _ in ListSamples() },
        .library(record: true) { SeeSample(number: $2.number("U-1"), inquiry: inquiry) },
        .library { _, _, _ in
            var load = ImportSamples(
                input: .bytes(name: "b.csv", Array("id,TH01\nN-1,6/7\n".utf8)), format: .csv)
            load.kind = .living
            return load
        },
        .library(record: true) {
            SearchLibrary(kind: .one, subject: $2.number("U-1"), inquiry: inquiry)
        },
        .library(record: true) { _, lab, place in
            let known = try await lab.database.read {
                try $0.first("SELECT id FROM library_search")?["id"] as ID<LibrarySearch>?
            }
            return SeeSearch(search: place.id(known ?? ID(at: Instant(milliseconds: 2))))
        },
        .library { _, _, _ in ListSearches() },
        .library { _, _, _ in
            KeepFamily(
                code: "F-1", pedigree: "id,father,mother,sex\nX,R-1,0,2\nR-1,0,0,1\n",
                missing: "X")
        },
        .library { _, _, _ in ListFamilies() },
        .library { _, _, _ in ListMatches() },
        .library(record: true) { _, lab, place in SeeMatch(match: place.id(try await match(lab))) },
        .library(record: true) { _, lab, place in
            DecideMatch(match: place.id(try await match(lab)), verdict: .confirm, reason: "成立")
        },
        .library(record: true) {
            CompareSamples(
                query: $2.number("U-1"), candidate: "R-1", relation: "parent", inquiry: inquiry)
        },
    ]

    private static func match(_ lab: Lab) async throws -> Match.ID {
        try await lab.database.read { try $0.first("SELECT id FROM library_match")?["id"] }
            ?? ID(at: Instant(milliseconds: 2))
    }
}

import Foundation
import GuituCore
import GuituModel
import HTTPTypes

/// The JSON of devices and other systems: the same use-cases, a token instead
/// of a cookie, problem+json instead of pages.
enum DataRoutes {
    static let all: [Route] = [
        .data(.post, "/api/arrivals", [RegisterArrival.self], register),
        .data(.get, "/api/people/{person}", [SeePerson.self], person),
    ]

    /// An arrival as a device sends it. Days and ages as people say them.
    struct Arrival: Decodable {
        /// Walked by a test that types into every one of them.
        enum CodingKeys: String, CodingKey, CaseIterable {
            case station, person, arrivedAt, mode, sex, communication, condition, conditionNotes
            case broughtBy, name, nameCertainty, birth, birthSource, identityNumber, foundPlace
            case foundOn, belongings, consent
        }
        struct Item: Decodable {
            var name: String
            var quantity: Int?
            var keeping: Keeping?
        }
        var station: Area.ID
        var person: Person.ID?
        /// Milliseconds since 1970-01-01T00:00:00Z.
        var arrivedAt: Int64
        var mode: ArrivalMode
        var sex: Sex
        var communication: Communication
        var condition: Condition
        var conditionNotes: String?
        var broughtBy: String?
        var name: String?
        var nameCertainty: NameCertainty?
        var birth: String?
        /// Who knows the age; `staff`, which is also meant without it, judged
        /// it by looks.
        var birthSource: ObservationSource?
        var identityNumber: String?
        var foundPlace: String?
        var foundOn: String?
        var belongings: [Item]?
        var consent: ConsentToTracing?
        /// Arrived more than a month ago, and that is meant.
        var isLateEntry: Bool?
    }

    @Sendable private static func register(_ visit: Visit) async throws -> Reply {
        guard let key = IdempotencyKey(visit.headers[.idempotencyKey] ?? "") else {
            throw WebFault.formWithoutKey
        }
        guard visit.headers[.contentType]?.hasPrefix("application/json") == true else {
            throw WebFault.wrongType
        }
        let sent: Arrival
        do {
            sent = try JSONDecoder().decode(Arrival.self, from: Data(visit.body))
        } catch let error as DecodingError {
            throw InvalidFields([Saying("field.unreadable", field: error.field)])
        }
        var arrival = RegisterArrival(
            station: sent.station, arrivedAt: Instant(milliseconds: sent.arrivedAt),
            mode: sent.mode, sex: sent.sex, communication: sent.communication,
            check: .init(condition: sent.condition, notes: sent.conditionNotes ?? ""))
        var form = FormReading(
            Typed([("birth", sent.birth ?? ""), ("foundOn", sent.foundOn ?? "")]))
        let day = arrival.arrivedAt.inChina.day
        arrival.person = sent.person
        arrival.broughtBy = sent.broughtBy ?? ""
        arrival.name = sent.name ?? ""
        arrival.nameCertainty = sent.nameCertainty ?? .selfReported
        arrival.birth = form.partialDay("birth", on: day)
        arrival.birthSource = sent.birthSource ?? .staff
        arrival.foundOn = form.partialDay("foundOn", on: day)
        arrival.identityNumber = sent.identityNumber ?? ""
        arrival.foundPlace = sent.foundPlace ?? ""
        arrival.belongings = (sent.belongings ?? []).map {
            .init(name: $0.name, quantity: $0.quantity ?? 1, keeping: $0.keeping ?? .custody)
        }
        arrival.isLateEntry = sent.isLateEntry ?? false
        arrival.consent = sent.consent
        try form.finish()
        let arrived = try await visit.workplace.perform(arrival, as: visit.actor, key: key)
        var reply = Reply.json(.created, arrived)
        reply.headers[.location] = "/api/people/\(arrived.person.text)"
        return reply
    }

    private struct PersonFile: Encodable {
        struct Episode: Encodable {
            var id: ReliefEpisode.ID
            var caseNumber: String
            var arrivedAt: Instant
            var endedAt: Instant?
            var whereabouts: PlaceOfStay?
            var bed: String?
        }
        var id: Person.ID
        var version: Int
        var station: Area.ID
        var name: String
        var nameCertainty: NameCertainty
        var sex: Sex
        var birth: String?
        /// Judged by looks: nobody said it and no document shows it.
        var birthIsEstimate: Bool
        var communication: Communication
        var maskedIdentity: String?
        var protection: Protection
        var episodes: [Episode]
        var request: TracingRequest.ID?
    }

    @Sendable private static func person(_ visit: Visit) async throws -> Reply {
        let person = try await visit.see(SeePerson(person: visit.id("person")))
        return .json(
            .ok,
            PersonFile(
                id: person.id, version: person.version, station: person.station,
                name: person.name, nameCertainty: person.nameCertainty, sex: person.sex,
                birth: person.birth?.said, birthIsEstimate: person.birthIsEstimate,
                communication: person.communication,
                maskedIdentity: person.maskedIdentity, protection: person.protection,
                episodes: person.episodes.map {
                    .init(
                        id: $0.id, caseNumber: $0.caseNumber, arrivedAt: $0.arrivedAt,
                        endedAt: $0.endedAt, whereabouts: $0.place, bed: $0.bed)
                }, request: person.request?.id))
    }
}

extension DecodingError {
    /// The field that does not read, by its path; never its value.
    fileprivate var field: String {
        let (path, last): ([any CodingKey], (any CodingKey)?) =
            switch self {
            case .keyNotFound(let key, let context): (context.codingPath, key)
            case .valueNotFound(_, let context), .typeMismatch(_, let context),
                .dataCorrupted(let context):
                (context.codingPath, nil)
            @unknown default: ([], nil)
            }
        return (path + (last.map { [$0] } ?? [])).map(\.stringValue).joined(separator: ".")
    }
}

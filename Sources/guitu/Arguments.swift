import ArgumentParser
import GuituCore
import GuituModel
import GuituText

// How words of the vocabulary, moments and dates are typed on the command line.

extension Vocabulary {
    /// All words, for help.
    static var words: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

extension ListPeople.Standing {
    static var words: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

extension ArrivalMode: ExpressibleByArgument {}
extension Sex: ExpressibleByArgument {}
extension Language: ExpressibleByArgument {}
extension CloseMissing.Outcome: ExpressibleByArgument {}
extension Communication: ExpressibleByArgument {}
extension Condition: ExpressibleByArgument {}
extension NameCertainty: ExpressibleByArgument {}
extension ObservationSource: ExpressibleByArgument {}
extension ConsentToTracing: ExpressibleByArgument {}
extension Verdict: ExpressibleByArgument {}
extension DepartureKind: ExpressibleByArgument {}
extension TracingOutcome: ExpressibleByArgument {}
extension WhereaboutsKind: ExpressibleByArgument {}
extension ListPeople.Standing: ExpressibleByArgument {}

/// `2026-11-24T02:30` as a wall clock in China shows it; `now` if left out.
func moment(_ typed: String?, now: Instant) throws -> Instant {
    guard let typed else { return now }
    let parts = typed.split(separator: "T")
    let clock = parts.count == 2 ? parts[1].split(separator: ":").compactMap { Int($0) } : []
    guard parts.count == 2, let day = Day(String(parts[0])), clock.count == 2,
        (0...23).contains(clock[0]), (0...59).contains(clock[1])
    else { throw ValidationError("a moment is written 2026-11-24T02:30, not '\(typed)'") }
    return Instant(day, hour: clock[0], minute: clock[1])
}

/// A date or age as said; only a plain contradiction is refused.
func partialDay(_ typed: String?, _ option: String, _ now: Instant) throws -> PartialDay? {
    guard let typed, !typed.isEmpty else { return nil }
    do throws(PartialDay.Failure) {
        return try PartialDay(reading: typed, on: now.inChina.day)
    } catch {
        throw Ending.refused(
            InvalidFields([
                Saying("partialDay.\(error.word)", error.arguments, field: option)
            ]))
    }
}

func idempotencyKey(_ typed: String?) throws -> IdempotencyKey? {
    guard let typed else { return nil }
    guard let key = IdempotencyKey(typed) else {
        throw ValidationError("a key has 16 to 64 letters, digits or hyphens")
    }
    return key
}

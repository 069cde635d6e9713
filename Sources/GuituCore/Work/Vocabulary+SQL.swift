import GuituModel
import GuituStore

// The vocabulary of the model as columns hold it: its raw words.

extension Area.Level: SQLConvertible {}
extension Sex: SQLConvertible {}
extension ArrivalMode: SQLConvertible {}
extension NameCertainty: SQLConvertible {}
extension IdentityDocumentKind: SQLConvertible {}
extension Communication: SQLConvertible {}
extension Condition: SQLConvertible {}
extension WhereaboutsKind: SQLConvertible {}
extension ConsentToTracing: SQLConvertible {}
extension Protection: SQLConvertible {}
extension RequestState: SQLConvertible {}
extension ReportState: SQLConvertible {}
extension TracingOutcome: SQLConvertible {}
extension CandidateState: SQLConvertible {}
extension Verdict: SQLConvertible {}
extension DepartureKind: SQLConvertible {}
extension Keeping: SQLConvertible {}
extension ObservationKind: SQLConvertible {}
extension ObservationSource: SQLConvertible {}
extension Certainty: SQLConvertible {}
extension Role: SQLConvertible {}

extension PartialDay: SQLConvertible {
    public var sqlValue: SQLValue { .text(description) }
    public init(sqlValue: SQLValue) throws {
        guard let day = PartialDay(try String(sqlValue: sqlValue)) else {
            throw RowError.unexpectedValue(type: "PartialDay")
        }
        self = day
    }
}

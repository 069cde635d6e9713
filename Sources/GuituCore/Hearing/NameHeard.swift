import Foundation
import GuituModel
import GuituStore

/// Somebody's own or a parent's name as it was heard: pinyin, characters taken
/// for their sound, or both.
///
/// Kept as one line that staff can read as well: `本人 · fu jian hua（音） · 43`.
public struct NameHeard: Codable, Sendable, Hashable {
    public enum Whose: String, Vocabulary { case own, father, mother }

    public var whose: Whose
    public var heard: String
    /// The province it may have been said in, by its two digits.
    public var province: String?

    /// Four syllables, each unsure between a few.
    public static let longest = 60
    private static let mark = "（音）"

    public init(_ whose: Whose, _ heard: String, province: String? = nil) {
        self.whose = whose
        // Whoever copies a notice copies its mark.
        var text = heard.trimmingCharacters(in: .whitespaces)
        for end in ["(音)", Self.mark] where text.hasSuffix(end) {
            text.removeLast(end.count)
        }
        self.heard = text.trimmingCharacters(in: .whitespaces)
        self.province = province
    }

    /// In the record's own language, as everything that staff write down.
    private static func said(_ whose: Whose) -> String {
        switch whose {
        case .own: "本人"
        case .father: "父亲"
        case .mother: "母亲"
        }
    }

    public var said: String {
        ([Self.said(whose), heard + Self.mark] + [province].compactMap { $0 })
            .joined(separator: " · ")
    }

    /// Reads `said` again; nil for anything else.
    public init?(reading said: String) {
        let parts = said.components(separatedBy: " · ")
        guard (2...3).contains(parts.count),
            let whose = Whose.allCases.first(where: { Self.said($0) == parts[0] })
        else { return nil }
        let province = parts.count == 3 ? parts[2] : nil
        if let province, !WordsHeard.isProvince(province) { return nil }
        self.init(whose, parts[1], province: province)
        if heard.isEmpty { return nil }
    }

    /// What is wrong with it as a clerk would have to write it. Whether there is
    /// a syllable in it, only an ear knows.
    public var fault: Saying? {
        if heard.isEmpty { return Saying("field.required") }
        if heard.count > Self.longest { return Saying("namesHeard.tooLong") }
        return WordsHeard([heard]).faults.first?.saying
    }
}

extension PersonDescription {
    /// Characters are compared as characters, what has letters by ear alone.
    mutating func add(_ heard: NameHeard) {
        let name = heard.heard
        let isWritten = (2...4).contains(name.count) && name.allSatisfy(\.isHan)
        if !isWritten {
            namesHeard.append(.init(name, province: heard.province.flatMap(Int.init) ?? 0))
        } else if !names.contains(where: { $0.text == name }) {
            names.append(.init(name, .transcribed))
        }
    }
}

/// Keeps names that somebody was heard to say as observations of the person;
/// their own takes part in the ranking.
public struct SaveNamesHeard: ChangingUseCase {
    public static let needs = Permission.describePerson
    public var target: Target { .request(request) }
    public var request: TracingRequest.ID
    public var names: [NameHeard]
    public var source: ObservationSource
    public var certainty: Certainty

    public init(
        request: TracingRequest.ID, names: [NameHeard], source: ObservationSource,
        certainty: Certainty
    ) {
        self.request = request
        self.names = names
        self.source = source
        self.certainty = certainty
    }

    public func perform(in work: Work) throws -> Nothing {
        guard !names.isEmpty else { throw SaveWordsHeard.Failure.nothing }
        let wrong = names.compactMap { name in
            name.fault.map { fault in
                var saying = fault
                saying.field = name.whose.rawValue
                return saying
            }
        }
        guard wrong.isEmpty else { throw InvalidFields(wrong) }
        try work.tracing.keep(
            heard: names.map { (.nameHeard, $0.said) }, amongKinds: [.nameHeard], for: request,
            source, certainty)
        if names.contains(where: { $0.whose == .own }) { try work.enqueueRanking(of: request) }
        return Nothing()
    }
}

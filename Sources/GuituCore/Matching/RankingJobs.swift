import GuituModel

extension Work {
    /// Has the request ranked again, soon and once.
    func enqueueRanking(of request: TracingRequest.ID) throws {
        try enqueue(RankRequest.kind, key: request.text, ["request": request.text])
    }
}

/// Ranks one request after its person, consent or evidence changed.
public struct RankRequestJob: JobHandler {
    public static let kind = RankRequest.kind
    public init() {}

    public func perform(_ details: [String: String], in workplace: Workplace) async throws {
        guard let request = details["request"].flatMap({ TracingRequest.ID($0) }) else { return }
        try await RankRequest.run(request, in: workplace)
    }
}

/// Ranks every open request after reports came in.
public struct RankReportsJob: JobHandler {
    public static let kind = RankReports.kind
    public init() {}

    public func perform(_ details: [String: String], in workplace: Workplace) async throws {
        try await RankReports.run(in: workplace)
    }
}

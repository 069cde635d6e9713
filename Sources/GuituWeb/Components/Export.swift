import GuituCore

extension Visit {
    /// A whole list as a file for a spreadsheet, said and masked as its page is.
    ///
    /// - Parameters:
    ///   - name: The file's name, ours.
    ///   - columns: A title and what a line says under it.
    func export<List: ListUseCase>(
        _ list: List, as name: String, _ columns: [(String, (List.Line) -> String)]
    ) async throws -> Reply {
        let answer = try await see(Export(list))
        var rows = [columns.map(\.0)] + answer.lines.map { line in columns.map { $0.1(line) } }
        if answer.isCut {
            rows.append([text("list.cut", ["count": text(answer.lines.count)])])
        }
        return .table(name, rows)
    }
}

import ArgumentParser
import Foundation
import GuituCore
import GuituModel

extension NoticesCommand {
    struct Examples: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print what officers corrected in notices, to measure the reader by.",
            discussion: """
                A JSON line an example: id, kept_at, kind, published, text, and fields with name, \
                read and right. They hold names and phone numbers of real people: keep them as you \
                keep the records themselves.
                """)
        @OptionGroup var options: ActingOptions

        private struct Line: Encodable {
            var id: ID<NoticeExample>
            var keptAt: String
            var kind: String
            var published: String
            var text: String
            var fields: [NoticeExample.Field]
        }

        func run(in context: CommandContext) async throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            encoder.keyEncodingStrategy = .convertToSnakeCase
            for kept in try await context.perform(ListNoticeExamples()) {
                let line = Line(
                    id: kept.id, keptAt: "\(kept.keptAt.inChina.day)", kind: kept.example.kind,
                    published: kept.example.published, text: kept.example.text,
                    fields: kept.example.fields)
                print(String(decoding: try encoder.encode(line), as: UTF8.self))
            }
        }
    }
}

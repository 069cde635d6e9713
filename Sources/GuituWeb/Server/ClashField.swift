import GuituModel
import GuituText

/// How a field that two people edited is called, and how its value is said.
struct ClashField {
    var key: TextKey
    var say: @Sendable (String, Text) -> String

    private init(_ key: TextKey, _ say: @escaping @Sendable (String, Text) -> String) {
        self.key = key
        self.say = say
    }

    private static func words<Word: RawRepresentable<String>>(_: Word.Type)
        -> @Sendable (
            String, Text
        ) -> String
    {
        { value, text in Word(rawValue: value).map { text(of: $0) } ?? value }
    }

    static func named(_ field: String) -> ClashField {
        switch field {
        case "name": ClashField(TextKey("person.name")) { value, _ in value }
        case "nameCertainty":
            ClashField(TextKey("person.nameCertainty"), words(NameCertainty.self))
        case "sex": ClashField(TextKey("person.sex"), words(Sex.self))
        case "communication":
            ClashField(TextKey("person.communication"), words(Communication.self))
        case "birth":
            ClashField(TextKey("person.birth")) { value, _ in PartialDay(value)?.said ?? value }
        case "arrivedAt":
            ClashField(TextKey("arrival.at")) { value, _ in
                value.replacing("T", with: " ")
            }
        case "mode": ClashField(TextKey("arrival.mode"), words(ArrivalMode.self))
        case "broughtBy": ClashField(TextKey("arrival.broughtBy")) { value, _ in value }
        case "foundPlace": ClashField(TextKey("arrival.foundPlace")) { value, _ in value }
        case "foundOn": ClashField(TextKey("arrival.foundOn")) { value, _ in value }
        case "condition": ClashField(TextKey("arrival.condition"), words(Condition.self))
        case "checkNotes": ClashField(TextKey("arrival.checkNotes")) { value, _ in value }
        case "consent": ClashField(TextKey("tracing.consent"), words(ConsentToTracing.self))
        case "protection": ClashField(TextKey("person.protection"), words(Protection.self))
        case "address": ClashField(TextKey("station.address")) { value, _ in value }
        case "hotline": ClashField(TextKey("station.hotline")) { value, _ in value }
        case "isDisabled":
            ClashField(TextKey("account.access")) { value, text in
                value == "true" ? text("account.disabled") : text("account.enabled")
            }
        default: ClashField(TextKey("clash.other")) { value, _ in value }
        }
    }
}

import GuituModel
import GuituStore

/// Something that happened, named; see `Work.emit`.
public enum Fact {
    public enum Kind: String, CaseIterable, Sendable, Codable, SQLConvertible {
        case arrivalRegistered = "arrival-registered"
        case arrivalCorrected = "arrival-corrected"
        case whereaboutsChanged = "whereabouts-changed"
        case bedGiven = "bed-given"
        case bedFreed = "bed-freed"
        case belongingKept = "belonging-kept"
        case belongingReturned = "belonging-returned"
        case observationAdded = "observation-added"
        case personCorrected = "person-corrected"
        case personProtected = "person-protected"
        case filesLinked = "files-linked"
        case filesUnlinked = "files-unlinked"
        case tracingOpened = "tracing-opened"
        case consentDecided = "consent-decided"
        case tracingClosed = "tracing-closed"
        case missingReported = "missing-reported"
        case missingImported = "missing-imported"
        case missingClosed = "missing-closed"
        case candidatesRanked = "candidates-ranked"
        case candidateDecided = "candidate-decided"
        case departed
        case departureUndone = "departure-undone"
        case attachmentAdded = "attachment-added"
        case attachmentRemoved = "attachment-removed"
        case unmasked
        case accountMade = "account-made"
        case accountChanged = "account-changed"
        case passwordChanged = "password-changed"
        case signedIn = "signed-in"
        case signedOut = "signed-out"
        case stationChanged = "station-changed"
        case invented
    }
}

public enum Job {}
public enum Notification {}

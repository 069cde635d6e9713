import GuituText

/// The trail in the reader's language. It keeps the program's own words, which
/// commands and other programs read; a page says what they mean.
enum AuditWords {
    /// What somebody did, by the name of its use-case. Only those that leave an
    /// entry when all goes well; a test asks for each of them.
    static let did: [String: TextKey] = [
        "AddAttachment": TextKey("did.addAttachment"),
        "AddObservation": TextKey("did.addObservation"),
        "AnchorAudit": TextKey("did.anchorAudit"),
        "AuditHeads": TextKey("did.auditHeads"),
        "BeginImport": TextKey("did.beginImport"),
        "Bulk": TextKey("did.bulk"),
        "ChangeAccount": TextKey("did.changeAccount"),
        "ChangeBed": TextKey("did.changeBed"),
        "ChangeOwnPassword": TextKey("did.changeOwnPassword"),
        "ChangeStation": TextKey("did.changeStation"),
        "ChangeWhereabouts": TextKey("did.changeWhereabouts"),
        "ChooseMethod": TextKey("did.chooseMethod"),
        "CloseTracing": TextKey("did.closeTracing"),
        "CompareCandidate": TextKey("did.compareCandidate"),
        "CompareSamples": TextKey("did.compareSamples"),
        "CorrectPerson": TextKey("did.correctPerson"),
        "CountWrongPassword": TextKey("did.countWrongPassword"),
        "DecideCandidate": TextKey("did.decideCandidate"),
        "DecideConsent": TextKey("did.decideConsent"),
        "DecideMatch": TextKey("did.decideMatch"),
        "Depart": TextKey("did.depart"),
        "EnableLibrary": TextKey("did.enableLibrary"),
        "EndImport": TextKey("did.endImport"),
        "EndInventing": TextKey("did.endInventing"),
        "EndSession": TextKey("did.endSession"),
        "ExportBeds": TextKey("did.exportBeds"),
        "ExportListAccounts": TextKey("did.exportListAccounts"),
        "ExportListAreas": TextKey("did.exportListAreas"),
        "ExportListMissing": TextKey("did.exportListMissing"),
        "ExportListPeople": TextKey("did.exportListPeople"),
        "ExportListRequests": TextKey("did.exportListRequests"),
        "ExportReadAudit": TextKey("did.exportReadAudit"),
        "FailSearch": TextKey("did.failSearch"),
        "FreeBed": TextKey("did.freeBed"),
        "GiveBed": TextKey("did.giveBed"),
        "GrantRole": TextKey("did.grantRole"),
        "ImportSamples": TextKey("did.importSamples"),
        "InventOffices": TextKey("did.inventOffices"),
        "KeepBelonging": TextKey("did.keepBelonging"),
        "KeepFamily": TextKey("did.keepFamily"),
        "KeepNoticeExample": TextKey("did.keepNoticeExample"),
        "LinkFiles": TextKey("did.linkFiles"),
        "ListAttachments": TextKey("did.listAttachments"),
        "ListFamilies": TextKey("did.listFamilies"),
        "ListMatches": TextKey("did.listMatches"),
        "ListMissing": TextKey("did.listMissing"),
        "ListNoticeExamples": TextKey("did.listNoticeExamples"),
        "ListPeople": TextKey("did.listPeople"),
        "ListRequests": TextKey("did.listRequests"),
        "ListSamples": TextKey("did.listSamples"),
        "ListSearches": TextKey("did.listSearches"),
        "MakeAccount": TextKey("did.makeAccount"),
        "MakeArea": TextKey("did.makeArea"),
        "MakeBackup": TextKey("did.makeBackup"),
        "MakeBeds": TextKey("did.makeBeds"),
        "MakeRoom": TextKey("did.makeRoom"),
        "MakeStation": TextKey("did.makeStation"),
        "MakeToken": TextKey("did.makeToken"),
        "MarkAllNotificationsRead": TextKey("did.markAllNotificationsRead"),
        "MarkNotificationRead": TextKey("did.markNotificationRead"),
        "NameAdministrator": TextKey("did.nameAdministrator"),
        "NameOfficer": TextKey("did.nameOfficer"),
        "NoteSample": TextKey("did.noteSample"),
        "OfferSetUp": TextKey("did.offerSetUp"),
        "OpenTracing": TextKey("did.openTracing"),
        "ProlongSession": TextKey("did.prolongSession"),
        "Protect": TextKey("did.protect"),
        "ReadAudit": TextKey("did.readAudit"),
        "ReadLedger": TextKey("did.readLedger"),
        "RecordImport": TextKey("did.recordImport"),
        "RegisterArrival": TextKey("did.registerArrival"),
        "RegisterMissing": TextKey("did.registerMissing"),
        "RemoveAttachment": TextKey("did.removeAttachment"),
        "ReportConclusion": TextKey("did.reportConclusion"),
        "ResetPassword": TextKey("did.resetPassword"),
        "RestoreAttachment": TextKey("did.restoreAttachment"),
        "RetireArea": TextKey("did.retireArea"),
        "RetractObservation": TextKey("did.retractObservation"),
        "RetryJob": TextKey("did.retryJob"),
        "ReturnBelongings": TextKey("did.returnBelongings"),
        "RevokeRole": TextKey("did.revokeRole"),
        "SaveNamesHeard": TextKey("did.saveNamesHeard"),
        "SaveWordsHeard": TextKey("did.saveWordsHeard"),
        "SearchLibrary": TextKey("did.searchLibrary"),
        "SeeAttachment": TextKey("did.seeAttachment"),
        "SeeDesk": TextKey("did.seeDesk"),
        "SeeLibrary": TextKey("did.seeLibrary"),
        "SeeMatch": TextKey("did.seeMatch"),
        "SeeMissing": TextKey("did.seeMissing"),
        "SeePerson": TextKey("did.seePerson"),
        "SeeRequest": TextKey("did.seeRequest"),
        "SeeSample": TextKey("did.seeSample"),
        "SeeSearch": TextKey("did.seeSearch"),
        "SeeWordsHeard": TextKey("did.seeWordsHeard"),
        "SetUp": TextKey("did.setUp"),
        "SignIn": TextKey("did.signIn"),
        "SignOut": TextKey("did.signOut"),
        "SignOutEverywhere": TextKey("did.signOutEverywhere"),
        "StoreFound": TextKey("did.storeFound"),
        "StoreRanking": TextKey("did.storeRanking"),
        "TrySetUpCode": TextKey("did.trySetUpCode"),
        "UnlinkFiles": TextKey("did.unlinkFiles"),
        "Unmask": TextKey("did.unmask"),
        "VerifyAudit": TextKey("did.verifyAudit"),
        "VerifyLedger": TextKey("did.verifyLedger"),
        "WithdrawDecision": TextKey("did.withdrawDecision"),
    ]

    /// What it was about.
    static let kinds: [String: TextKey] = [
        "nobody": TextKey("about.nobodyKind"),
        "own-areas": TextKey("about.ownAreasKind"),
        "area": TextKey("about.areaKind"),
        "person": TextKey("about.personKind"),
        "episode": TextKey("about.episodeKind"),
        "bed": TextKey("about.bedKind"),
        "request": TextKey("about.requestKind"),
        "report": TextKey("about.reportKind"),
        "candidate": TextKey("about.candidateKind"),
        "account": TextKey("about.accountKind"),
        "attachment": TextKey("about.attachmentKind"),
    ]
}

extension Text {
    /// Staff say what they did; anything else is shown as the trail has it.
    func did(_ useCase: String) -> String {
        AuditWords.did[useCase].map { self($0) } ?? useCase
    }

    func about(_ kind: String) -> String { AuditWords.kinds[kind].map { self($0) } ?? kind }

    /// A name as it is; the program's own steps and visitors in words.
    func who(_ label: String) -> String {
        if label.hasPrefix("program:") { return self(TextKey("who.program")) }
        return label == "visitor" ? self(TextKey("who.visitor")) : label
    }
}

import ArgumentParser
import Foundation
import GuituCore
import GuituModel
import GuituText

struct AccountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account",
        abstract: "Keep accounts, roles, passwords and tokens.",
        subcommands: [
            TakeToken.self, Who.self, Sessions.self, EndOne.self, Leave.self, ChangePassword.self,
            List.self, Show.self, Make.self, Change.self, Grant.self, Revoke.self, Reset.self,
            Recover.self,
        ])
}

extension AccountCommand {
    /// Signs in with a password; everything else needs the token this gives.
    struct TakeToken: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "token",
            abstract: "Sign in with a password and get a token for commands.",
            discussion: """
                Asks for the password, or reads it from standard input when that is no terminal. \
                The token is printed once; with --save it goes to a file that only you can read.
                """)

        @OptionGroup var options: CommonOptions

        @Option(name: .customLong("as"), help: "The login.")
        var login: String

        @Option(help: "What the token is for, as the list of sessions will show it.")
        var label: String = "guitu"

        @Option(help: "Days until it ends.")
        var days: Int = 30

        @Flag(help: "Keep the token where commands find it, instead of printing it.")
        var save = false

        func run() async throws {
            let setting = try CommandSetting(options)
            try await setting.ended {
                let workplace = try await setting.openWorkplace()
                let password = try Typed.password(setting.text("command.password"))
                let opened = try await workplace.signIn(
                    SignInRequest(
                        login: login, password: password, address: "terminal",
                        session: .token(label: label, days: days)))
                await workplace.database.close()
                if opened.mustChangePassword {
                    complain(setting.text("command.passwordChangeRequired"))
                }
                struct Answer: Encodable {
                    var token: String?
                    var file: String?
                    var expiresAt: Instant
                }
                if save {
                    let file = try Typed.keep(opened.token, for: login)
                    try setting.print(
                        setting.text("command.tokenKept", ["path": file]),
                        json: Answer(file: file, expiresAt: opened.expiresAt))
                } else {
                    try setting.print(
                        opened.token.reveal,
                        json: Answer(token: opened.token.reveal, expiresAt: opened.expiresAt))
                }
            }
        }
    }

    struct Who: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the account that the token belongs to, and its roles.")
        @OptionGroup var options: ActingOptions

        func run(in context: CommandContext) async throws {
            let own = try await context.perform(SeeOwnAccount())
            try context.print(
                (["\(own.login)\t\(own.name)\t\(own.homeName)"]
                    + own.grants.map { "\(context.text(of: $0.role))\t\($0.areaName)" })
                    .joined(separator: "\n"), json: own)
        }
    }

    struct Sessions: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "List your open sessions and tokens.")
        @OptionGroup var options: ActingOptions

        func run(in context: CommandContext) async throws {
            let lines = try await context.perform(ListOwnSessions())
            try context.print(
                lines.map {
                    "\($0.id.prefix(12))\t\($0.isToken ? "token" : "browser")\t\($0.label)"
                }.joined(separator: "\n"), json: lines)
        }
    }

    struct EndOne: ActingCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke-token",
            abstract: "End one of your sessions or tokens, by the beginning of its id.")
        @OptionGroup var options: ActingOptions
        @Argument(help: "At least eight characters of the id.") var session: String

        func run(in context: CommandContext) async throws {
            let lines = try await context.perform(ListOwnSessions())
            let meant = lines.filter { $0.id.hasPrefix(session) }
            guard session.count >= 8, meant.count == 1 else { throw Ending.notFound }
            try await context.perform(EndSession(session: meant[0].id))
            try context.print(context.text("command.done"), json: Nothing())
        }
    }

    struct Leave: ActingCommand {
        static let configuration = CommandConfiguration(
            commandName: "sign-out",
            abstract: "End this token, or with --everywhere every session and token of yours.")
        @OptionGroup var options: ActingOptions
        @Flag(help: "Every session and token, browsers included.") var everywhere = false

        func run(in context: CommandContext) async throws {
            if everywhere {
                _ = try await context.perform(SignOutEverywhere())
            } else {
                try await context.perform(SignOut())
            }
            try context.print(context.text("command.done"), json: Nothing())
        }
    }

    struct ChangePassword: ActingCommand {
        static let configuration = CommandConfiguration(
            commandName: "password", abstract: "Change your own password and end other sessions.",
            discussion: "Asks for both, or reads two lines from standard input.")
        @OptionGroup var options: ActingOptions

        func run(in context: CommandContext) async throws {
            let current = try Typed.password(context.text("command.password"))
            let new = try Typed.password(context.text("command.newPassword"))
            try await context.workplace.changeOwnPassword(
                from: current, to: new, as: context.actor)
            try context.print(context.text("command.done"), json: Nothing())
        }
    }

    struct List: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the accounts of your offices.")
        @OptionGroup var options: ActingOptions
        @Option(help: "The beginning of a login or name.") var search = ""
        @Option(help: "Only accounts with this role.") var role: Role?
        @Flag(help: "Disabled accounts too.") var disabled = false

        func run(in context: CommandContext) async throws {
            var list = ListAccounts()
            list.search = search
            list.role = role
            list.includesDisabled = disabled
            list.limit = 500
            var lines: [ListAccounts.Line] = []
            repeat {
                let answer = try await context.perform(list)
                lines += answer.lines
                list.after = answer.next
            } while list.after != nil
            try context.print(
                lines.map { line in
                    let roles = line.roles.map { context.text(of: $0) }.joined(separator: ", ")
                    return "\(line.id)\t\(line.login)\t\(line.name)\t\(line.homeName)\t\(roles)"
                        + (line.isDisabled ? "\t" + context.text("command.disabled") : "")
                }.joined(separator: "\n"), json: lines)
        }
    }

    struct Show: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one account with its roles.")
        @OptionGroup var options: ActingOptions
        @Argument(help: "The account's id.") var account: String

        func run(in context: CommandContext) async throws {
            let seen = try await context.perform(SeeAccount(account: context.id(account)))
            try context.print(
                (["\(seen.login)\t\(seen.name)\t\(seen.homeName)"]
                    + seen.grants.map {
                        "\(context.text(of: $0.role))\t\($0.areaName)\t\($0.area)"
                    }).joined(separator: "\n"), json: seen)
        }
    }

    struct Make: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make an account; prints its one-time password.")
        @OptionGroup var options: ActingOptions
        @Argument(help: "The login.") var login: String
        @Option(help: "The person's name.") var name: String
        @Option(help: "The area's id it belongs to.") var home: String
        @Option(parsing: .upToNextOption, help: "Roles it has there.") var roles: [Role] = []

        func run(in context: CommandContext) async throws {
            let made = try await context.workplace.makeAccount(
                login: login, name: name, home: context.id(home), roles: roles, as: context.actor)
            try context.printOneTime(made)
        }
    }

    struct Change: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Correct an account's name, disable it or let it back in.")
        @OptionGroup var options: ActingOptions
        @Argument(help: "The account's id.") var account: String
        @Option(help: "The corrected name.") var name: String?
        @Flag(inversion: .prefixedEnableDisable, help: "Whether it may sign in.")
        var access: Bool?

        func run(in context: CommandContext) async throws {
            let id: Account.ID = try context.id(account)
            let seen = try await context.perform(SeeAccount(account: id))
            try await context.perform(
                ChangeAccount(
                    account: id, version: seen.version, name: name ?? seen.name,
                    isDisabled: access.map { !$0 } ?? seen.isDisabled))
            try context.print(context.text("command.done"), json: Nothing())
        }
    }

    struct Grant: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give an account a role in an area.")
        @OptionGroup var options: ActingOptions
        @Argument(help: "The account's id.") var account: String
        @Argument(help: "The role.") var role: Role
        @Argument(help: "The area's id.") var area: String

        func run(in context: CommandContext) async throws {
            try await context.perform(
                GrantRole(account: context.id(account), role: role, area: context.id(area)))
            try context.print(context.text("command.done"), json: Nothing())
        }
    }

    struct Revoke: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a role back from an account.")
        @OptionGroup var options: ActingOptions
        @Argument(help: "The account's id.") var account: String
        @Argument(help: "The role.") var role: Role
        @Argument(help: "The area's id.") var area: String

        func run(in context: CommandContext) async throws {
            try await context.perform(
                RevokeRole(account: context.id(account), role: role, area: context.id(area)))
            try context.print(context.text("command.done"), json: Nothing())
        }
    }

    struct Reset: ActingCommand {
        static let configuration = CommandConfiguration(
            commandName: "reset-password",
            abstract: "Give an account a one-time password and end its sessions.")
        @OptionGroup var options: ActingOptions
        @Argument(help: "The account's id.") var account: String

        func run(in context: CommandContext) async throws {
            try context.printOneTime(
                try await context.workplace.resetPassword(
                    of: context.id(account), as: context.actor))
        }
    }
}

extension AccountCommand {
    /// The one door beside the tokens: without it a forgotten password of the
    /// only security administrator would close the accounts for good. It needs
    /// the key ring and the database, which together open everything anyway,
    /// and it stands in the trail as the program's.
    struct Recover: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a security administrator back in who forgot the password.",
            discussion: """
                Runs on the server, for who can read the key ring; it is audited as \
                "program:recover". Other accounts are reset by the security administrator.
                """)

        @OptionGroup var options: CommonOptions
        @Argument(help: "The login of a security administrator.") var login: String

        func run() async throws {
            let setting = try CommandSetting(options)
            try await setting.ended {
                let workplace = try await setting.openWorkplace()
                let program = Actor.program(reason: "recover")
                var list = ListAccounts()
                list.search = login
                list.role = .securityAdministrator
                let found = try await workplace.perform(list, as: program).lines
                guard let account = found.first(where: { $0.login == login.lowercased() }) else {
                    complain(setting.text("command.recoverOnly"))
                    throw Exit.notFound.code
                }
                let made = try await workplace.resetPassword(of: account.id, as: program)
                await workplace.database.close()
                try setting.print(
                    "\(made.account)\t\(made.password.reveal)",
                    json: ["account": made.account.text, "password": made.password.reveal])
                complain(setting.text("command.oneTimePassword"))
            }
        }
    }
}

extension Role: ExpressibleByArgument {}

extension CommandContext {
    fileprivate func printOneTime(_ made: OneTimePassword) throws {
        try print(
            "\(made.account)\t\(made.password.reveal)",
            json: ["account": made.account.text, "password": made.password.reveal])
        complain(text("command.oneTimePassword"))
    }
}

/// What only a person at the terminal has.
enum Typed {
    /// One line without showing it; from a pipe just the line.
    static func password(_ prompt: String) throws -> Secret {
        guard isatty(STDIN_FILENO) == 1 else { return Secret(readLine() ?? "") }
        FileHandle.standardError.write(Data((prompt + " ").utf8))
        var before = termios()
        tcgetattr(STDIN_FILENO, &before)
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
            complain("")
        }
        return Secret(readLine() ?? "")
    }

    /// Writes the token where `--as LOGIN` finds it, readable by its owner only.
    static func keep(_ token: Secret, for login: String) throws -> String {
        let files = FileManager.default
        try files.createDirectory(
            atPath: CommandSetting.tokenFolder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let path = CommandSetting.tokenFile(for: login)
        if files.fileExists(atPath: path) { try files.removeItem(atPath: path) }
        guard
            files.createFile(
                atPath: path, contents: Data((token.reveal + "\n").utf8),
                attributes: [.posixPermissions: 0o600])
        else { throw CocoaError(.fileWriteUnknown) }
        return path
    }
}

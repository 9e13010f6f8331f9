import ArgumentParser
import RekeyCore

/// The account that a command is about.
struct AccountArgument: ParsableArguments {
    @Argument(help: "Customer number or mail address that the account is known by.")
    var identifier: String

    var request: AccountRequest { AccountRequest(identifier: identifier) }
}

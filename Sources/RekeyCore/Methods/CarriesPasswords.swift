/// A request with passwords in it. A repeat is recognised without them, so that nothing stored lets
/// a password be guessed (R94).
public protocol CarriesPasswords {
    var withoutPasswords: Self { get }
}

// What the customer's user guide shows in step 5, as it stands there.
enum Guide {
    static let mail = """
        De : espacepersonnel@creditmunicipal.fr [mailto:espacepersonnel@creditmunicipal.fr]
        Envoyé : mardi 16 juillet 2019 17:29
        À : [mailto:espacepersonnel@creditmunicipal.fr]
        Objet : CREDIT MUNICIPAL DE PARIS : Réinitialisation code d'accès

        Vous avez demandé la réinitialisation de votre code d'accès dans votre espace personnel.

        Vous allez recevoir un code d'activation par SMS qui servira à valider la modification de votre nouveau mot de passe.

        Muni de ce code, cliquez sur l'URL ci-dessous pour terminer l'activation:

        <https://espacepersonnel.creditmunicipal.fr/ep...>

        Ce lien a une durée de validité de 12h.

        Veuillez ne pas répondre à ce courriel.

        \u{20}
        Cordialement,

        CRÉDIT MUNICIPAL DE PARIS\u{20}
        55 rue des Franes-Bourgeois
        75004 PARIS

        Ouvert du lundi au samedi de 9h00 à 17h00

        """

    static let sms = """
        CREDIT MUNICIPAL DE PARIS : pour valider votre nouveau code d'accès, veuillez saisir le \
        code XXXXX.
        """

    /// Its subject: what follows "Objet : ".
    static var mailSubject: String {
        String(lines[3].dropFirst("Objet : ".count))
    }

    /// Its text: without the four header lines, spaces at the ends of lines and the mistyped street.
    static var mailBody: String {
        lines.dropFirst(5).map { line in
            String(line.reversed().drop { $0 == " " }.reversed())
        }
        .joined(separator: "\n")
        .replacing("Franes-Bourgeois", with: "Francs-Bourgeois")
    }

    private static var lines: [Substring] {
        mail.split(separator: "\n", omittingEmptySubsequences: false)
    }
}

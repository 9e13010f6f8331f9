// The mail and the SMS of a recovery are the user guide's (step 5), word for word; the others speak
// with its voice.
extension LetterTexts {
    static let french = LetterTexts(
        recoveryLink: MailText(
            subject: "{{institution}} : Réinitialisation code d'accès",
            body: """
                Vous avez demandé la réinitialisation de votre code d'accès dans votre espace personnel.

                Vous allez recevoir un code d'activation par SMS qui servira à valider la \
                modification de votre nouveau mot de passe.

                Muni de ce code, cliquez sur l'URL ci-dessous pour terminer l'activation:

                <{{link}}>

                Ce lien a une durée de validité de {{life}}.

                \(frenchClose)
                """),
        recoveryCode: template(
            """
            {{institution}} : pour valider votre nouveau code d'accès, veuillez saisir le code \
            {{code}}.
            """),
        activationLink: MailText(
            subject: "{{institution}} : Activation de votre espace personnel",
            body: """
                Votre espace personnel a été créé.

                Vous allez recevoir un code d'activation par SMS qui servira à valider le choix de \
                votre mot de passe.

                Muni de ce code, cliquez sur l'URL ci-dessous pour terminer l'activation :

                <{{link}}>

                Ce lien a une durée de validité de {{life}}.

                \(frenchClose)
                """),
        activationCode: template(
            """
            {{institution}} : pour activer votre espace personnel, veuillez saisir le code \
            {{code}}.
            """),
        recoveredMail: MailText(
            subject: "{{institution}} : Votre code d'accès a été modifié",
            body: """
                Le code d'accès de votre espace personnel a été modifié et toutes les connexions en \
                cours ont été fermées.

                Si vous êtes à l'origine de cette modification, vous n'avez rien d'autre à faire.

                Si vous n'en êtes pas à l'origine, choisissez sans attendre un nouveau mot de passe : \
                cliquez sur « Code d'accès oublié » sur la page de connexion de votre espace \
                personnel. Prévenez-nous ensuite à l'adresse ci-dessous.

                \(frenchClose)
                """),
        recoveredSMS: template(
            """
            {{institution}} : votre code d'accès a été modifié. Si ce n'était pas vous, \
            réinitialisez-le dans votre espace personnel et prévenez-nous.
            """),
        contactChangedMail: MailText(
            subject: "{{institution}} : Vos coordonnées ont été modifiées",
            body: """
                Les coordonnées de votre espace personnel ont été modifiées.

                {{#newMail}}
                Nouvelle adresse mail : {{.}}
                {{/newMail}}
                {{#newMobile}}
                Nouveau numéro de mobile : {{.}}
                {{/newMobile}}

                Par sécurité, votre code d'accès ne peut pas être réinitialisé pendant {{life}}. \
                Votre mot de passe actuel reste valable.

                Si vous êtes à l'origine de cette modification, vous n'avez rien d'autre à faire.

                Si vous n'en êtes pas à l'origine, annulez-la en cliquant sur l'URL ci-dessous :

                <{{link}}>

                Vos coordonnées précédentes seront rétablies et toutes les connexions en cours \
                seront fermées. Prévenez-nous ensuite à l'adresse ci-dessous.

                \(frenchClose)
                """),
        contactChangedSMS: template(
            """
            {{institution}} : vos coordonnées ont été modifiées, réinitialisation suspendue \
            {{life}}. Si ce n'était pas vous, annulez par le lien de notre mail.
            """),
        failedLoginsMail: MailText(
            subject: "{{institution}} : Échecs de connexion à votre espace personnel",
            body: """
                De nombreuses tentatives de connexion à votre espace personnel ont échoué, avec \
                chaque fois un mot de passe erroné. Si elles continuent, votre code d'accès sera \
                désactivé et vous devrez le réinitialiser.

                Si vous êtes à l'origine de ces tentatives, réinitialisez votre code d'accès : \
                cliquez sur « Code d'accès oublié » sur la page de connexion de votre espace personnel.

                Si vous n'en êtes pas à l'origine, votre mot de passe n'a pas été trouvé et vous \
                n'avez rien à modifier. Prévenez-nous à l'adresse ci-dessous.

                \(frenchClose)
                """),
        failedLoginsSMS: template(
            """
            {{institution}} : de nombreuses connexions à votre espace personnel ont échoué. Si ce \
            n'était pas vous, prévenez-nous.
            """),
        passwordOffMail: MailText(
            subject: "{{institution}} : Votre code d'accès a été désactivé",
            body: """
                Après un trop grand nombre de tentatives de connexion, le code d'accès de votre \
                espace personnel a été désactivé. Il ne permet plus à personne de se connecter.

                Pour vous connecter à nouveau, choisissez un nouveau mot de passe : cliquez sur \
                « Code d'accès oublié » sur la page de connexion de votre espace personnel.

                Si vous n'êtes pas à l'origine de ces tentatives, prévenez-nous à l'adresse \
                ci-dessous.

                \(frenchClose)
                """),
        passwordOffSMS: template(
            """
            {{institution}} : trop de connexions échouées, votre code d'accès est désactivé. \
            Réinitialisez-le dans votre espace personnel.
            """),
        accountDeletedMail: MailText(
            subject: "{{institution}} : Votre espace personnel a été supprimé",
            body: """
                Votre espace personnel a été supprimé : plus personne ne peut s'y connecter.

                Si vous êtes à l'origine de cette suppression, vous n'avez rien d'autre à faire.

                Si vous n'en êtes pas à l'origine, annulez-la en cliquant sur l'URL ci-dessous dans \
                un délai de {{life}} :

                <{{link}}>

                Votre espace personnel sera rétabli avec vos coordonnées précédentes. Pour vous \
                connecter à nouveau, choisissez un nouveau mot de passe : cliquez sur « Code d'accès \
                oublié » sur sa page de connexion. Prévenez-nous ensuite à l'adresse ci-dessous.

                \(frenchClose)
                """),
        accountDeletedSMS: template(
            """
            {{institution}} : votre espace personnel a été supprimé. Si ce n'était pas vous, \
            annulez sous {{life}} par le lien de notre mail.
            """))

    private static let frenchClose = """
        Veuillez ne pas répondre à ce courriel.


        Cordialement,

        {{signature}}
        {{#addressLines}}
        {{.}}
        {{/addressLines}}
        {{#openingHours}}

        {{.}}
        {{/openingHours}}

        """
}

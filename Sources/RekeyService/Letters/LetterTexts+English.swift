extension LetterTexts {
    static let english = LetterTexts(
        recoveryLink: MailText(
            subject: "{{institution}}: Access code reset",
            body: """
                You have asked to reset the access code of your personal account.

                You will receive an activation code by SMS, which will be used to confirm the change \
                to your new password.

                With this code at hand, click the URL below to complete the activation:

                <{{link}}>

                This link is valid for {{life}}.

                \(englishClose)
                """),
        recoveryCode: template(
            """
            {{institution}}: to confirm your new access code, please enter the code {{code}}.
            """),
        activationLink: MailText(
            subject: "{{institution}}: Activation of your personal account",
            body: """
                Your personal account has been created.

                You will receive an activation code by SMS, which will be used to confirm your \
                choice of password.

                With this code at hand, click the URL below to complete the activation:

                <{{link}}>

                This link is valid for {{life}}.

                \(englishClose)
                """),
        activationCode: template(
            """
            {{institution}}: to activate your personal account, please enter the code {{code}}.
            """),
        recoveredMail: MailText(
            subject: "{{institution}}: Your access code has been changed",
            body: """
                The access code of your personal account has been changed, and you have been logged \
                out everywhere.

                If you made this change, there is nothing else you need to do.

                If you did not, choose a new password at once: click "Forgotten access code" on the \
                login page of your personal account. Then let us know at the address below.

                \(englishClose)
                """),
        recoveredSMS: template(
            """
            {{institution}}: your access code has been changed. If this was not you, reset it in \
            your personal account and let us know.
            """),
        contactChangedMail: MailText(
            subject: "{{institution}}: Your contact details have been changed",
            body: """
                The contact details of your personal account have been changed.

                {{#newMail}}
                New mail address: {{.}}
                {{/newMail}}
                {{#newMobile}}
                New mobile number: {{.}}
                {{/newMobile}}

                To be safe, your access code cannot be reset for {{life}}. Your present password \
                remains valid.

                If you made this change, there is nothing else you need to do.

                If you did not, click the URL below to cancel it:

                <{{link}}>

                Your earlier contact details will be restored, and you will be logged out \
                everywhere. Then let us know at the address below.

                \(englishClose)
                """),
        contactChangedSMS: template(
            """
            {{institution}}: your contact details have been changed, no reset for {{life}}. If \
            this was not you, cancel it with the link in our mail.
            """),
        failedLoginsMail: MailText(
            subject: "{{institution}}: Failed attempts to log in to your personal account",
            body: """
                Somebody has tried many times to log in to your personal account, with a wrong \
                password each time. If this goes on, your access code will be switched off, and you \
                will have to reset it.

                If it was you, reset your access code: click "Forgotten access code" on the login \
                page of your personal account.

                If it was not, your password has not been found, and there is nothing you need to \
                change. Let us know at the address below.

                \(englishClose)
                """),
        failedLoginsSMS: template(
            """
            {{institution}}: many attempts to log in to your personal account have failed. If this \
            was not you, let us know.
            """),
        passwordOffMail: MailText(
            subject: "{{institution}}: Your access code has been switched off",
            body: """
                After too many failed attempts to log in, the access code of your personal account \
                has been switched off. Nobody can log in with it any more.

                To log in again, choose a new password: click "Forgotten access code" on the login \
                page of your personal account.

                If these attempts were not yours, let us know at the address below.

                \(englishClose)
                """),
        passwordOffSMS: template(
            """
            {{institution}}: too many failed logins, your access code has been switched off. Reset \
            it in your personal account.
            """),
        accountDeletedMail: MailText(
            subject: "{{institution}}: Your personal account has been deleted",
            body: """
                Your personal account has been deleted, and nobody can log in to it any more.

                If you asked for this, there is nothing else you need to do.

                If you did not, click the URL below within {{life}} to cancel it:

                <{{link}}>

                Your personal account will be restored, with its earlier contact details. To log in \
                again, choose a new password: click "Forgotten access code" on its login page. Then \
                let us know at the address below.

                \(englishClose)
                """),
        accountDeletedSMS: template(
            """
            {{institution}}: your personal account has been deleted. If this was not you, cancel \
            it within {{life}} with the link in our mail.
            """))

    private static let englishClose = """
        Please do not reply to this email.


        Kind regards,

        {{signature}}
        {{#addressLines}}
        {{.}}
        {{/addressLines}}
        {{#openingHours}}

        {{.}}
        {{/openingHours}}

        """
}

enum PlaceholderRekeySecrets {}

enum PlaceholderRekeyService {}

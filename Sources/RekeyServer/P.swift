enum PlaceholderRekeyServer {}

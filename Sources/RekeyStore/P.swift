enum PlaceholderRekeyStore {}

enum PlaceholderRekeyJournal {}

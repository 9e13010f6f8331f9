"""What Tests/Conformance/run is made of. Nothing here shares code with the server or a client."""

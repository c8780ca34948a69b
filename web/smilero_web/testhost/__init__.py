"""What the SDK's test kit finds by the entry point `smilero.testhost`: the real application on real servers, for the tests of plugins."""

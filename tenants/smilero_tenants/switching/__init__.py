"""From one place to another: one's shops and faces at a foundation, and one's accounts at others."""

"""Four eyes: commands that wait for a second person, the switches for them, and the word that carries them out or not."""

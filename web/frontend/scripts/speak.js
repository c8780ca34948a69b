// Reads the page's sentence aloud where the device has a voice for its language.

export function speak(button) {
  if (!('speechSynthesis' in window)) return;
  const { lang } = document.documentElement;
  const words = document.querySelector('[data-speech]').textContent;

  function offer() {
    button.hidden = !speechSynthesis.getVoices().some((voice) => voice.lang.toLowerCase().startsWith(lang));
  }

  button.addEventListener('click', () => {
    speechSynthesis.cancel();
    const utterance = new SpeechSynthesisUtterance(words);
    utterance.lang = lang;
    speechSynthesis.speak(utterance);
  });
  speechSynthesis.addEventListener('voiceschanged', offer);
  offer();
}

// Reads the page aloud where the device has a voice for its language; a second tap stops it.

// What stands on a page and is no reading: keys, hidden words of screen readers, addresses, dialogues.
const SILENT = '[hidden], [data-keys], [data-unheard], .unseen, .share-address, .voice, .digit-boxes, dialog, script, svg';

/** The words of a part of the page, one text for each block, as the eye would read them. */
export function wordsOf(root) {
  const blocks = new Map();
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { currentNode: node } = walker;
    if (!node.data.trim() || node.parentElement.closest(SILENT)) continue;
    let block = node.parentElement;
    while (block !== root && getComputedStyle(block).display === 'inline') block = block.parentElement;
    blocks.set(block, (blocks.get(block) ?? '') + node.data);
  }
  return [...blocks.values()].map((text) => text.replace(/\s+/g, ' ').trim());
}

export function speak(button) {
  if (!('speechSynthesis' in window)) return;
  const { lang } = document.documentElement;
  const [start, stop] = ['start', 'stop'].map((name) => button.querySelector(`[data-speak-${name}]`));
  const voiceOf = () => speechSynthesis.getVoices().find((voice) => voice.lang.toLowerCase().replace('_', '-').split('-')[0] === lang);
  let round = 0;

  function offer() {
    button.hidden = !voiceOf();
  }

  function show(speaking) {
    start.hidden = speaking;
    stop.hidden = !speaking;
    button.toggleAttribute('data-speaking', speaking);
  }

  function silence() {
    round += 1;
    speechSynthesis.cancel();
    show(false);
  }

  function read() {
    const marked = [...document.querySelectorAll('[data-speech]')];
    const texts = (marked.length ? marked : [document.querySelector('.portal-body') ?? document.querySelector('main')]).flatMap(wordsOf);
    if (!texts.length) return;
    round += 1;
    const mine = round;
    speechSynthesis.cancel();
    show(true);
    // A sentence each: some voices fall silent within a long one.
    texts.forEach((text, index) => {
      const utterance = new SpeechSynthesisUtterance(text);
      utterance.voice = voiceOf() ?? null;
      utterance.lang = utterance.voice?.lang ?? lang;
      const ended = () => {
        if (round === mine && (index === texts.length - 1)) show(false);
      };
      utterance.addEventListener('end', ended);
      utterance.addEventListener('error', ended);
      speechSynthesis.speak(utterance);
    });
  }

  button.addEventListener('click', () => (button.hasAttribute('data-speaking') ? silence() : read()));
  window.addEventListener('pagehide', silence);
  speechSynthesis.addEventListener?.('voiceschanged', offer);
  offer();
}

// Speaking instead of typing, where the browser can listen. The field, the keyboard and the number pad stay as they are.
import { spokenNumber } from './spoken.js';

const LANGUAGES = { ko: 'ko-KR', en: 'en-US', zh: 'zh-CN', vi: 'vi-VN', uk: 'uk-UA' };
const REFUSED = new Set(['not-allowed', 'service-not-allowed']);
const MISSED = new Set(['no-speech', 'nomatch', 'aborted']);

export function voice(place) {
  const Recognition = window.SpeechRecognition ?? window.webkitSpeechRecognition;
  const field = document.getElementById(place.dataset.voice);
  if (!Recognition || !field) return;
  const button = place.querySelector('button');
  const [start, stop] = ['start', 'stop'].map((name) => place.querySelector(`[data-voice-${name}]`));
  const sayings = place.querySelectorAll('[data-voice-said]');
  let listening = null;

  function say(word) {
    for (const saying of sayings) saying.hidden = saying.dataset.voiceSaid !== word;
  }

  function show(on) {
    start.hidden = on;
    stop.hidden = !on;
    button.toggleAttribute('data-listening', on);
  }

  function put(text) {
    field.value = text;
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }

  /** Put what was heard into the field; whether it was of use there. */
  function take(alternatives) {
    if (field.dataset.shape !== 'amount') {
      const heard = alternatives[0]?.trim();
      if (!heard) return false;
      field.value = field.tagName === 'TEXTAREA' && field.value.trim() ? `${field.value.trimEnd()} ${heard}` : heard;
    } else {
      // The recogniser's second thought may be the number where its first is a word.
      const amount = alternatives.map(spokenNumber).find((number) => number !== null);
      if (amount === undefined) return false;
      const before = field.value;
      put(String(amount));
      // More than the field takes: a part of a price is a wrong price.
      if (Number(field.value.replace(/\D/g, '')) === amount) return true;
      put(before);
      return false;
    }
    field.dispatchEvent(new Event('input', { bubbles: true }));
    return true;
  }

  function listen() {
    const recognition = new Recognition();
    listening = recognition;
    let word = 'missed';
    recognition.lang = LANGUAGES[document.documentElement.lang] ?? document.documentElement.lang;
    recognition.maxAlternatives = 4;
    recognition.onresult = ({ results }) => {
      word = take([...results[0]].map(({ transcript }) => transcript)) ? null : 'missed';
    };
    recognition.onerror = ({ error }) => {
      if (REFUSED.has(error)) word = 'forbidden';
      else if (!MISSED.has(error)) word = 'absent';
    };
    recognition.onend = () => {
      if (listening !== recognition) return;
      listening = null;
      show(false);
      say(word);
    };
    show(true);
    say('hearing');
    try {
      recognition.start();
    } catch {
      word = 'absent';
      recognition.onend();
    }
  }

  button.addEventListener('click', () => {
    if (listening) listening.stop();
    else listen();
  });
  window.addEventListener('pagehide', () => listening?.abort());
  place.hidden = false;
}

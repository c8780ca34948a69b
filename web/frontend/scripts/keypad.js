// A number pad on the page instead of the phone's keyboard. A real keyboard works too; the field stays a field.

const LIMITS = { phone: 11, amount: 7 };
const SHAPES = {
  phone: (digits) => digits.replace(/^(\d{3})(\d{1,4})(\d{0,4})$/, (_, first, middle, last) => [first, middle, last].filter(Boolean).join('-')),
  amount: (digits) => digits && Number(digits).toLocaleString(document.documentElement.lang),
};
// Said after a pause, so that a screen reader hears the number once and not with every key.
const PAUSE = 700;

const digitsOf = (text) => text.replace(/\D/g, '');

export function keypad(form) {
  const input = form.querySelector('[data-number]');
  const boxed = form.querySelector('[data-digits]');
  const keys = form.querySelector('[data-keys]');
  const said = form.querySelector('[data-keys-said]');
  // Without its number or its keys the field stays a field.
  if (!input || !keys) return;
  const limit = boxed ? Number(boxed.dataset.digits) : LIMITS[input.dataset.shape];
  const shape = SHAPES[input.dataset.shape] ?? ((digits) => digits);
  let saying;

  function show(text) {
    const digits = digitsOf(text).slice(0, limit);
    input.value = shape(digits);
    boxed?.querySelectorAll('span').forEach((box, index) => {
      box.textContent = digits[index] ?? '';
      box.classList.toggle('full', index < digits.length);
      box.classList.toggle('next', index === digits.length);
    });
    return digits;
  }

  function write(text) {
    if (show(text).length === limit && boxed) form.requestSubmit();
  }

  function press(key) {
    const digits = digitsOf(input.value);
    if (key === 'clear') write('');
    else if (key === 'back') write(digits.slice(0, -1));
    else if (digits.length < limit) write(digits + key);
    clearTimeout(saying);
    saying = setTimeout(() => {
      said.textContent = [...digitsOf(input.value)].join(' ') || said.dataset.empty;
    }, PAUSE);
  }

  keys.addEventListener('click', ({ target }) => {
    const key = target.closest('[data-key]');
    if (key) press(key.dataset.key);
  });
  input.addEventListener('input', () => write(input.value));
  input.addEventListener('paste', (event) => {
    event.preventDefault();
    write(event.clipboardData.getData('text'));
  });
  // Typed while a key of ours has the focus.
  document.addEventListener('keydown', (event) => {
    if (event.target.closest('input, dialog') || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^\d$/.test(event.key)) press(event.key);
    else if (event.key === 'Backspace') press('back');
  });
  form.addEventListener('formdata', ({ formData }) => formData.set(input.name, digitsOf(input.value)));
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted && boxed) show('');
  });

  input.inputMode = 'none';
  boxed?.classList.add('boxed');
  keys.hidden = false;
  // A number that is there already is sent by its reader, not by the page: a link alone must do nothing.
  const ready = show(input.value).length === limit;
  form.querySelectorAll('[data-plain]').forEach((button) => {
    button.hidden = !ready;
  });
  input.focus({ preventScroll: true });
}

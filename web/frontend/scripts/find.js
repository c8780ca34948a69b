// The console's one box: a slash puts the cursor there, unless somebody is writing.

const WRITES = 'input, textarea, select, [contenteditable]';

export function find(box) {
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.target.closest?.(WRITES)) return;
    // Where the menu is folded the box is not seen: the browser keeps its own use of the key.
    if (!box.checkVisibility?.() && box.offsetParent === null) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
}

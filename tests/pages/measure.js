// What a finger needs: every control 48 by 48 px with 8 px to the next one; what an eye needs: no smaller type than told.
// Called with {target, gap, type}; tells in words what is too small.
({ target, gap, type }) => {
  const CONTROLS = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=switch], [tabindex="0"]';
  const words = (node) =>
    `${node.tagName.toLowerCase()}${node.classList.length ? `.${[...node.classList].join(".")}` : ""} “${(node.innerText || node.getAttribute("aria-label") || node.name || "").trim().slice(0, 30)}”`;
  const seen = (node) => {
    const box = node.getBoundingClientRect();
    return node.checkVisibility({ visibilityProperty: true }) && box.width > 1 && box.height > 1 && box.right > 0 && box.bottom + scrollY > 0;
  };
  const ticked = (node) => node.matches("input[type=checkbox], input[type=radio], input[type=file]");
  // A box, a dot or a file is tapped by its label too: they are one.
  const parts = (node) => [node, ...(ticked(node) ? node.labels : [])];
  const boxOf = (node) => {
    const boxes = parts(node).filter(seen).map((one) => one.getBoundingClientRect());
    return {
      left: Math.min(...boxes.map((one) => one.left)),
      top: Math.min(...boxes.map((one) => one.top)),
      right: Math.max(...boxes.map((one) => one.right)),
      bottom: Math.max(...boxes.map((one) => one.bottom)),
    };
  };
  // What stays in its place while the page moves under it is beside nothing.
  const layer = (node) => {
    for (let one = node; one instanceof Element; one = one.parentElement) {
      if (["fixed", "sticky"].includes(getComputedStyle(one).position)) return one;
    }
    return document.body;
  };
  const faults = [];
  const controls = [...document.querySelectorAll(CONTROLS)].filter(seen);
  const found = controls.map((node) => ({ node, box: boxOf(node), layer: layer(node) }));
  const near = 0.5;
  for (const { node, box } of found) {
    const [width, height] = [box.right - box.left, box.bottom - box.top];
    if (target && (width < target - near || height < target - near)) faults.push(`${words(node)} is ${width.toFixed()} by ${height.toFixed()} px`);
  }
  for (let first = 0; gap && first < found.length; first += 1) {
    for (let second = first + 1; second < found.length; second += 1) {
      const [one, other] = [found[first], found[second]];
      if (one.node.contains(other.node) || other.node.contains(one.node) || one.layer !== other.layer) continue;
      const across = Math.max(one.box.left - other.box.right, other.box.left - one.box.right);
      const down = Math.max(one.box.top - other.box.bottom, other.box.top - one.box.bottom);
      if (Math.max(across, down) < gap - near) faults.push(`${words(one.node)} and ${words(other.node)} are ${Math.max(across, down).toFixed()} px apart`);
    }
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const small = new Map();
  while (texts.nextNode()) {
    const text = texts.currentNode;
    const parent = text.parentElement;
    if (!text.data.trim() || !parent || !seen(parent) || parent.closest("script, style, noscript, .unseen, .sheet-paper")) continue;
    const size = Number.parseFloat(getComputedStyle(parent).fontSize);
    if (size < type - 0.01) small.set(`“${text.data.trim().slice(0, 30)}” is ${size} px high`, true);
  }
  const page = document.documentElement;
  const reach = (element) => element.getBoundingClientRect().right + scrollX;
  const widest = () => [...document.body.querySelectorAll("*")].filter(seen).sort((one, other) => reach(other) - reach(one))[0];
  const wide =
    page.scrollWidth > innerWidth
      ? [`the page is ${page.scrollWidth} px wide in a window of ${innerWidth}: ${widest()?.outerHTML.slice(0, 120)}`]
      : [];
  return { faults: [...faults, ...small.keys(), ...wide], controls: found.length };
}

// Exact numbers under the pointer, or under the arrow keys.

import { html } from "./dom.js";

let shared = null;

function bubble() {
  if (!shared) {
    shared = html("div", { class: "tooltip", role: "status", hidden: true });
    document.body.append(shared);
  }
  return shared;
}

export function hide() {
  bubble().hidden = true;
}

function show(lines, left, top) {
  const element = bubble();
  element.replaceChildren(
    ...lines.map(([name, value]) =>
      html("div", {}, html("span", {}, name), html("b", {}, value)),
    ),
  );
  element.hidden = false;
  const { offsetWidth: width, offsetHeight: height } = element;
  const page = document.documentElement;
  const right = left + 14 + width > page.clientWidth;
  element.style.left = `${Math.max(2, right ? left - width - 10 : left + 14)}px`;
  const lowest = window.scrollY + page.clientHeight - height - 4;
  element.style.top = `${Math.max(2, Math.min(top + 14, lowest))}px`;
}

/**
 * Shows places of a plot.
 *   placeAt(x, y)   number of the place under a point in units, or -1
 *   count           number of places, for the arrow keys
 *   linesOf(place)  [[name, value], ...]
 *   mark(place)     draws what is pointed at; -1 for nothing
 *   choose(place)   on a click or Enter; may be left out
 */
export function explore(root, { placeAt, count, linesOf, mark, choose }) {
  let place = -1;

  function point(next, left, top) {
    place = next;
    mark(place);
    if (place < 0) hide();
    else show(linesOf(place), left + window.scrollX, top + window.scrollY);
  }
  function under(event) {
    const matrix = root.getScreenCTM();
    if (!matrix) return -1;
    const at = new DOMPoint(event.clientX, event.clientY);
    const { x, y } = at.matrixTransform(matrix.inverse());
    return placeAt(x, y);
  }
  root.addEventListener("pointermove", (event) =>
    point(under(event), event.clientX, event.clientY),
  );
  root.addEventListener("pointerleave", () => point(-1));
  root.addEventListener("blur", () => point(-1));
  root.addEventListener("click", (event) => {
    const clicked = under(event);
    if (choose && clicked >= 0) choose(clicked);
  });
  root.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: -1, ArrowRight: 1 };
    if (event.key === "Escape") point(-1);
    else if (event.key === "Enter" && choose && place >= 0) choose(place);
    else if (event.key in moves && count > 0) {
      const start = place < 0 ? (moves[event.key] > 0 ? -1 : count) : place;
      const next = start + moves[event.key];
      const area = root.getBoundingClientRect();
      point(
        Math.max(0, Math.min(count - 1, next)),
        area.left + area.width / 2,
        area.top + 20,
      );
      event.preventDefault();
      event.stopPropagation();
    }
  });
}

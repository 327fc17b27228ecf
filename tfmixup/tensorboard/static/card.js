// A frame for one diagram, with its title and its downloads.

import { button, html } from "./dom.js";
import { savePng, saveSvg } from "./download.js";

/** { element, set(content, caption), hide() }. */
export function makeCard(title, name, files = true) {
  const body = html("div", { class: "body" });
  const caption = html("p", { class: "caption" });
  const tools = html("div", { class: "tools" });
  if (files) {
    const label = (kind) => ({ "aria-label": `Download ${title} as ${kind}` });
    tools.append(
      button("SVG", () => saveSvg(plotIn(body), name), label("SVG")),
      button("PNG", () => savePng(plotIn(body), name), label("PNG")),
    );
  }
  const element = html(
    "section",
    { class: "card", id: name, "aria-label": title },
    html("header", {}, html("h2", {}, title), tools),
    body,
    caption,
  );
  function set(content, text = "") {
    // A diagram that is drawn again while it is read by keys stays in focus.
    const active = document.activeElement;
    const places = body.contains(active) ? focusable(body) : [];
    const place = places.indexOf(active);
    body.replaceChildren(content);
    if (place >= 0) focusable(body)[place]?.focus();
    caption.textContent = text;
    element.hidden = false;
  }
  return { element, set, hide: () => (element.hidden = true) };
}

function plotIn(body) {
  return body.querySelector("svg.plot");
}

function focusable(body) {
  return [...body.querySelectorAll("svg.plot, button")];
}

// Diagrams as files. Colours come from the style sheet, which a file does not
// have, so that they are written into the copy.

import { html } from "./dom.js";

const PROPERTIES = [
  "fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width",
  "stroke-dasharray", "opacity", "font-family", "font-size", "text-anchor",
];
const PIXELS_PER_UNIT = 3;

/** The text of an SVG file that looks like `root` on the page. */
export function svgText(root) {
  const copy = root.cloneNode(true);
  const from = [root, ...root.querySelectorAll("*")];
  const to = [copy, ...copy.querySelectorAll("*")];
  from.forEach((element, i) => {
    const style = getComputedStyle(element);
    for (const name of PROPERTIES) {
      to[i].setAttribute(name, style.getPropertyValue(name));
    }
  });
  copy.querySelectorAll(".cursor").forEach((cursor) => cursor.remove());
  const { width, height } = root.viewBox.baseVal;
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  const paper = getComputedStyle(root.closest(".card")).backgroundColor;
  copy.setAttribute("style", `background: ${paper}`);
  return new XMLSerializer().serializeToString(copy);
}

export function saveSvg(root, name) {
  const blob = new Blob([svgText(root)], { type: "image/svg+xml" });
  save(blob, `${name}.svg`);
}

export async function savePng(root, name) {
  const { width, height } = root.viewBox.baseVal;
  const blob = new Blob([svgText(root)], { type: "image/svg+xml" });
  const address = URL.createObjectURL(blob);
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = html("canvas", {
    width: width * PIXELS_PER_UNIT,
    height: height * PIXELS_PER_UNIT,
  });
  const pen = canvas.getContext("2d");
  pen.fillStyle = getComputedStyle(root.closest(".card")).backgroundColor;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(address);
  canvas.toBlob((png) => save(png, `${name}.png`));
}

function save(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = html("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  // At once would be before the browser has read it.
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

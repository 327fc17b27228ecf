// The calibration plugin's page. TensorBoard imports this module into a frame
// and calls `render`.

import { html } from "./dom.js";
import { connect } from "./ipc.js";
import * as links from "./links.js";
import { Model } from "./model.js";
import { makePage } from "./page.js";
import { followTheme } from "./theme.js";

// TensorBoard goes on finding points for some seconds after its start, and
// during a training, and says so only when its reload button is pressed.
const POLL = 4000;

export async function render() {
  document.title = "Calibration";
  document.documentElement.lang = "en";
  const sheet = new URL("./style.css", import.meta.url).href;
  document.head.append(html("link", { rel: "stylesheet", href: sheet }));

  let due = null;
  const model = new Model((what) => {
    // However many changes there are, there is one drawing for each frame.
    if (due === null) requestAnimationFrame(draw);
    due = due === "data" ? due : what;
  });
  const page = makePage(model);
  document.body.append(page.element);
  followTheme(() => {});

  function draw() {
    const what = due;
    due = null;
    if (what === "data") page.drawData();
    else page.drawStep();
    if (!model.ready || model.error) return;
    links.write(links.format(model.wish));
    if (model.loaded().length > 0) performance.mark("calibration-drawn");
  }

  addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (target.closest?.("input, select, button, a, textarea")) return;
    if (key === " ") page.player.toggle();
    else if (key === "ArrowLeft") page.player.move(-1);
    else if (key === "ArrowRight") page.player.move(1);
    else return;
    event.preventDefault();
  });
  const ipc = connect();
  ipc.listen("experimental.DataReloaded", () => model.refresh());
  links.listen((linked) => model.adopt(linked));
  page.drawData();
  model.wish = await links.read(ipc);
  await model.refresh();
  setInterval(() => document.hidden || model.poll(), POLL);
}

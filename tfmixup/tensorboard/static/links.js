// The state of the page in the address: #calibration&p.calibration.step=12

const PREFIX = "p.calibration.";
// Chromium refuses more than 200 changes of the address in 30 seconds.
const PAUSE = 300;

/** The page whose address the user sees; this one if it may not be touched. */
function shown() {
  try {
    void window.parent.location.hash;
    return window.parent;
  } catch {
    return window;
  }
}

/** The wish of keys and strings; what is not understood is left out. */
export function parse(keys) {
  const state = {};
  for (const name of ["tag", "focus", "baseline"]) {
    if (typeof keys[name] === "string") state[name] = keys[name];
  }
  if (keys.measure === "density") state.measure = "density";
  const step = Number(keys.step);
  if (keys.step !== undefined && Number.isFinite(step)) state.step = step;
  if (keys.runs === "*") state.runs = "*";
  else if (keys.runs !== undefined) {
    try {
      const runs = JSON.parse(keys.runs);
      if (Array.isArray(runs)) state.runs = runs.filter(isString);
    } catch {
      // A link that was cut short: the runs of a first visit are shown.
    }
  }
  return state;
}

function isString(value) {
  return typeof value === "string";
}

/** Keys and strings of a wish. */
export function format({ tag, runs, focus, baseline, step, measure }) {
  const keys = {};
  const names = { tag, focus, baseline };
  for (const [name, value] of Object.entries(names)) {
    if (typeof value === "string") keys[name] = value;
  }
  if (measure === "density") keys.measure = measure;
  if (Number.isFinite(step)) keys.step = String(step);
  if (runs) keys.runs = runs === "*" ? runs : JSON.stringify(runs);
  return keys;
}

function keysOfAddress() {
  const keys = {};
  for (const part of shown().location.hash.slice(1).split("&")) {
    const [name, value] = part.split("=");
    try {
      const decoded = decodeURIComponent(name);
      if (decoded.startsWith(PREFIX)) {
        keys[decoded.slice(PREFIX.length)] = decodeURIComponent(value ?? "");
      }
    } catch {
      // A stray percent sign.
    }
  }
  return keys;
}

/**
 * The wish in the address. TensorBoard's own answer comes second: just after
 * it was opened it knows no key (2.21), and it is asked only where the page
 * around is of another origin.
 */
export async function read(ipc) {
  const keys = keysOfAddress();
  known = textOf(keys);
  if (Object.keys(keys).length > 0) return parse(keys);
  try {
    const type = "experimental.GetURLPluginData";
    return parse((await ipc.call(type, { pluginName: "calibration" })) ?? {});
  } catch {
    return {};
  }
}

/** Calls back with the wish of a link that is pasted into the address. */
export function listen(callback) {
  shown().addEventListener("hashchange", () => {
    const keys = keysOfAddress();
    // TensorBoard changes the address too, and so does `write`.
    if (textOf(keys) === known) return;
    known = textOf(keys);
    callback(parse(keys));
  });
}

function textOf(keys) {
  return JSON.stringify(Object.entries(keys).sort());
}

let timer = null;
let known = textOf({});

export function write(keys) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const page = shown();
    const others = page.location.hash
      .slice(1)
      .split("&")
      .filter((part) => part && !part.startsWith(PREFIX));
    const ours = Object.entries(keys).map(
      ([name, value]) => `${PREFIX}${name}=${encodeURIComponent(value)}`,
    );
    const hash = `#${[...others, ...ours].join("&")}`;
    known = textOf(keys);
    if (hash === page.location.hash) return;
    // Not history.replaceState: TensorBoard learns of a change by the event
    // that only this fires, and would write its older copy back later.
    // And not the hash alone: it would be put behind this frame's address.
    page.location.replace(page.location.href.split("#")[0] + hash);
  }, PAUSE);
}

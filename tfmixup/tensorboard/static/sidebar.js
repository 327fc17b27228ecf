// What is shown: the tag and the runs.

import { button, html } from "./dom.js";
import { swatch } from "./tables.js";

/** `actions` are { chooseTag, chooseRuns }. */
export function makeSidebar(actions) {
  const tag = html("select", {
    id: "tag",
    onchange: () => actions.chooseTag(tag.value),
  });
  const description = html("p", { class: "hint" });
  const filter = html("input", {
    type: "search",
    placeholder: "Filter runs",
    "aria-label": "Filter runs",
    oninput: applyFilter,
  });
  const list = html("ul", { class: "runs" });
  const heading = html("h2", { id: "runs" }, "Runs");
  const element = html(
    "aside",
    { "aria-label": "What is shown" },
    html("label", { for: "tag" }, "Data"),
    tag,
    description,
    heading,
    filter,
    html(
      "div",
      { class: "row" },
      button("All", () => chooseVisible(true)),
      button("None", () => chooseVisible(false)),
    ),
    list,
  );
  let state = null;

  function visible() {
    return [...list.children].filter((item) => !item.hidden);
  }
  function chooseVisible(chosen) {
    const runs = new Set(state.runs);
    for (const { firstChild } of visible()) {
      const { run } = firstChild.firstChild;
      if (chosen) runs.add(run);
      else runs.delete(run);
    }
    actions.chooseRuns(runs);
  }
  function applyFilter() {
    const wanted = filter.value.toLowerCase();
    for (const item of list.children) {
      item.hidden = !item.textContent.toLowerCase().includes(wanted);
    }
  }
  function itemOf(run, style) {
    const box = html("input", {
      type: "checkbox",
      onchange: () => {
        const runs = new Set(state.runs);
        if (box.checked) runs.add(run);
        else runs.delete(run);
        actions.chooseRuns(runs);
      },
    });
    box.run = run;
    const name = html("span", { title: run }, run);
    return html("li", {}, html("label", {}, box, swatch(style), name));
  }

  /** `series` are those of the chosen tag, `tags` the names of all. */
  function update(newState, tags, series, styles) {
    state = newState;
    if (String(tags) !== String([...tag.options].map((one) => one.value))) {
      tag.replaceChildren(
        ...tags.map((name) => html("option", { value: name }, name)),
      );
    }
    tag.value = state.tag;
    description.textContent = series[0]?.description ?? "";
    const runs = series.map((one) => one.run);
    const old = [...list.children].map((item) => item.title);
    if (runs.length !== old.length || runs.some((run, i) => run !== old[i])) {
      const items = runs.map((run) => itemOf(run, styles.get(run)));
      items.forEach((item, i) => (item.title = runs[i]));
      list.replaceChildren(...items);
      applyFilter();
    }
    for (const { firstChild } of list.children) {
      const box = firstChild.firstChild;
      box.checked = state.runs.has(box.run);
    }
    heading.textContent = `Runs (${state.runs.size} of ${runs.length})`;
  }
  return { element, update };
}

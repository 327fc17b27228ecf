// What is known and what is chosen. `onchange(what)` is called after each
// change, with "data" if lines may have changed, or "step" if only the step.

import { getBins, getIndex } from "./api.js";
import { stylesOf } from "./colours.js";
import { placeAt } from "./decode.js";

const RUNS_AT_FIRST = 10;
// So many runs are asked for at once: the first ones are seen while the
// others are still under way.
const RUNS_AT_ONCE = 10;
const SKIPPED_SHOWN = 20;

export class Model {
  constructor(onchange) {
    this.onchange = onchange;
    // What the user or a link asked for. A run that does not exist (yet: for
    // its first seconds TensorBoard knows only some) stays asked for.
    this.wish = {};
    // What is shown: the wish as far as it exists, and defaults.
    this.state = { runs: new Set(), step: null };
    this.index = { series: [], skipped: [] };
    this.cache = new Map();
    this.skipped = new Map();
    this.styles = new Map();
    this.error = null;
    this.ready = false;
    this.generation = 0;
    this.pending = 0;
    this.fresh = new Set();
  }

  /** Reads the index, and all that is shown, again. */
  async refresh() {
    const generation = ++this.generation;
    try {
      const index = await getIndex();
      if (generation !== this.generation) return;
      this.error = null;
      this.fresh = new Set();
      this.replace(index);
    } catch (error) {
      if (generation === this.generation) this.fail(error);
    }
  }

  /** Reads the index, and of what is shown only what has grown. */
  async poll() {
    if (!this.ready || this.error || this.pending > 0) return;
    const index = await getIndex().catch(() => null);
    if (!index || JSON.stringify(index) === JSON.stringify(this.index)) return;
    const before = new Set(this.index.series.map((one) => JSON.stringify(one)));
    for (const series of index.series) {
      if (before.has(JSON.stringify(series))) continue;
      this.fresh.delete(keyOf(series.tag, series.run));
    }
    this.replace(index);
  }

  replace(index) {
    this.index = index;
    this.ready = true;
    const runs = [...new Set(index.series.map((one) => one.run))];
    this.styles = stylesOf(runs.sort());
    this.adopt();
  }

  /** Changes what is asked for. */
  choose(change) {
    Object.assign(this.wish, change);
    if ("tag" in change) delete this.wish.runs;
    const onlyStep = Object.keys(change).every((name) => name === "step");
    if (onlyStep) {
      this.state.step = change.step;
      this.onchange("step");
    } else {
      this.adopt();
    }
  }

  /** Makes the state from the wish, and reads what it needs. */
  adopt(wish = this.wish) {
    this.wish = wish;
    const tags = this.tags();
    const most = Math.max(...tags.map((one) => this.runsOf(one).length));
    const usual = tags.find((one) => this.runsOf(one).length === most) ?? null;
    const tag = tags.includes(wish.tag) ? wish.tag : usual;
    const known = this.runsOf(tag);
    const existing = (run) => (known.includes(run) ? run : null);
    let chosen = known.slice(0, RUNS_AT_FIRST);
    if (wish.runs === "*") chosen = known;
    else if (wish.runs) chosen = wish.runs.filter(existing);
    const focus = existing(wish.focus);
    const baseline = existing(wish.baseline);
    const named = [focus, baseline].filter((run) => run !== null);
    // A link may name a run that is not among the first ones.
    const runs = new Set(wish.runs ? chosen : [...chosen, ...named]);
    const step = wish.step ?? null;
    const measure = wish.measure ?? "share";
    this.state = { tag, runs, focus, baseline, step, measure };
    this.load();
  }

  runsOf(tag) {
    return this.seriesOf(tag).map((one) => one.run);
  }

  seriesOf(tag) {
    return this.index.series.filter(
      (one) => one.kind === "calibration" && one.tag === tag,
    );
  }

  tags() {
    const ours = this.index.series.filter((one) => one.kind === "calibration");
    return [...new Set(ours.map((one) => one.tag))].sort();
  }

  /** Reads what is chosen and not here yet. */
  async load() {
    this.pending++;
    this.onchange("data");
    await this.loadRuns(this.generation);
    this.pending--;
    this.onchange("data");
  }

  async loadRuns(generation) {
    const { tag, focus, baseline } = this.state;
    if (tag === null) return;
    const first = [focus, baseline].filter((run) => this.state.runs.has(run));
    const wanted = [...new Set([...first, ...this.state.runs])];
    const missing = wanted.filter((run) => !this.fresh.has(keyOf(tag, run)));
    for (let i = 0; i < missing.length; i += RUNS_AT_ONCE) {
      await this.fetch(tag, missing.slice(i, i + RUNS_AT_ONCE), generation);
      if (generation !== this.generation || this.state.tag !== tag) return;
      this.onchange("data");
    }
    const run = this.focus()?.run;
    for (const one of this.index.series) {
      const ours = one.kind === "winning_scores" && one.run === run;
      if (!ours || this.fresh.has(keyOf(one.tag, run))) continue;
      await this.fetch(one.tag, [run], generation);
      if (generation !== this.generation) return;
    }
  }

  async fetch(tag, runs, generation) {
    for (const run of runs) this.fresh.add(keyOf(tag, run));
    try {
      const answer = await getBins(tag, runs);
      if (generation !== this.generation) return;
      for (const run of runs) this.cache.delete(keyOf(tag, run));
      for (const series of answer.series) {
        this.cache.set(keyOf(tag, series.run), series);
      }
      this.skipped.set(keyOf(tag, runs.join("\0")), answer);
    } catch (error) {
      for (const run of runs) this.fresh.delete(keyOf(tag, run));
      if (generation === this.generation) this.fail(error);
    }
  }

  fail(error) {
    this.error = error;
    this.onchange("data");
  }

  /** { shown: list of reasons, count } of all that was left out. */
  leftOut() {
    const answers = [...this.skipped.values()];
    const inSeries = answers.flatMap((answer) => answer.skipped);
    const all = [...this.index.skipped, ...inSeries];
    const count = answers.reduce((sum, one) => sum + one.num_skipped, 0);
    return {
      shown: all.slice(0, SKIPPED_SHOWN),
      count: this.index.skipped.length + count,
    };
  }

  /** The chosen runs that are here: { run, style, series }. */
  loaded() {
    const found = [];
    for (const run of this.state.runs) {
      const series = this.cache.get(keyOf(this.state.tag, run));
      if (series && series.steps.length > 0) {
        found.push({ run, series, style: this.styles.get(run) });
      }
    }
    return found.sort((a, b) => (a.run < b.run ? -1 : 1));
  }

  focus() {
    const loaded = this.loaded();
    return loaded.find((one) => one.run === this.state.focus) ?? loaded[0];
  }

  /** Histograms of winning scores of a run, at a step. */
  winning(run, step) {
    return this.index.series
      .filter((one) => one.kind === "winning_scores" && one.run === run)
      .flatMap(({ tag, population }) => {
        const series = this.cache.get(keyOf(tag, run));
        const place = series ? placeAt(series, step) : -1;
        if (place < 0) return [];
        return [{ tag, population, bins: series.bins[place] }];
      });
  }
}

function keyOf(tag, run) {
  return `${tag}\0${run}`;
}

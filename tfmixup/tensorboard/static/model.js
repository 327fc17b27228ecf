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
      this.index = index;
      this.error = null;
    } catch (error) {
      if (generation === this.generation) this.fail(error);
      return;
    }
    this.ready = true;
    this.fresh = new Set();
    const runs = [...new Set(this.index.series.map((one) => one.run))];
    this.styles = stylesOf(runs.sort());
    this.adopt();
  }

  /** Refreshes if there are other series than before. */
  async poll() {
    if (!this.ready || this.error || this.pending > 0) return;
    const index = await getIndex().catch(() => null);
    if (index && JSON.stringify(index) !== JSON.stringify(this.index)) {
      await this.refresh();
    }
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
    const tag = tags.includes(wish.tag) ? wish.tag : (tags[0] ?? null);
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

  /** Reads what is chosen and not here yet, the run in focus first. */
  async load() {
    const generation = this.generation;
    this.onchange("data");
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
    const histograms = this.index.series.filter(
      (one) => one.kind === "winning_scores" && one.run === run,
    );
    const unread = histograms.filter(
      (one) => !this.fresh.has(keyOf(one.tag, run)),
    );
    for (const one of unread) await this.fetch(one.tag, [run], generation);
    if (unread.length > 0 && generation === this.generation) {
      this.onchange("data");
    }
  }

  async fetch(tag, runs, generation) {
    for (const run of runs) this.fresh.add(keyOf(tag, run));
    this.pending++;
    try {
      const answer = await getBins(tag, runs);
      if (generation !== this.generation) return;
      for (const run of runs) this.cache.delete(keyOf(tag, run));
      for (const series of answer.series) {
        this.cache.set(keyOf(tag, series.run), series);
      }
      this.skipped.set(keyOf(tag, runs.join("\0")), answer);
      this.error = null;
    } catch (error) {
      for (const run of runs) this.fresh.delete(keyOf(tag, run));
      if (generation === this.generation) this.fail(error);
    } finally {
      this.pending--;
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

// Numbers as text.

/** A fraction with three digits after the point; a dash for none. */
export function short(value) {
  return Number.isFinite(value) ? value.toFixed(3) : "–";
}

export function signed(value) {
  if (!Number.isFinite(value)) return "–";
  const text = Math.abs(value).toFixed(3);
  if (Number(text) === 0) return text;
  return value > 0 ? `+${text}` : `−${text}`;
}

/** All digits: read back, it is the same number. */
export function exact(value) {
  return String(value);
}

export function interval(bins, place) {
  const trim = (edge) => String(Number(edge.toFixed(4)));
  return `(${trim(bins.lower[place])}, ${trim(bins.upper[place])}]`;
}

export function percent(share) {
  return `${(100 * share).toFixed(1)}%`;
}

/** Round numbers for an axis, about `count` of them. */
export function ticks(low, high, count = 4) {
  const span = high - low;
  if (!(span > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(span / count));
  const step =
    power * [1, 2, 5, 10].find((factor) => span / (power * factor) <= count);
  const result = [];
  for (let i = Math.ceil(low / step); i * step <= high + step / 1e6; i++) {
    result.push(Number((i * step).toPrecision(12)));
  }
  return result;
}

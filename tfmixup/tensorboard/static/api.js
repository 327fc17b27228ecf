// Requests to the server side. All addresses are relative, so that
// --path_prefix works.

import { decode } from "./decode.js";

export function getIndex() {
  return get("./index").then((response) => response.json());
}

/** Series of one tag, and what was left out. */
export async function getBins(tag, runs) {
  const response = await get(`./bins?${queryOf(tag, runs)}`);
  return decode(await response.arrayBuffer());
}

export function csvAddress(tag, runs) {
  return `./csv?${queryOf(tag, runs)}`;
}

function queryOf(tag, runs) {
  const query = new URLSearchParams([["tag", tag]]);
  for (const run of runs) query.append("run", run);
  return query;
}

async function get(address) {
  let response;
  try {
    response = await fetch(address);
  } catch {
    throw new Error(
      "TensorBoard does not answer. Is it still running? Start it again, " +
        "then press Try again.",
    );
  }
  if (!response.ok) {
    const reason = (await response.text()).slice(0, 300);
    throw new Error(`TensorBoard answered ${response.status}: ${reason}`);
  }
  return response;
}

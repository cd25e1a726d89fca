import { type Asked, askedOf } from '../asked.ts';
import { duration, number } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { CheckReport, ClusterFacts, Outcome, ReportModel } from '../model.ts';
import { byBadness, gistOf, isBaseline, shown, standing } from '../outcome.ts';
import { keyOfPlace, outside, type Place, placeOf, placesOf, services } from '../places.ts';
import { signs, squares } from '../words.ts';
import { latencyGist } from './latency.ts';
import { isOff, mapSquare } from './map-square.ts';
import { anchor, badge, breakable, scrolling, shorten, shortNames } from './parts.ts';
import { where } from './where.ts';

/** One line of the map: a check without a fault or under one. */
interface Row {
  readonly check: CheckReport;
  readonly outcome: Outcome;
  readonly asked: readonly Asked[];
}

/** Checks down, from which node to which across: where a cluster is right and where it broke. */
export function map(model: ReportModel, cluster: ClusterFacts): Html | undefined {
  const rowOf = (check: CheckReport, outcome: Outcome): Row => ({
    check,
    outcome,
    asked: askedOf(outcome, cluster),
  });
  const plain = model.checks
    .flatMap((check) => {
      const outcome = standing(check.outcomes, cluster.name);
      return outcome ? [rowOf(check, outcome)] : [];
    })
    .toSorted((a, b) => byBadness(a.outcome, b.outcome));
  if (plain.length === 0) return undefined;
  const broken = model.checks.flatMap((check) =>
    check.outcomes
      .filter(
        (outcome) => outcome.cluster === cluster.name && !isBaseline(outcome) && outcome.result !== 'pass',
      )
      .map((outcome) => rowOf(check, outcome)),
  );
  const byFault = Map.groupBy(broken, ({ outcome }) => outcome.fault ?? '');
  const rows = [...plain, ...broken];
  const starts = placesOf(
    rows.flatMap(({ asked }) => asked),
    cluster,
  );
  const places = starts.flatMap((start) => start.places);
  const faults = new Set([...cluster.faults.map(({ fault }) => fault), ...byFault.keys()]);
  return html`${scrolling(
    `Where on ${cluster.name}`,
    html`<table class="map squares" aria-label="Where on ${cluster.name}">
${head(starts, cluster)}
<tbody>${plain.map((row) => line(row, places, cluster))}</tbody>
${[...faults]
  .filter((fault) => byFault.has(fault))
  .map(
    (
      fault,
    ) => html`<tbody><tr><th scope="rowgroup" colspan="${1 + Math.max(1, places.length)}" class="under">under <code>${fault}</code></th></tr>
${byFault.get(fault)?.map((row) => line(row, places, cluster))}</tbody>`,
  )}</table>`,
  )}
${places.length > 0 && legend(rows, places)}`;
}

function head(starts: ReturnType<typeof placesOf>, { nodes }: ClusterFacts): Html | undefined {
  if (starts.length === 0) return undefined;
  const short = shortNames(nodes.map(({ name }) => name));
  const target = ({ to, own }: Place) => (own ? 'same node' : html`to ${short(to)}`);
  return html`<thead><tr><td></td>${starts.map(
    ({ from, places }) =>
      html`<th scope="colgroup" colspan="${places.length}" class="from span${Math.min(places.length, 9)}">from ${short(from)}</th>`,
  )}</tr>
<tr><td></td>${starts.map(({ places }) =>
    places.map(
      (place, at) =>
        html`<th scope="col" class="up${place.own && ' own'}${at === 0 && ' first'}"><span>${target(place)}</span></th>`,
    ),
  )}</tr></thead>`;
}

function line({ check, outcome, asked }: Row, places: readonly Place[], cluster: ClusterFacts): Html {
  const { result, ms, findings } = outcome;
  const byPlace = Map.groupBy(asked, (one) => keyOfPlace(placeOf(one)));
  const placed = isPlaced(outcome, asked);
  // What a fault broke was meant to break; only where it did not is there something to explain.
  const says = isBaseline(outcome) || result !== 'fail' ? gistOf(outcome) : undefined;
  const more = findings.length - 1;
  const broke = where(outcome, cluster);
  return html`<tr><th scope="row">${badge(shown(outcome))} <a href="#${anchor(check.id, cluster.name, outcome)}" title="${check.requirement}"><code>${breakable(check.id)}</code></a>${
    ms !== undefined && html` <span class="time">${duration(ms)}</span>`
  }</th>${
    asked.length === 0
      ? html`<td colspan="${Math.max(1, places.length)}" class="gist">${latencyGist(outcome, cluster)}</td>`
      : places.map((place, at) =>
          mapSquare(byPlace.get(keyOfPlace(place)), place, placed, places[at - 1]?.from !== place.from),
        )
  }</tr>
${
  (says !== undefined || broke !== undefined) &&
  html`<tr><td colspan="${1 + Math.max(1, places.length)}" class="says ${signs[shown(outcome)].tone}-side">${broke}${
    says !== undefined &&
    html`${broke && html`<br>`}${shorten(says, cluster)}${more > 0 && html` <span class="quiet">(and ${number(more)} more)</span>`}`
  }</td></tr>`
}`;
}

/** Where a check is not right and no pair is to blame, no pair may look right. */
function isPlaced({ result }: Outcome, asked: readonly Asked[]): boolean {
  return result === 'pass' || result === 'observed' || asked.some(isOff);
}

function legend(rows: readonly Row[], places: readonly Place[]): Html {
  const off = rows.flatMap(({ asked }) => asked.filter(isOff));
  const seen = [...new Set(off.filter(({ bad }) => bad).map(({ square }) => square))];
  return html`<ul class="legend"><li><span class="key sq connected">✓</span> as required</li>${seen.map(
    (kind) =>
      html`<li><span class="key sq blamed">${squares[kind].letter}</span> ${squares[kind].words}</li>`,
  )}${off.some(({ bad }) => !bad) && html`<li><span class="key sq probe-error">?</span> ${squares['probe-error'].words}</li>`}${
    off.some(({ wrong }) => wrong > 0) && html`<li><b>9/9</b> wrong of asked</li>`
  }${
    rows.some(({ outcome, asked }) => asked.length > 0 && !isPlaced(outcome, asked)) &&
    html`<li><span class="key sq">·</span> asked; no pair of its own is to blame</li>`
  }${
    places.some(({ to }) => to === services) && html`<li>${services}: through a Service’s address</li>`
  }${places.some(({ from, to }) => from === outside || to === outside) && html`<li>${outside}: not in the cluster</li>`}<li><span class="key sq none"></span> not asked</li></ul>`;
}

import { duration, number } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { ClusterFacts, Outcome } from '../model.ts';
import { linear } from '../plot.ts';
import { squares } from '../words.ts';
import { shorten, table } from './parts.ts';

type Watch = Outcome['watches'][number];
type Run = Watch['tries'][number];

/** Pairs that were tried again and again while something changed: when the change was in force, and each try. */
export function watches({ watches }: Outcome, cluster: ClusterFacts | undefined): Html | undefined {
  if (watches.length === 0) return undefined;
  return html`<div class="watches"><h5>When changes came into force</h5>
${table(
  'When changes came into force',
  [
    ['Pair'],
    ['Edge'],
    ['In force after', 'figure'],
    ['Resolution', 'figure'],
    ['Flaps', 'figure'],
    ['Leaked', 'figure'],
    ['Tries a second', 'figure'],
    ['Longest gap', 'figure'],
  ],
  watches.map((watch) => {
    const { edge, reason, rate, longestGap } = watch;
    return [
      nameOf(watch),
      edge?.kind ??
        unchanged(watch) ??
        html`<strong class="open">not known</strong>${reason !== undefined && `: ${shorten(reason, cluster)}`}`,
      edge ? signed(edge.ms) : '–',
      edge ? duration(edge.resolution) : '–',
      edge ? number(edge.flaps) : '–',
      edge ? number(edge.leaked) : '–',
      number(Math.round(rate)),
      duration(longestGap),
    ];
  }),
)}
<p class="note">${letters(watches)}. Each try starts from a fresh source port. A change is in force from the first try on from which all met it; it may have been so earlier, by no more than the resolution. Flaps: how often the old outcome came back; leaked: tries that still had it then.</p>
<div class="plots">${watches.filter(({ tries }) => tries.length > 0).map(strip)}</div></div>`;
}

function nameOf({ source, target, port }: Watch): string {
  return `${source} → ${target}, ${port.protocol} ${port.port}`;
}

/** What came of a watch during which nothing was changed. */
function unchanged({ acceptedAt, reason, settledAt, until }: Watch): string | undefined {
  if (acceptedAt !== undefined || reason !== undefined) return undefined;
  return settledAt === undefined ? `did not stay ${until}` : `stayed ${until}`;
}

/** The answer of an API reaches us a little later than the nodes may have heard of the change. */
function signed(ms: number): string {
  return ms < 0 ? `−${duration(-ms)}` : duration(ms);
}

/* Drawn 360 units wide, as all plots are. Outcomes differ in their height as well as in their colour. */
const width = 360;
const left = 62;
const right = 350;
const lanes = { connected: 16, denied: 36, neither: 56 } as const;
const tall = 14;

/** One watch from left to right: a block for tries of the same verdict in a row, with the verdict's letter. */
function strip(watch: Watch): Html {
  const { tries, acceptedAt, settledAt } = watch;
  const used = (Object.keys(lanes) as (keyof typeof lanes)[]).filter(
    (lane) => lane !== 'neither' || tries.some(({ verdict }) => laneOf(verdict) === lane),
  );
  const bottom = used.length * 20 + 16;
  const last = tries.at(-1)?.to ?? 0;
  const x = linear(Math.min(0, acceptedAt ?? 0), Math.max(last, acceptedAt ?? 0, 1), left, right);
  const mark = (at: number, name: string, kind: string, anchor: 'start' | 'end') =>
    html`<path class="${kind}" d="M${point(x.at(at))} 4V${bottom}"/><text class="label" x="${point(x.at(at) + (anchor === 'start' ? 4 : -4))}" y="11" text-anchor="${anchor}">${name}</text>`;
  return html`<div class="watch"><p class="sub">${nameOf(watch)}, until ${watch.until}</p>
<svg class="plot" viewBox="0 0 ${width} ${bottom + 30}" role="img" aria-label="${inWords(watch)}">
${x.ticks.map((tick) => html`<path class="rule" d="M${point(x.at(tick))} 14V${bottom}"/><text class="label" x="${point(x.at(tick))}" y="${bottom + 13}" text-anchor="middle">${number(tick)}</text>`)}
${used.map((lane) => html`<text class="label" x="${left - 6}" y="${lanes[lane] + 10.5}" text-anchor="end">${lane}</text>`)}
<path class="axis" d="M${left} ${bottom}H${right}"/>
${tries.map((run) => block(run, x.at(run.from), x.at(run.to)))}
${acceptedAt !== undefined && mark(acceptedAt, 'change', 'same', 'end')}${settledAt !== undefined && mark(settledAt, 'in force', 'limit', 'start')}
<text class="label" x="${right}" y="${bottom + 26}" text-anchor="end">milliseconds since the first try</text>
</svg></div>`;
}

/** At least so wide that a single try can be seen. */
function block({ verdict, n }: Run, from: number, to: number): Html {
  const wide = Math.max(to - from, 1.4);
  const lane = laneOf(verdict);
  const y = lanes[lane];
  return html`<rect class="tries ${lane}" x="${point(from)}" y="${y}" width="${point(wide)}" height="${tall}"/>${
    wide > 14 &&
    html`<text class="tries-letter ${lane}" x="${point(from + wide / 2)}" y="${y + 10.5}" text-anchor="middle">${squares[verdict].letter}${wide > 40 && ` ${number(n)}`}</text>`
  }`;
}

/** What the letters that occur mean. */
function letters(watches: readonly Watch[]): string {
  const used = new Set(watches.flatMap(({ tries }) => tries.map(({ verdict }) => verdict)));
  return [...used].map((verdict) => `${squares[verdict].letter} ${squares[verdict].words}`).join(', ');
}

/** An answer by somebody else is no outcome that anybody waits for, and of some tries nothing is known. */
function laneOf(verdict: Run['verdict']): keyof typeof lanes {
  if (verdict === 'connected') return 'connected';
  return verdict === 'probe-error' || verdict === 'wrong-peer' ? 'neither' : 'denied';
}

function inWords({ tries, settledAt, until }: Watch): string {
  const some = tries
    .slice(0, 12)
    .map(({ from, verdict, n }) => `${n} ${verdict} from ${Math.round(from)} ms`);
  const rest = tries.length > 12 ? [`and ${tries.length - 12} changes more`] : [];
  const end =
    settledAt === undefined ? `did not stay ${until}` : `${until} from ${Math.round(settledAt)} ms on`;
  return [...some, ...rest, end].join(', ');
}

/** A coordinate with a tenth of a unit. */
function point(value: number): number {
  return Number(value.toFixed(1));
}

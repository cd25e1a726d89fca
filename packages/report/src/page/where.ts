import { type Asked, lookupsOf, probesOf, samplesOf } from '../asked.ts';
import { blamed } from '../blame.ts';
import { count, number } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { ClusterFacts, Outcome } from '../model.ts';
import { groups, shared } from '../where.ts';
import { shorten } from './parts.ts';

/** The map and the check both say it, and of 100 pods it takes a while to find. */
const said = new WeakMap<Outcome, Html | undefined>();

/** How much broke, and what that has in common: `All of them start on worker2.` Undefined where no pair is blamed. */
export function where(outcome: Outcome, cluster: ClusterFacts | undefined): Html | undefined {
  if (!said.has(outcome)) said.set(outcome, sentence(outcome, cluster));
  return said.get(outcome);
}

function sentence(outcome: Outcome, cluster: ClusterFacts | undefined): Html | undefined {
  const blame = blamed(outcome);
  const probes = probesOf(outcome, cluster, blame);
  const samples = samplesOf(outcome, cluster, blame);
  const lookups = lookupsOf(outcome, cluster, blame);
  const all = [...probes, ...samples, ...lookups];
  if (!all.some(({ bad }) => bad)) return undefined;
  const broken = [
    tally(probes, 'probe', blame.unnamed),
    tally(samples, 'connection'),
    tally(lookups, 'lookup'),
    // Where no single connection is wrong, all of the sample together are.
    !samples.some(({ wrong }) => wrong > 0) &&
      samples.some(({ bad }) => bad) &&
      tally(samples.map(whole), 'sample'),
  ].filter((part) => part !== false && part !== undefined);
  const singular = broken.length === 1 && broken[0]?.startsWith('1 ');
  const such = probes.some(({ bad }) => bad) ? 'probe' : lookups.some(({ bad }) => bad) ? 'lookup' : 'sample';
  return html`<strong>${broken.join(' and ')} ${singular ? 'breaks' : 'break'} the requirement.</strong>${
    blame.unnamed > 0
      ? ` The findings do not name ${number(blame.unnamed)} of them; those are not marked.`
      : shorten(common(all, such), cluster)
  }`;
}

/** What they have in common, all of them or group by group. */
function common(all: readonly Asked[], what: string): string {
  const { traits, spared } = shared(all);
  if (traits.length > 0) {
    const others =
      spared === 0
        ? `no such ${what} is right`
        : `${count(spared, `other such ${what}`)} ${spared === 1 ? 'is' : 'are'} right`;
    return ` All of them ${listed(traits)}; ${others}.`;
  }
  const { groups: several, rest } = groups(all);
  if (several.length === 0 || all.every(({ bad }) => bad)) return '';
  const parts = several.map((group) => `${number(group.wrong)} ${listed(group.traits)}`);
  return ` ${parts.join('; ')}; no such ${what} is right.${leftOver(rest)}`;
}

/** `start on worker, go to worker2 and are UDP`. */
function listed(traits: readonly string[]): string {
  return [traits.slice(0, -1).join(', '), ...traits.slice(-1)].filter((part) => part !== '').join(' and ');
}

function leftOver(rest: number): string {
  if (rest === 0) return '';
  return rest === 1 ? ' One more stands alone.' : ` The other ${number(rest)} have nothing in common.`;
}

function tally(all: readonly Asked[], what: string, unnamed = 0): string | undefined {
  const wrong = all.reduce((sum, asked) => sum + asked.wrong, unnamed);
  const asked = all.reduce((sum, asked) => sum + asked.asked, 0);
  return wrong === 0 ? undefined : `${number(wrong)} of ${count(asked, what)}`;
}

function whole(sample: Asked): Asked {
  return { ...sample, asked: 1, wrong: sample.bad ? 1 : 0 };
}

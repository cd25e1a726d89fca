import type { NodeFacts } from '@netproof/core';
import { addressOf, type Block, blockOf, endsOf, isInside, overlap } from './block.ts';
import { type Keys, keysOf, type NodeConfiguration, networkOf, pluginsOf } from './configuration.ts';
import { configurationFolder, flannelFile } from './places.ts';

/** A file of a node, as it was read. */
export interface RangeFile {
  readonly path: string;
  readonly text: string;
}

/**
 * The file with the ranges that host-local has on a node: its configuration, or what Flannel's daemon leaves for its
 * plugin; undefined where host-local gives no addresses.
 */
export function rangeFileOf(found: NodeConfiguration): RangeFile | undefined {
  const plugins = pluginsOf(networkOf(found));
  if (plugins.some(({ type }) => type === 'flannel')) return { path: flannelFile, text: found.flannel };
  if (plugins.some(({ ipam }) => keysOf(ipam)?.type === 'host-local'))
    return { path: `${configurationFolder}/${found.file}`, text: found.text };
  return undefined;
}

/** One range of host-local, and what is wrong with it by itself. */
export interface Range {
  readonly shown: string;
  readonly block?: Block;
  readonly problems: readonly string[];
}

/** The ranges of a node. */
export function rangesOf(found: NodeConfiguration): readonly Range[] {
  const plugins = pluginsOf(networkOf(found));
  return plugins.flatMap(({ type, ipam }) => {
    const keys = keysOf(ipam);
    // The daemon names its own address there, with the length of the subnet.
    if (type === 'flannel') return [...found.flannel.matchAll(/^FLANNEL_SUBNET=(.*)$/gm)].map(flannelRange);
    if (keys?.type !== 'host-local') return [];
    const sets = Array.isArray(keys.ranges) ? keys.ranges.flat() : [];
    const old = keys.subnet === undefined ? [] : [keys];
    return [...old, ...sets].map((one) => rangeOf(keysOf(one) ?? {}));
  });
}

function flannelRange([, subnet = '']: RegExpMatchArray): Range {
  const block = blockOf(subnet);
  return block ? rangeOf({ subnet: `${endsOf(block)[0]}/${subnet.split('/')[1]}` }) : rangeOf({ subnet });
}

function rangeOf({ subnet, rangeStart, rangeEnd }: Keys): Range {
  const text = String(subnet);
  const block = blockOf(text);
  if (block === undefined) return { shown: text, problems: [`${text} is no subnet`] };
  const [network, length = ''] = text.split('/');
  const bits = block.family === 4 ? 32 : 128;
  const ends = [rangeStart, rangeEnd].map((end) => (end === undefined ? undefined : addressOf(String(end))));
  const given = [rangeStart, rangeEnd].filter((end) => end !== undefined);
  const [start, end] = ends;
  return {
    shown: given.length > 0 ? `${text}, ${rangeStart ?? ''}–${rangeEnd ?? ''}` : text,
    block: { ...block, ...(start && { first: start.first }), ...(end && { last: end.last }) },
    problems: [
      ...(Number(length) > bits - 2 ? [`${text} is too small to give addresses from`] : []),
      ...(addressOf(network ?? '')?.first === block.first ? [] : [`${text} has host bits set`]),
      ...given.flatMap((one) => {
        const address = addressOf(String(one));
        return address && isInside(address, block) ? [] : [`${one} is not inside ${text}`];
      }),
      ...(start && end && start.first > end.last ? [`${rangeStart} comes after ${rangeEnd}`] : []),
    ],
  };
}

/**
 * All that is wrong with the ranges of a cluster's nodes, each in words: with one by itself, outside its node's
 * podCIDR, or with addresses of another. host-local knows its own node only and cannot see that.
 */
export function rangeProblems(
  found: readonly NodeConfiguration[],
  nodes: readonly NodeFacts[],
): readonly string[] {
  const ranges = found.flatMap((one) => rangesOf(one).map((range) => ({ node: one.node, ...range })));
  const alone = ranges.flatMap(({ node, problems }) => problems.map((what) => `${node}: ${what}`));
  const none = found.flatMap(({ node }) =>
    ranges.some((range) => range.node === node) ? [] : [`${node}: host-local has no range`],
  );
  const strays = ranges.flatMap(({ node, shown, block }) => {
    const podCIDR = nodes.find(({ name }) => name === node)?.podCIDR ?? '';
    const own = blockOf(podCIDR);
    if (block === undefined || (own && isInside(block, own))) return [];
    return [`${node}: ${shown} is outside the podCIDR of the node, ${podCIDR || 'which has none'}`];
  });
  return [...none, ...alone, ...strays, ...overlaps(ranges)];
}

/** The podCIDRs that are none, outside of the cluster's pod subnet, or with addresses of another, each in words. */
export function podCIDRProblems(nodes: readonly NodeFacts[], podSubnet: string): readonly string[] {
  const subnet = blockOf(podSubnet);
  const all = nodes.map(({ name, podCIDR }) => ({ node: name, shown: podCIDR, block: blockOf(podCIDR) }));
  const strays = all.flatMap(({ node, shown, block }) =>
    block && subnet && isInside(block, subnet)
      ? []
      : [`${node}: the podCIDR ${shown || '(none)'} is outside of the pod subnet, ${podSubnet}`],
  );
  return [...strays, ...overlaps(all)];
}

interface Placed {
  readonly node: string;
  readonly shown: string;
  readonly block?: Block | undefined;
}

function overlaps(all: readonly Placed[]): readonly string[] {
  return all.flatMap((one, at) =>
    all
      .slice(at + 1)
      .flatMap((other) =>
        one.block && other.block && overlap(one.block, other.block)
          ? [`${one.shown} of ${one.node} and ${other.shown} of ${other.node} overlap`]
          : [],
      ),
  );
}

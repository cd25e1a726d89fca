import type { Endpoint } from '@netproof/core';
import type { Flow, Sighting } from './flows.ts';

/** A place that packets of a flow pass: into a node or out of it, on whichever device. */
export interface Hop {
  readonly node: string;
  readonly way: 'in' | 'out';
  readonly of: 'request' | 'answer';
  /** Into an end or out of it: the client's or the server's pod. */
  readonly end: boolean;
  /** Packets of the flow that were seen there, in the order of their capture. */
  readonly seen: readonly Sighting[];
}

export interface Path {
  readonly client: Endpoint;
  /** The address that was asked, and the node that has it where it forwards to servers: a NodePort. */
  readonly address: string;
  readonly via: string | undefined;
  readonly servers: readonly Endpoint[];
}

/** Where a flow's request and then its answer must pass, in their order, and what was seen there. */
export function hopsOf({ requests, answers }: Flow, path: Path): readonly Hop[] {
  const server = serverOf(requests, path);
  const nodes = nodesOn(requests, path, server);
  const bare = nodes.flatMap((node, at) => {
    const first = at === 0 && path.client.node === node;
    const last = at === nodes.length - 1 && server !== undefined;
    const hop = (way: 'in' | 'out', end: boolean) => ({ node, way, end, at });
    // What a node itself sends comes in nowhere, and what it is sent goes out nowhere.
    return [
      ...(first && path.client.kind === 'node' ? [] : [hop('in', first)]),
      ...(last && server.kind === 'node' ? [] : [hop('out', last)]),
    ];
  });
  // A node that is passed twice, because another one forwards: first for the address that was asked, then for the server's.
  const side = (address: string, at: number) =>
    nodes.length < 3 || nodes[0] !== nodes[2] || at === 1 || (address === path.address) === (at === 0);
  const there = bare.map(({ at, ...hop }): Hop => {
    const here = requests.filter(
      ({ node, way, to }) => node === hop.node && way === hop.way && side(to.address, at),
    );
    return { ...hop, of: 'request', seen: here };
  });
  const back = bare.toReversed().map(({ at, ...hop }): Hop => {
    const way = hop.way === 'in' ? 'out' : 'in';
    const here = answers.filter(
      (one) => one.node === hop.node && one.way === way && side(one.from.address, at),
    );
    return { ...hop, way, of: 'answer', seen: here };
  });
  return [...there, ...back];
}

/** The one to whose address the request was sent. */
export function serverOf(requests: readonly Sighting[], { servers }: Path): Endpoint | undefined {
  return servers.find(({ ip }) => requests.some(({ to }) => to.address === ip));
}

/** A client that knows the server itself, as with eBPF at its socket, does not pass the forwarding node. */
function nodesOn(requests: readonly Sighting[], path: Path, server: Endpoint | undefined): readonly string[] {
  const forwarded = requests.some(({ to }) => to.address === path.address);
  const all = [path.client.node, forwarded ? path.via : undefined, server?.node];
  const known = all.filter((node) => node !== undefined && node !== '') as string[];
  return known.filter((node, at) => node !== known[at - 1]);
}

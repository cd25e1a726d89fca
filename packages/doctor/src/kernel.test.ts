import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Feature } from './features.ts';
import { features } from './features.ts';
import { decide, factsOf, type Known } from './kernel.ts';
import { kernelConfig } from './kernel-config.ts';
import { type Outcome, Trials } from './trial.ts';

const feature: Feature = {
  name: 'vxlan',
  neededBy: 'overlays',
  cost: 'no overlays',
  config: ['VXLAN', 'NET_UDP_TUNNEL'],
  module: 'vxlan',
};
const works: Outcome = { result: 'works', said: '' };
const refused: Outcome = { result: 'refused', said: 'Unknown device type' };
const untried: Outcome = { result: 'untried', said: 'no ip command' };
const built = (options: Record<string, string>) => ({
  file: '/boot/config',
  options: new Map(Object.entries(options)),
});

describe('a feature of the kernel', () => {
  it('that works when it is tried is there, whatever the configuration says', () => {
    assert.deepEqual(decide(feature, works, built({}), true), { has: true, how: 'tried' });
  });

  it('that the kernel refuses to root is not there', () => {
    const { has, how } = decide(feature, refused, built({ VXLAN: 'y', NET_UDP_TUNNEL: 'y' }), true);
    assert.equal(has, false);
    assert.match(
      how,
      /^tried: Unknown device type; CONFIG_VXLAN, CONFIG_NET_UDP_TUNNEL=y in \/boot\/config$/,
    );
  });

  it('that the kernel refuses to a user may be a module that only root has loaded', () => {
    assert.equal(decide(feature, refused, built({ VXLAN: 'm', NET_UDP_TUNNEL: 'y' }), false).has, undefined);
    assert.equal(decide(feature, refused, built({ VXLAN: 'y', NET_UDP_TUNNEL: 'y' }), false).has, true);
    assert.equal(decide(feature, refused, built({ VXLAN: 'y' }), false).has, false);
  });

  it('that cannot be tried is told by its options, each of which must be set', () => {
    const all = decide(feature, untried, built({ VXLAN: 'y', NET_UDP_TUNNEL: 'y' }), true);
    assert.deepEqual(all, { has: true, how: 'CONFIG_VXLAN, CONFIG_NET_UDP_TUNNEL=y in /boot/config' });
    const one = decide(feature, untried, built({ VXLAN: 'y' }), true);
    assert.equal(one.has, false);
    assert.equal(one.how, 'not tried: no ip command; CONFIG_NET_UDP_TUNNEL not set in /boot/config');
  });

  it('of which nothing is known is not there and not lacking', () => {
    const { has, how } = decide(feature, untried, undefined, true);
    assert.equal(has, undefined);
    assert.match(how, /no ip command; the kernel's configuration is not to be found/);
  });
});

describe('the facts of the kernel', () => {
  const all = (has: boolean | undefined, but: Record<string, boolean | undefined> = {}) =>
    new Map<string, Known>(
      features.map(({ name }) => [name, { has: name in but ? but[name] : has, how: 'tried' }]),
    );
  const stateOf = (known: ReadonlyMap<string, Known>, wanted: string) =>
    factsOf(known).find(({ name }) => name === wanted)?.state;

  it('say what a run cannot do without', () => {
    assert.equal(stateOf(all(true, { veth: false }), 'veth'), 'lacks');
    assert.equal(stateOf(all(true, { sch_netem: false }), 'sch_netem'), 'note');
    assert.equal(stateOf(all(true), 'veth'), 'there');
  });

  it('let one flavour of iptables stand in for the other', () => {
    assert.equal(stateOf(all(true, { 'iptables legacy': false }), 'iptables legacy'), 'note');
    const neither = all(true, { 'iptables legacy': false, 'iptables nf_tables': false });
    assert.equal(stateOf(neither, 'iptables legacy'), 'lacks');
    assert.equal(stateOf(neither, 'iptables nf_tables'), 'lacks');
  });

  it('never call there what could not be determined', () => {
    for (const { state } of factsOf(all(undefined))) assert.equal(state, 'unknown');
  });

  it('name for each lack what needs it, what it costs and what cures it', () => {
    for (const { name, neededBy, cost, cure } of factsOf(all(false))) {
      assert.ok(neededBy && cost && cure?.includes('CONFIG_'), name);
    }
  });
});

describe("the kernel's configuration", () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'netproof-config-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is read from the first file that is there, packed or not', async () => {
    const text = '# CONFIG_NET_IPIP is not set\nCONFIG_VXLAN=m\nCONFIG_HZ=250\nCONFIG_VETH=y\n';
    const packed = join(folder, 'config.gz');
    const plain = join(folder, 'config');
    await writeFile(plain, text);
    assert.equal((await kernelConfig([packed, plain]))?.file, plain);
    await writeFile(packed, 'damaged');
    assert.equal((await kernelConfig([packed, plain]))?.file, plain);
    await writeFile(packed, gzipSync(text));
    const config = await kernelConfig([packed, plain]);
    assert.equal(config?.file, packed);
    assert.deepEqual(
      [...(config?.options ?? [])],
      [
        ['VXLAN', 'm'],
        ['VETH', 'y'],
      ],
    );
    assert.equal(await kernelConfig([join(folder, 'none')]), undefined);
  });
});

describe('a trial', () => {
  it('tells what the kernel lacks from what stands in the way', async () => {
    const trials = await Trials.open(60_000);
    const result = async (script: string, expected?: RegExp) =>
      (await trials.try(['sh', '-c', script], expected)).result;
    // Where the machine gives no namespaces, nothing may count as tried.
    const tried = (one: string) => (trials.closed === undefined ? one : 'untried');
    assert.equal(await result('true'), tried('works'));
    assert.equal(await result('echo "Error: Unknown device type." >&2; exit 2'), tried('refused'));
    assert.equal(await result('echo "Operation not permitted" >&2; exit 2'), 'untried');
    assert.equal(await result('echo "Set x does not exist" >&2; exit 2', /Set x/), tried('works'));
    assert.equal((await trials.try(['netproof-no-such-command'])).result, 'untried');
  });
});

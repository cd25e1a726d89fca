import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NetproofError } from '@netproof/core';
import type { Component } from './component.ts';
import { keysOf } from './key.ts';
import { placeOf } from './mirror.ts';
import { pack } from './pack.ts';
import { provenanceOf } from './provenance.ts';
import { Registry } from './registry.ts';
import { type RegistryStandIn, registryStandIn } from './registry-stand-in.ts';
import { published, pullMissing, remoteOf } from './remote.ts';
import { Store } from './store.ts';
import { repositoryOf } from './take.ts';
import { component, testFolder } from './testing.ts';
import { Tools } from './tool.ts';

const { signal } = new AbortController();
const tools = new Tools(() => {}, signal);
const made = { name: 'etcd', version: 'v3', from: 'source' };
const etcd = component('etcd', { made });
const kind = component('kind', { needs: [etcd] });

/** A store in a folder of its own. */
async function emptyStore() {
  const folder = await testFolder();
  return {
    folder,
    store: new Store(folder.path, assert.fail),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** Builds components and pushes them, as `netproof images push` does. */
async function push(registry: RegistryStandIn, components: readonly Component[], prefix = ''): Promise<void> {
  await using at = await emptyStore();
  const keys = await keysOf(components);
  const to = new Registry(placeOf(`${registry.name}${prefix}`, 'x'), { hint: '', signal });
  for (const one of components) {
    const key = keys.get(one) as string;
    await at.store.add(one.name, key, (folder) => one.build(folder, {} as never));
    const folder = (await at.store.temporary('pack')).path;
    const { manifest, blobs } = await pack(one, { ...at, tools, key, folder });
    for (const { digest, file } of blobs) await to.pushBlob(repositoryOf(one), digest, file);
    await to.pushManifest(repositoryOf(one), key, manifest);
  }
}

/** Pulls what is missing of these from a mirror into an empty store. */
async function pull(
  mirror: string,
  components: readonly Component[],
  { named, full }: { readonly named?: false; readonly full?: true } = {},
) {
  const at = await emptyStore();
  if (full) fillDisk(at.store);
  const keys = await keysOf(components);
  const warnings: string[] = [];
  const checked: string[][] = [];
  const remote = remoteOf(signal, mirror === '' ? {} : { NETPROOF_MIRROR: mirror });
  const pulling = pullMissing({ ...remote, named: named ?? remote.named }, components, {
    ...at,
    tools,
    keys,
    onProgress: () => {},
    onWarning: (warning) => warnings.push(warning),
    check: async (pulled) => void checked.push(pulled.map(({ name }) => name)),
  });
  const error = await pulling.then(
    () => undefined,
    (thrown: NetproofError) => thrown,
  );
  const has = (one: Component) => at.store.has(one.name, keys.get(one) as string);
  return { ...at, keys, error, warnings, checked, has };
}

/** The second blob that comes finds no space. */
function fillDisk(store: Store): void {
  const temporary = store.temporary.bind(store);
  store.temporary = async (name) => {
    const folder = await temporary(name);
    await symlink('/dev/full', join(folder.path, 'blob-1'));
    return folder;
  };
}

const digest = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

describe('a mirror', () => {
  for (const prefix of ['', '/team/k8s']) {
    it(`gives what was pushed, byte for byte${prefix && ', also below a prefix'}`, async () => {
      await using registry = await registryStandIn();
      await push(registry, [etcd, kind], prefix);
      await using to = await pull(`${registry.name}${prefix}`, [etcd, kind]);
      assert.equal(to.error, undefined);
      assert.deepEqual(to.warnings, []);
      assert.deepEqual(to.checked, [['etcd', 'kind']]);
      assert.ok((await to.has(etcd)) && (await to.has(kind)));
      assert.equal(await readFile(to.store.file('etcd', to.keys.get(etcd) as string, 'out'), 'utf8'), 'etcd');
      assert.deepEqual(await readdir(join(to.folder.path, 'temporary')), []);
    });
  }

  it('is told of in the provenance, with its digest, for all that was in what it gave', async () => {
    await using registry = await registryStandIn();
    await push(registry, [kind]);
    await using to = await pull(registry.name, [kind]);
    const [one, ...more] = await provenanceOf([kind], to.store, to.keys);
    assert.deepEqual(more, []);
    const manifest = registry.content.get(`netproof/kind:${to.keys.get(kind)}`) as Buffer;
    assert.deepEqual(one, {
      ...made,
      origin: 'pulled',
      from: `${registry.name}/netproof/kind@${digest(manifest)}, built from source`,
      key: to.keys.get(etcd),
    });
  });

  it('may lack something, which is then built, and a warning says what', async () => {
    await using registry = await registryStandIn();
    await push(registry, [kind]);
    await using to = await pull(registry.name, [etcd, kind]);
    assert.equal(to.error, undefined);
    assert.deepEqual([await to.has(etcd), await to.has(kind)], [false, true]);
    const key = to.keys.get(etcd);
    assert.deepEqual(to.warnings, [`${registry.name} lacks netproof/etcd:${key}: made here, from source`]);
  });

  it('that does not answer ends the run, with what was asked for and how to go on', async () => {
    const registry = await registryStandIn();
    await registry[Symbol.asyncDispose]();
    await using to = await pull(registry.name, [kind]);
    assert.deepEqual([to.error?.code, to.error?.exit], ['REGISTRY_SILENT', 3]);
    assert.match(to.error?.message ?? '', new RegExp(`^${registry.name}, asked .*ECONNREFUSED`));
    assert.match(to.error?.hint ?? '', /NETPROOF_MIRROR.*unset NETPROOF_MIRROR/);
  });

  for (const [what, status, why] of [
    ['is something else', 404, /answered 404/],
    ['wants credentials', 403, /wants credentials/],
    ['is broken', 500, /answered 500/],
  ] as const) {
    it(`that ${what} ends the run`, async () => {
      await using registry = await registryStandIn();
      registry.instead = (_, response) => {
        response.writeHead(status).end();
        return true;
      };
      await using to = await pull(registry.name, [kind]);
      assert.deepEqual([to.error?.code, to.error?.exit], ['REGISTRY_REFUSED', 3]);
      assert.match(to.error?.message ?? '', why);
    });
  }

  it('that answers with a page instead of a manifest ends the run', async () => {
    await using registry = await registryStandIn();
    registry.instead = ({ url }, response) => {
      if (url === '/v2/') return false;
      response.end('<html>');
      return true;
    };
    await using to = await pull(registry.name, [kind]);
    assert.match(to.error?.message ?? '', /answered 200 with what is no OCI manifest/);
  });

  it('that gives another byte, or stops in the middle, gives nothing', async () => {
    for (const damage of [
      (bytes: Buffer) => Buffer.from(bytes.with(bytes.length - 9, bytes.at(-9)! ^ 1)),
      (bytes: Buffer) => bytes.subarray(0, -1),
    ]) {
      await using registry = await registryStandIn();
      await push(registry, [kind]);
      for (const [name, bytes] of registry.content) {
        if (name.includes('@') && bytes[0] !== 0x7b) registry.content.set(name, damage(bytes));
      }
      await using to = await pull(registry.name, [kind]);
      assert.deepEqual([to.error?.code, to.error?.exit], ['WRONG_DIGEST', 3]);
      assert.match(to.error?.message ?? '', /netproof\/kind@sha256:/);
      assert.equal(await to.has(kind), false);
      assert.deepEqual(await readdir(join(to.folder.path, 'temporary')), []);
    }
  });

  it('whose connection breaks gives nothing and says so', async () => {
    await using registry = await registryStandIn();
    await push(registry, [kind]);
    registry.instead = ({ url }, response) => {
      if (!url?.includes('/blobs/')) return false;
      response.writeHead(200, { 'content-length': 1000 }).write('x', () => response.destroy());
      return true;
    };
    await using to = await pull(registry.name, [kind]);
    assert.deepEqual([to.error?.code, to.error?.exit], ['REGISTRY_SILENT', 3]);
    assert.equal(await to.has(kind), false);
  });

  it('that has another component under a key is not believed', async () => {
    await using registry = await registryStandIn();
    const other = component('kind', { content: 'other' });
    await push(registry, [other]);
    const [wrong, right] = await Promise.all([keysOf([other]), keysOf([kind])]);
    const bytes = registry.content.get(`netproof/kind:${wrong.get(other)}`) as Buffer;
    registry.content.set(`netproof/kind:${right.get(kind)}`, bytes);
    await using to = await pull(registry.name, [kind]);
    assert.deepEqual([to.error?.code, to.error?.exit], ['WRONG_KEY', 3]);
    assert.equal(await to.has(kind), false);
  });

  it('gives nothing to a full disk, which is no defect of anybody', async () => {
    await using registry = await registryStandIn();
    await push(registry, [kind]);
    await using to = await pull(registry.name, [kind], { full: true });
    assert.deepEqual([to.error?.code, to.error?.exit], ['DISK_FULL', 3]);
    assert.ok(to.error?.message.includes(to.folder.path), to.error?.message);
  });

  it('gets the token that anybody gets', async () => {
    await using registry = await registryStandIn();
    await push(registry, [kind]);
    const challenge = `Bearer realm="http://${registry.name}/token",service="x",scope="repository:netproof/kind:pull"`;
    registry.instead = ({ url, headers }, response) => {
      if (url?.startsWith('/token')) {
        response.end(JSON.stringify({ token: new URL(url, 'http://x').searchParams.get('scope') }));
        return true;
      }
      if (headers.authorization === 'Bearer repository:netproof/kind:pull') return false;
      response.writeHead(401, { 'www-authenticate': challenge }).end();
      return true;
    };
    await using to = await pull(registry.name, [kind]);
    assert.equal(to.error, undefined);
    assert.equal(await to.has(kind), true);
  });

  it('is not sent what it has', async () => {
    await using registry = await registryStandIn();
    await push(registry, [kind]);
    registry.asked.length = 0;
    await push(registry, [kind]);
    assert.deepEqual(
      registry.asked.filter((one) => one.startsWith('POST')),
      [],
    );
  });
});

describe('without a mirror', () => {
  it('nobody is asked for what is not on the list of what was published', async () => {
    await using to = await pull('', [kind]);
    assert.deepEqual([to.error, to.warnings, to.checked], [undefined, [], [[]]]);
  });

  it('a registry of ours that does not answer is warned of, and what it was asked for is built', async () => {
    const registry = await registryStandIn();
    await registry[Symbol.asyncDispose]();
    await using to = await pull(registry.name, [kind], { named: false });
    assert.deepEqual([to.error, to.checked], [undefined, [[]]]);
    assert.match(to.warnings.join(), /did not answer: .*ECONNREFUSED.*; the rest is built from source$/);
  });

  it('the list has a digest for each name and key', async () => {
    await using folder = await testFolder();
    const file = join(folder.path, 'list');
    await writeFile(file, '# a comment\n\nkind:1 sha256:a\nimage-agent:2  sha256:b\n');
    assert.deepEqual(Object.fromEntries(await published(file)), {
      'kind:1': 'sha256:a',
      'image-agent:2': 'sha256:b',
    });
    for (const [name, found] of await published())
      assert.match(`${name} ${found}`, /^[\w-]+:[0-9a-f]{32} sha256:[0-9a-f]{64}$/);
  });
});

import assert from 'node:assert/strict';
import { configurationProblems } from './configuration.ts';

const programs = ['bridge', 'calico', 'calico-ipam', 'cilium-cni', 'flannel', 'host-local', 'portmap'];
const portmap = { type: 'portmap', snat: true, capabilities: { portMappings: true } };
const bridge = {
  type: 'bridge',
  bridge: 'cni0',
  isDefaultGateway: true,
  hairpinMode: true,
  ipMasq: false,
  mtu: 1500,
  ipam: { type: 'host-local', dataDir: '/run/cni-ipam', ranges: [[{ subnet: '10.1.2.0/24' }]] },
};
const list = { cniVersion: '1.0.0', name: 'bridge', plugins: [bridge, portmap] };

function problems(network: unknown, { file = '10-x.conflist', routed = true } = {}): readonly string[] {
  const text = typeof network === 'string' ? network : JSON.stringify(network);
  return configurationProblems({ node: 'a', file, text, programs, flannel: '' }, routed);
}
/** With a change of the first plugin. */
const wired = (change: object, routed = true) =>
  problems({ ...list, plugins: [{ ...bridge, ...change }, portmap] }, { routed });

describe('a network configuration', () => {
  const delegate = { hairpinMode: true, isDefaultGateway: true };
  const good: Record<string, object> = {
    'of our bridge CNI': list,
    'of Flannel': { cniVersion: '0.3.1', name: 'cbr0', plugins: [{ type: 'flannel', delegate }, portmap] },
    'of Calico': {
      cniVersion: '0.3.1',
      name: 'k8s-pod-network',
      plugins: [{ type: 'calico', mtu: 0, ipam: { type: 'calico-ipam' }, policy: { type: 'k8s' } }, portmap],
    },
    'of Cilium': {
      cniVersion: '0.3.1',
      name: 'cilium',
      plugins: [{ type: 'cilium-cni', 'enable-debug': false, 'log-file': '/var/run/cilium/cilium-cni.log' }],
    },
    'with several versions and switches': {
      ...list,
      cniVersions: ['0.4.0', '1.1.0', '2.0.0-rc.1'],
      disableGC: true,
    },
    'with versions in place of a version': { name: 'x', cniVersions: ['1.0.0'], plugins: [bridge] },
    'of a bridge without addresses': { ...list, plugins: [{ type: 'bridge', ipam: {} }] },
  };
  for (const [what, network] of Object.entries(good))
    it(`${what} is in order`, () => assert.deepEqual(problems(network), []));

  it('of a single plugin is in order where its file says that it is one', () => {
    const single = { cniVersion: '1.0.0', name: 'bridge', ...bridge };
    assert.deepEqual(problems(single, { file: '10-x.conf' }), []);
    assert.deepEqual(problems(single), ['it has no plugins']);
  });

  it('must be there, and be an object of JSON', () => {
    assert.deepEqual(problems('', { file: '' }), ['there is no network configuration']);
    assert.match(problems('{"name": ')[0] ?? '', /^it is no JSON: /);
    assert.deepEqual(problems([list]), ['it is no JSON object']);
  });

  it('must name a released version, and versions only', () => {
    assert.deepEqual(problems({ ...list, cniVersion: '1.0' }), ['"1.0" is no semantic version']);
    assert.deepEqual(problems({ ...list, cniVersion: 1 }), ['1 is no semantic version']);
    assert.deepEqual(problems({ ...list, cniVersions: ['1.1.0', 'x'] }), ['"x" is no semantic version']);
    assert.deepEqual(problems({ ...list, cniVersions: '1.1.0' }), ['cniVersions is "1.1.0", no list']);
    assert.deepEqual(problems({ ...list, cniVersion: '3.0.0' }), [
      'it names no released version of CNI: 3.0.0',
    ]);
    assert.deepEqual(problems({ ...list, cniVersion: undefined }), [
      'it names no released version of CNI: none at all',
    ]);
  });

  it('must have a name that a file may have', () => {
    for (const name of ['', '-x', 'a/b', 'a b', 7])
      assert.deepEqual(problems({ ...list, name }), [`${JSON.stringify(name)} is no name of a network`]);
    assert.deepEqual(problems({ ...list, name: undefined }), ['nothing is no name of a network']);
  });

  it('must be switched by true and false', () => {
    for (const key of ['disableCheck', 'disableGC', 'loadOnlyInlinedPlugins'])
      assert.deepEqual(problems({ ...list, [key]: 'true' }), [`${key} is "true"`]);
  });

  it('must have plugins', () => {
    assert.deepEqual(problems({ ...list, plugins: undefined }), ['it has no plugins']);
    assert.deepEqual(problems({ ...list, plugins: [] }), ['it has no plugins']);
    assert.deepEqual(problems({ ...list, plugins: bridge }), ['it has no plugins']);
    assert.deepEqual(problems({ ...list, plugins: [bridge, 'portmap'] }), ['plugin 2 is "portmap"']);
  });

  it('tells all that is wrong with it at once', () => {
    const network = {
      cniVersion: '9.0.0',
      name: '/',
      plugins: [{ ...bridge, type: 'brigde' }, { type: 'portmap' }],
    };
    assert.deepEqual(problems(network), [
      'it names no released version of CNI: 9.0.0',
      '"/" is no name of a network',
      'plugin 1: there is no program brigde to run',
      'plugin 2: portmap gets no ports without the capability portMappings',
    ]);
  });
});

describe('a plugin of a network configuration', () => {
  it('must have the type of a program on the node', () => {
    assert.deepEqual(wired({ type: 'ptp' }), ['plugin 1: there is no program ptp to run']);
    assert.deepEqual(wired({ type: undefined }), ['plugin 1: nothing is no type of a plugin']);
    assert.deepEqual(wired({ type: '' }), ['plugin 1: "" is no type of a plugin']);
    assert.deepEqual(wired({ type: '../bridge' }), ['plugin 1: "../bridge" is no type of a plugin']);
    assert.deepEqual(wired({ type: 'a\\b' }), ['plugin 1: "a\\\\b" is no type of a plugin']);
  });

  it('must find the plugins that it calls', () => {
    assert.deepEqual(wired({ ipam: { type: 'dhcp' } }), ['plugin 1: there is no program dhcp to run']);
    assert.deepEqual(wired({ ipam: { type: 'a/b' } }), ['plugin 1: "a/b" is no type of a plugin']);
    assert.deepEqual(wired({ ipam: 'host-local' }), ['plugin 1: ipam is "host-local"']);
    const flannel = { ...list, plugins: [{ type: 'flannel', delegate: { type: 'ipvlan' } }] };
    assert.deepEqual(problems(flannel), ['plugin 1: there is no program ipvlan to run']);
    const found = {
      node: 'a',
      file: '1.conflist',
      text: JSON.stringify(flannel).replace('ipvlan', 'bridge'),
    };
    assert.deepEqual(configurationProblems({ ...found, programs: ['flannel'], flannel: '' }, true), [
      'plugin 1: there is no program bridge to run',
    ]);
  });

  it('must not have keys that are the runtime’s', () => {
    for (const key of ['runtimeConfig', 'args', 'cni.dev/attachments'])
      assert.deepEqual(wired({ [key]: {} }), [`plugin 1: ${key} is reserved for the runtime`]);
  });

  it('has capabilities that are true or false', () => {
    assert.deepEqual(wired({ capabilities: { mac: true, ips: false } }), []);
    assert.deepEqual(wired({ capabilities: { mac: 'yes' } }), ['plugin 1: capabilities is {"mac":"yes"}']);
    assert.deepEqual(wired({ capabilities: ['mac'] }), ['plugin 1: capabilities is ["mac"]']);
  });

  it('that maps ports must be given them', () => {
    for (const capabilities of [undefined, {}, { portMappings: false }])
      assert.deepEqual(problems({ ...list, plugins: [bridge, { type: 'portmap', capabilities }] }), [
        'plugin 2: portmap gets no ports without the capability portMappings',
      ]);
  });

  it('that is a bridge must not be told two things', () => {
    const both = 'plugin 1: hairpinMode and promiscMode exclude each other';
    assert.deepEqual(wired({ promiscMode: true }), [both]);
    assert.deepEqual(wired({ promiscMode: true, hairpinMode: false }), []);
    const gateway = 'plugin 1: isDefaultGateway is true and isGateway false';
    assert.deepEqual(wired({ isGateway: false }), [gateway]);
    assert.deepEqual(wired({ isGateway: false, isDefaultGateway: false }), []);
  });

  it('that is a bridge must not masquerade where pods are routed to', () => {
    const masquerades = 'plugin 1: ipMasq masquerades what goes to pods of other nodes';
    assert.deepEqual(wired({ ipMasq: true }), [masquerades]);
    assert.deepEqual(wired({ ipMasq: true }, false), []);
  });

  it('is held to the same where another plugin calls it', () => {
    const of = (delegate: object) => problems({ ...list, plugins: [{ type: 'flannel', delegate }] });
    assert.deepEqual(of({ hairpinMode: true, promiscMode: true }), [
      'plugin 1: hairpinMode and promiscMode exclude each other',
    ]);
    assert.deepEqual(of({ ipMasq: true }), ['plugin 1: ipMasq masquerades what goes to pods of other nodes']);
    assert.deepEqual(of({ ipam: { type: 'dhcp' } }), ['plugin 1: there is no program dhcp to run']);
  });
});

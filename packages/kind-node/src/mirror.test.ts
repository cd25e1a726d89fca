import assert from 'node:assert/strict';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kindPlan } from './plan.ts';
import { created, standIns } from './stand-ins.ts';

const file = '/etc/containerd/certs.d/_default/hosts.toml';

/** What the nodes of a cluster with a mirror were told, and what kind had printed by then. */
async function told(mirror: string, route = 'default via 172.18.0.1 dev eth0') {
  await using tools = await standIns(created);
  const programs = {
    // Would write the file on this machine.
    sh: '#!/bin/sh\n{ echo "$4"; cat; } > "$STAND_IN/told-$$"; cat "$STAND_IN/told-$$" >> "$STAND_IN/told"\n',
    ip: `#!/bin/sh\necho '${route}'\n`,
  };
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(tools.folder, 'bin dir', name), script);
    await chmod(join(tools.folder, 'bin dir', name), 0o755);
  }
  const read = () => readFile(join(tools.folder, 'told'), 'utf8');
  let beforeInstall = '';
  const plan = kindPlan({
    name: 'a',
    config: 'c',
    kubeconfig: join(tools.folder, 'k'),
    mirror,
    ...tools.machine,
  });
  await using _ = await plan.create({
    onControlPlane: async () => {
      beforeInstall = await read();
    },
  });
  return { beforeInstall, all: await read() };
}

const hosts = (host: string, more = '') =>
  `${file}\n[host."${host}"]\n  capabilities = ["pull", "resolve"]\n${more}`;

describe('a mirror', () => {
  it('is what every node asks first, before anything is installed', async () => {
    const { beforeInstall, all } = await told('https://mirror.example');
    assert.equal(all, hosts('https://mirror.example').repeat(2));
    assert.equal(beforeInstall, all);
  });

  it('may be a part of a registry', async () => {
    const { all } = await told('http://10.0.0.2:5000/team/k8s');
    assert.equal(all, hosts('http://10.0.0.2:5000/v2/team/k8s', '  override_path = true\n').repeat(2));
  });

  it('on this machine is named to the nodes by its address on their network', async () => {
    const { all } = await told('http://127.0.0.1:5000');
    assert.equal(all, hosts('http://172.18.0.1:5000').repeat(2));
  });

  it('on this machine fails the cluster where nodes have no way to it', async () => {
    await assert.rejects(told('http://localhost:5000', ''), {
      code: 'FAILED',
      message: /a-(control-plane|worker) has no way to this machine/,
    });
  });
});

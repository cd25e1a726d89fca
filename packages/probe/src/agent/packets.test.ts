import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packets } from './packets.ts';

describe('packets', () => {
  const folder = mkdtempSync(join(tmpdir(), 'netproof-devices-'));
  const device = (name: string, mtu: number) => {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'mtu'), `${mtu}\n`);
  };
  after(() => rmSync(folder, { recursive: true }));

  it('are as large as the largest device lets them be, the loopback left out', async () => {
    device('lo', 65_536);
    await assert.rejects(packets(folder), /is not known how large they may be/);
    device('eth0', 1_450);
    device('eth1', 9_000);
    assert.equal((await packets(folder)).mtu, 9_000);
  });

  it('are counted by the kernel where it cuts them', async () => {
    const { fragments } = await packets(folder);
    assert(Number.isInteger(fragments) && fragments >= 0);
  });
});

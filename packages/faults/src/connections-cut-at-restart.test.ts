import assert from 'node:assert/strict';
import type { Endpoint, FaultContext } from '@netproof/core';
import { nodesThatRun } from '@netproof/core/testing';
import cutAtRestart from './connections-cut-at-restart.ts';

const list = [{ name: 'a', ip: '', podCIDR: '', controlPlane: false }];
const pod: Endpoint = { kind: 'pod', id: 'x/a', node: 'a', ip: '10.1.0.2', labels: {} };

describe('a fault that begins with the restart of a CNI', () => {
  it('marks connections until then, and resets those that were marked from then on', async () => {
    let rules: string[] = [];
    const nodes = nodesThatRun(list, (_, argv) => {
      const text = argv.join(' ');
      const [, table, chain, rest] = / -t (\S+) -[ID] (\S+) (.*)$/.exec(text) ?? [];
      const rule = `*${table}\n-A ${chain} ${rest}`;
      if (argv.includes('-I')) rules.push(rule);
      if (argv.includes('-D')) rules = rules.filter((one) => one !== rule);
      if (text.endsWith('-oneline address')) return `netns: cni-1\n2: eth0    inet ${pod.ip}/24 scope global`;
      return text === 'every netns: iptables-save' ? ['netns: cni-1', ...rules].join('\n') : '';
    });
    let restart: (() => Promise<void>) | undefined;
    const cni = {
      onRestart(act: () => Promise<void>) {
        restart = act;
        return {
          stop() {
            restart = undefined;
          },
        };
      },
    };
    const context = { nodes, cni, probes: { endpoints: [pod] } } as unknown as FaultContext;
    const { effect, revert } = await cutAtRestart.apply(context);
    assert.match(rules.join(), /^\*mangle\n-A INPUT -p tcp --syn -j CONNMARK --set-mark 64017 [^,]*$/);
    assert.equal(await effect(), 0);
    await restart?.();
    assert.match(
      rules.join(),
      /^\*filter\n-A INPUT -p tcp -m connmark --mark 64017 -j REJECT --reject-with tcp-reset [^,]*$/,
    );
    await revert();
    assert.deepEqual([rules, restart], [[], undefined]);
  });
});

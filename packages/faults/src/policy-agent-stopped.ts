import { exitCode, fault, NetproofError, type Nodes } from '@netproof/core';
import { needsPolicy } from './tampered.ts';

/** Processes that enforce policies, by their command lines, as pgrep(1) matches them. */
const agents = ['calico-node -felix', 'cilium-agent'];

const pids = async (nodes: Nodes, node: string): Promise<readonly string[]> => {
  const { stdout } = await nodes.run(node, [
    'sh',
    '-c',
    `pgrep --full '^[^ ]*(${agents.join('|')})' || true`,
  ]);
  return stdout.trim().split('\n').filter(Boolean);
};

const signal = async (nodes: Nodes, name: 'STOP' | 'CONT'): Promise<number> => {
  const signalled = nodes.list.map(async ({ name: node }) => {
    const found = await pids(nodes, node);
    if (found.length > 0) await nodes.run(node, ['kill', `-${name}`, ...found]);
    return found.length;
  });
  return (await Promise.all(signalled)).reduce((sum, count) => sum + count, 0);
};

export default fault({
  id: 'policy-agent-stopped',
  story: 'The agent that enforces policies stands still on every node, and what was in force stays in force.',
  needs: needsPolicy,
  async apply({ nodes, tampering }) {
    // Marked on their way, so that the policies which nobody enforced are counted.
    const marked = tampering.tamper((policy) => ({
      ...policy,
      metadata: { ...policy.metadata, annotations: { 'netproof.dev/fault': 'policy-agent-stopped' } },
    }));
    const revert = async () => {
      marked.stop();
      await signal(nodes, 'CONT');
    };
    if ((await signal(nodes, 'STOP')) > 0) return { effect: async () => marked.changed(), revert };
    await revert();
    throw new NetproofError(`no process enforces policies here that is known: ${agents.join(', ')}`, {
      code: 'FAULT_WITHOUT_EFFECT',
      exit: exitCode.defect,
    });
  },
});

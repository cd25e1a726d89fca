import { fault } from '@netproof/core';
import { insertAtPods } from './at-pods.ts';
import { needsPolicy } from './tampered.ts';

/*
 * A pod still reaches its own server, so that every positive control of a probe passes: only a pair that must be
 * allowed can tell this silence from isolation.
 */
export default fault({
  id: 'policy-targets-dead',
  story:
    'No pod answers any other, as where all servers have crashed: nothing gets through, and no policy is the reason.',
  needs: needsPolicy,
  apply({ nodes, probes: { endpoints, served } }) {
    // What lies between them is ours as well, such as the port at which k6 asks.
    const ports = `${Math.min(...served)}:${Math.max(...served)}`;
    return insertAtPods(
      nodes,
      endpoints
        .filter(({ kind }) => kind === 'pod')
        .flatMap((pod) =>
          ['tcp', 'udp'].map((protocol) => {
            const match = ['!', '-i', 'lo', '-p', protocol, '--dport', ports];
            return { pod, table: 'filter' as const, chain: 'INPUT', spec: [...match, '-j', 'DROP'] };
          }),
        ),
    );
  },
});

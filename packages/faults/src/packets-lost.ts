import { fault, feature, nodes } from '@netproof/core';
import { dropBetween } from './between-pods.ts';
import { pairOfNodes } from './pair-of-nodes.ts';

/*
 * How surely it shows: a question comes through with 0.8 and so does its answer, so that an attempt over UDP stays silent
 * with 1 − 0.8² = 0.36. So does one over TCP by its SYN and SYN-ACK alone: what is lost of these is repeated after a
 * second, when the window (`bounds.silence`) is over. Of several attempts one that stays silent is a loss, so a pair that
 * looks right has none: at most 0.64. Three pods on either node are 18 ordered pairs, each asked over both: that none
 * of 36 shows it happens with 0.64³⁶, once in ten million. Asked by one pair of pods (`--coverage nodes`), 0.64⁴ = 0.17.
 */
export default fault({
  id: 'packets-lost',
  story:
    'A fifth of the packets between the pods of two nodes is lost, either way, as over a bad cable or a link that is full.',
  needs: [feature('PodNetwork'), nodes(2)],
  apply(context) {
    const { from, to } = pairOfNodes(context.nodes);
    const match = ['-m', 'statistic', '--mode', 'random', '--probability', '0.2'];
    return dropBetween(context, [
      { from, to: [to], match },
      { from: to, to: [from], match },
    ]);
  },
});

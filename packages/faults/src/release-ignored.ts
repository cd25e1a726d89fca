import { posix } from 'node:path';
import { addressManagerOf, readConfigurations } from '@netproof/cni';
import { cniAgents, exitCode, fault, feature, NetproofError, newPods, nodes, runAll } from '@netproof/core';
import { leftFaults, mark } from './marks.ts';
import { pairOfNodes } from './pair-of-nodes.ts';

/** Nothing may be run that stands in /run: kind mounts it so. */
const folder = `/var/lib/${mark}`;
const kept = `${folder}/kept`;

/** What it is told of pods that go is written down, and passed on when the fault is taken out. */
const wrapper = (program: string) => `#!/bin/sh
[ "$CNI_COMMAND" = DEL ] || exec '${folder}/real/${program}'
one="${kept}/$CNI_CONTAINERID-$CNI_IFNAME"
cat > "$one.in"
export -p > "$one.env"
`;

const putIn = `
mkdir -p ${folder}/real ${kept}
cp --preserve "$1" ${folder}/real/
printf %s "$2" > ${folder}/wrapper
chmod 755 ${folder}/wrapper
mount --bind ${folder}/wrapper "$1"
`;

/** Also after half of it: who looks for faults finds one that is left. */
const takeOut = `
umount --lazy "$1" 2> /dev/null || true
for env in ${kept}/*.env; do
  [ ! -e "$env" ] || (. "$env"; "$1" < "\${env%.env}.in" > /dev/null)
done
rm -rf ${folder}
`;

export default fault({
  id: 'release-ignored',
  story:
    'The IPAM plugin of a node does not give back the addresses of pods that go, as where the deletion of their network has failed and nobody tries again.',
  needs: [feature('PodNetwork'), feature('pods/ipam'), feature(newPods), nodes(2)],
  actsOn: newPods,
  // Agents that start meanwhile would want to write the file anew.
  withholds: [cniAgents],
  async apply({ nodes }) {
    const { from } = pairOfNodes(nodes);
    const [found] = await readConfigurations({ ...nodes, list: [from] });
    const program = found && addressManagerOf(found);
    if (program === undefined) {
      throw new NetproofError(`${from.name}: its network configuration names no IPAM plugin`, {
        code: 'NO_IPAM',
        exit: exitCode.defect,
      });
    }
    const script = (text: string, ...args: readonly string[]) =>
      runAll(nodes, from.name, [['sh', '-ec', text, 'sh', program, ...args]]);
    const revert = async () => {
      await script(takeOut);
      await leftFaults(nodes, [from.name]);
    };
    try {
      await script(putIn, wrapper(posix.basename(program)));
    } catch (error) {
      await revert();
      throw error;
    }
    return {
      async effect() {
        const [listed = ''] = await script(`ls ${kept}`);
        return listed.split('\n').filter((name) => name.endsWith('.env')).length;
      },
      revert,
    };
  },
});

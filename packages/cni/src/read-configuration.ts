import { type Nodes, runAll } from '@netproof/core';
import type { NodeConfiguration } from './configuration.ts';
import { configurationFolder, flannelFile, programFolder } from './places.ts';

/** The name of the file that containerd takes: the first by its bytes, hidden ones too. */
const first = `find ${configurationFolder} -maxdepth 1 ! -type d \
\\( -name '*.conflist' -o -name '*.conf' -o -name '*.json' \\) -printf '%f\\n' | LC_ALL=C sort | head -n 1`;

const commands = [
  first,
  `file=$(${first}); test -z "$file" || cat "${configurationFolder}/$file"`,
  `find -L ${programFolder} -maxdepth 1 -type f -perm /111 -printf '%f\\n'`,
  `test ! -e ${flannelFile} || cat ${flannelFile}`,
].map((script) => ['sh', '-c', script]);

/** The network configuration of every node, each read in one go. */
export function readConfigurations(nodes: Nodes): Promise<readonly NodeConfiguration[]> {
  return Promise.all(
    nodes.list.map(async ({ name: node }) => {
      const [file = '', text = '', programs = '', flannel = ''] = await runAll(nodes, node, commands);
      return { node, file: file.trim(), text, programs: programs.split('\n').filter(Boolean), flannel };
    }),
  );
}

import { everyNetns } from './netns.ts';
import type { Nodes } from './ports.ts';
import { seam } from './run-all.ts';

/** Nodes that answer commands one by one; one in every network namespace as `every netns: ip -oneline address`. */
export function nodesThatRun(
  list: Nodes['list'],
  answer: (node: string, argv: readonly string[]) => string,
): Nodes {
  return {
    list,
    async run(node, argv) {
      const script = argv[0] === 'sh' && argv[1] === '-ec' ? argv[2] : undefined;
      const commands = script?.split(`\necho ${seam}\n`).map(wordsOf) ?? [argv];
      const stdout = commands.map((one) => answer(node, shortened(one))).join(`${seam}\n`);
      return { stdout, stderr: '', exitCode: 0 };
    },
  };
}

/** The words of a command that {@link runAll} has written. */
function wordsOf(command: string): readonly string[] {
  const words = command.match(/(?:'[^']*'|\\'|[^\s'\\])+/g) ?? [];
  return words.map((word) => word.replaceAll(/'([^']*)'|\\(')/g, (_, quoted, mark) => quoted ?? mark));
}

function shortened(argv: readonly string[]): readonly string[] {
  return argv[2] === everyNetns ? ['every', 'netns:', ...argv.slice(4)] : argv;
}

import { stripVTControlCharacters } from 'node:util';
import { diagnose } from './diagnose.ts';
import { containers } from './docker.ts';
import { KindError } from './error.ts';
import { type RunOptions, run } from './run.ts';

/** How many lines of a node's console and of its kubelet's journal are read. */
const read = 30;
/** How many telling lines of a node are kept. */
const kept = 8;

/**
 * The error of a create that failed or took too long, with what the nodes themselves say of the cause: kind
 * tells only that a node or its kubelet did not come up. To be asked before the nodes are removed.
 */
export async function withLastWords(
  error: KindError,
  cluster: string,
  network: string,
  options: RunOptions,
): Promise<KindError> {
  const nodes = await containers(cluster, network, options).catch(() => []);
  const words = (
    await Promise.all(nodes.map(({ name, running }) => lastWords(name, running, options)))
  ).flat();
  const diagnosis = diagnose(words.join('\n'));
  return new KindError(error.message, {
    code: error.code === 'FAILED' ? diagnosis.code : error.code,
    hint: diagnosis.hint,
    argv: error.argv,
    exitCode: error.exitCode,
    lines: [...error.lines, ...words],
    cause: error.cause,
  });
}

async function lastWords(node: string, running: boolean, options: RunOptions): Promise<string[]> {
  const journal = ['docker', 'exec', node, 'journalctl', '--unit=kubelet', `--lines=${read}`, '--output=cat'];
  const asked = [['docker', 'logs', `--tail=${read}`, node], ...(running ? [journal] : [])];
  const said = await Promise.all(asked.map((argv) => run(argv, options).catch(() => undefined)));
  const telling = said
    .flatMap((output) =>
      stripVTControlCharacters(`${output?.stdout ?? ''}\n${output?.stderr ?? ''}`).split('\n'),
    )
    .map((line) => line.trim())
    .filter((line) => /error|fail|cannot|refus|too many|no space|not run/i.test(line));
  return [...new Set(telling)].slice(-kept).map((line) => `${node}: ${line}`);
}

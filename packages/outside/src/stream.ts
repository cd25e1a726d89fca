import { spawn } from 'node:child_process';
import type { Milliseconds } from '@netproof/core';
import type { CommandStream } from '@netproof/kube';
import { Lines } from '@netproof/kube/lines';
import { containerOf } from './containers.ts';

/**
 * Speaks with a command in the container outside a cluster, by `docker exec`: no network that is under test lies
 * between.
 *
 * @param argv the command in the container
 */
export function throughDocker(cluster: string, argv: readonly string[]) {
  return async (
    _endpoint: unknown,
    onLine: (line: string) => void,
    _deadline: Milliseconds,
  ): Promise<CommandStream> => {
    // A process group of its own: Ctrl-C in the terminal is for us to hear.
    const child = spawn('docker', ['exec', '--interactive', containerOf(cluster), ...argv], {
      detached: true,
    });
    const lines = new Lines(onLine);
    let lastWords = '';
    child.stdout.on('data', (data: Buffer) => lines.push(data));
    child.stderr.on('data', (data: Buffer) => {
      lastWords = (lastWords + data.toString()).slice(-500);
    });
    // Its close follows and says what was.
    child.stdin.on('error', () => {});
    const closed = new Promise<{ readonly reason: string }>((resolve) => {
      child.on('error', (error) => resolve({ reason: `docker exec: ${error.message}` }));
      child.on('close', (code, signal) => {
        const how = code === null ? `docker exec ended by ${signal}` : `it exited with ${code}`;
        resolve({ reason: [how, lastWords.trim()].filter(Boolean).join(': ') });
      });
    });
    return {
      write: (line) => {
        if (child.stdin.writable) child.stdin.write(`${line}\n`);
      },
      closed,
      // The command in the container ends with its input.
      close: () => {
        child.stdin.end();
        child.kill();
      },
    };
  };
}

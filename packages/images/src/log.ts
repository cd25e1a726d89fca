import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/** All tools' output in one file, each line with its time and whose it is. */
export interface Log extends AsyncDisposable {
  readonly path: string;
  of(name: string): (line: string) => void;
}

export async function openLog(path: string): Promise<Log> {
  await mkdir(dirname(path), { recursive: true });
  const stream = createWriteStream(path, { flags: 'a' });
  // On a full disk the work has an error of its own, which says more than a log that breaks off.
  stream.on('error', () => {});
  return {
    path,
    of: (name) => (line) => void stream.write(`${new Date().toISOString()} ${name}: ${line}\n`),
    [Symbol.asyncDispose]: () => new Promise((resolve) => stream.end(resolve)),
  };
}

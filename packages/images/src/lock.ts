import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, realpath } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * Holds a folder for one process at a time.
 *
 * The lock is an abstract Unix socket named after the folder (unix(7)): binding it is atomic, and the kernel
 * frees it with its process however that ends, so a dead owner holds nothing. Who waits is connected to it,
 * hears the owner's process id, and is woken by the connection's end: no polling and no stale file.
 */
export async function lock(
  folder: string,
  options: { readonly signal: AbortSignal; readonly onWait: (owner: number) => void },
): Promise<AsyncDisposable> {
  await mkdir(folder, { recursive: true });
  const hash = createHash('sha256').update(await realpath(folder));
  const name = `\0netproof-images-${hash.digest('hex').slice(0, 16)}`;
  for (;;) {
    options.signal.throwIfAborted();
    const held = await bind(name);
    if (held !== undefined) return held;
    await waitForOwner(name, options);
  }
}

async function bind(name: string): Promise<AsyncDisposable | undefined> {
  const waiting = new Set<Socket>();
  const server: Server = createServer((socket) => {
    waiting.add(socket);
    socket.on('error', () => {}).on('close', () => waiting.delete(socket));
    socket.write(`${process.pid}\n`);
  });
  server.listen(name);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
  server.unref();
  const release = async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of waiting) socket.destroy();
    await closed;
  };
  return { [Symbol.asyncDispose]: release };
}

async function waitForOwner(
  name: string,
  { signal, onWait }: { signal: AbortSignal; onWait: (owner: number) => void },
): Promise<void> {
  const socket = connect(name);
  socket.on('data', (line) => onWait(Number(String(line))));
  // Refused or reset: the owner has gone in the meantime. Either way a close follows.
  socket.on('error', () => {});
  const stop = () => socket.destroy();
  signal.addEventListener('abort', stop, { once: true });
  await new Promise((resolve) => socket.once('close', resolve));
  signal.removeEventListener('abort', stop);
}

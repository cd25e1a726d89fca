// @ts-check
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * Holds a name for one process of this machine at a time.
 *
 * The lock is an abstract Unix socket (unix(7)): binding it is atomic, and the kernel frees it with its process
 * however that ends, so a dead owner holds nothing. Who waits is connected to it, hears the owner's process id,
 * and is woken by the connection's end: no polling and no stale file.
 *
 * @param {string} name
 * @param {{ onWait: (owner: number) => void, signal?: AbortSignal }} options
 * @returns {Promise<() => Promise<void>>} to release it; rejects with the signal's reason
 */
export async function lock(name, { onWait, signal }) {
  for (;;) {
    signal?.throwIfAborted();
    const release = await bind(`\0${name}`);
    if (release !== undefined) return release;
    await ownerGone(`\0${name}`, onWait, signal);
  }
}

/**
 * @param {string} path
 * @returns {Promise<(() => Promise<void>) | undefined>} undefined where another process has it
 */
async function bind(path) {
  /** @type {Set<import('node:net').Socket>} */
  const waiting = new Set();
  const server = createServer((socket) => {
    waiting.add(socket);
    socket.on('error', () => {}).on('close', () => waiting.delete(socket));
    socket.write(`${process.pid}\n`);
  });
  server.listen(path);
  try {
    await once(server, 'listening');
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EADDRINUSE') return undefined;
    throw error;
  }
  server.unref();
  return async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of waiting) socket.destroy();
    await closed;
  };
}

/**
 * @param {string} path
 * @param {(owner: number) => void} onWait
 * @param {AbortSignal} [signal]
 */
async function ownerGone(path, onWait, signal) {
  const socket = connect(path);
  socket.on('data', (line) => onWait(Number(String(line))));
  // Refused or reset: the owner has gone in the meantime. Either way a close follows.
  socket.on('error', () => {});
  const stop = () => socket.destroy();
  signal?.addEventListener('abort', stop, { once: true });
  await new Promise((resolve) => socket.once('close', resolve));
  signal?.removeEventListener('abort', stop);
}

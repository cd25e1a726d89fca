import net from 'node:net';
import { pipeline } from 'node:stream/promises';

/** Joins two byte streams to the resident process until either side ends. Rejects when nobody listens there. */
export async function pipe(socket: string, input: NodeJS.ReadableStream, output: NodeJS.WritableStream) {
  const connection = net.connect(socket);
  await Promise.race([pipeline(input, connection), pipeline(connection, output)]);
}

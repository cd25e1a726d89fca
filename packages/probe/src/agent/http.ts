import http from 'node:http';

/** A kept connection may rest this long between two requests; Node's own 5 s are shorter than some pauses. */
const rest = 30_000;

/** Answers every request with who answers, and keeps connections for as long as the asker wants. */
export function httpServer(id: string): http.Server {
  return http.createServer({ keepAliveTimeout: rest }, (_, response) => response.end(id));
}

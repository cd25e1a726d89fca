import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { httpServer } from './http.ts';

describe('the HTTP server', () => {
  const server = httpServer('x/a');
  before(() => once(server.listen(0, '127.0.0.1'), 'listening'));
  after(() => {
    server.close();
    server.closeAllConnections();
  });

  const ask = async (agent: http.Agent) => {
    const { port } = server.address() as AddressInfo;
    const request = http.get({ host: '127.0.0.1', port, agent });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    return { said: await text(response), again: request.reusedSocket };
  };

  it('says who it is, over a connection that is kept', async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    assert.deepEqual(await ask(agent), { said: 'x/a', again: false });
    await new Promise(setImmediate);
    assert.deepEqual(await ask(agent), { said: 'x/a', again: true });
    agent.destroy();
  });
});

import assert from 'node:assert/strict';
import { readPing } from './echo.ts';

const header = 'PING 10.10.1.2 (10.10.1.2) 1372(1400) bytes of data.';
const lost =
  '--- 10.10.1.2 ping statistics ---\n1 packets transmitted, 0 received, 100% packet loss, time 0ms';

describe('what ping says', () => {
  it('is an answer with the address of who answers', () => {
    const text = `${header}\n1380 bytes from 10.10.1.2: icmp_seq=1 ttl=64 time=0.086 ms`;
    assert.deepEqual(readPing(text), { kind: 'answered', server: '10.10.1.2', client: '', local: '' });
  });

  it('is the MTU where a packet is too large, of the own kernel and of a router', () => {
    const own = `${header}\nping: local error: message too long, mtu=1300`;
    const router = `${header}\nFrom 10.10.0.1 icmp_seq=1 Frag needed and DF set (mtu = 1450)`;
    assert.deepEqual(readPing(own), { kind: 'too-large', mtu: 1300 });
    assert.deepEqual(readPing(router), { kind: 'too-large', mtu: 1450 });
  });

  for (const said of [
    'From 172.17.0.2 icmp_seq=1 Destination Host Unreachable',
    'From 172.17.0.2 icmp_seq=1 Destination Port Unreachable',
    'From 172.17.0.2 icmp_seq=1 Packet filtered',
    'From 172.17.0.2 icmp_seq=1 Time to live exceeded',
    'ping: connect: No route to host',
    'ping: connect: Network is unreachable',
    'ping: sendmsg: Operation not permitted',
  ]) {
    it(`is no way where it is "${said}"`, () => {
      assert.deepEqual(readPing(`${header}\n${said}\n\n${lost}`), { kind: 'unreachable' });
    });
  }

  it('is silence where nothing came', () => {
    assert.deepEqual(readPing(`${header}\n\n${lost}`), { kind: 'silent' });
  });

  it('is an error where it is about something else', () => {
    const said = readPing('ping: socket: Address family not supported by protocol');
    assert.deepEqual(said, {
      kind: 'error',
      reason: 'ping: socket: Address family not supported by protocol',
    });
  });
});

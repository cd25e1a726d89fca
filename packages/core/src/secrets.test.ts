import assert from 'node:assert/strict';
import { cleaned, withoutSecrets } from './secrets.ts';

describe('a text without secrets', () => {
  const token = `eyJhbGciOiJSUzI1NiJ9.${'e30'.repeat(9)}.c2lnbmF0dXJl`;
  for (const [what, secret, text] of [
    ['a token of a service account', token, `read ${token} from /var/run`],
    ['a header', 'c2VjcmV0LXdvcmQ', 'Authorization: Bearer c2VjcmV0LXdvcmQ'],
    ['a bootstrap token', 'abcdef.0123456789abcdef', '--token abcdef.0123456789abcdef'],
    ['a key', 'MIIEow', '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----\nnext'],
    ['a key that was cut', 'MIIEow', 'key: -----BEGIN EC PRIVATE KEY-----\nMIIEow'],
    ['a kubeconfig', 'LS0tLS1CRUdJTiBD', 'certificate-authority-data: LS0tLS1CRUdJTiBDRVJU\n'],
    ['a kubeconfig of another writing', 'c2VjcmV0', '    client-key-data: "c2VjcmV0Cg=="'],
    ['a password', 'hunter22', '{"password":"hunter22"}'],
    ['a kubeconfig in a string of JSON', 'c2VjcmV0', '{"log":"{\\"client-key-data\\": \\"c2VjcmV0Cg==\\"}"}'],
    ['a name and a password', 'dXNlcjpwYXNz', '> Authorization: Basic dXNlcjpwYXNz'],
    ['a certificate without its frame', 'MIIDBTCC', `ca: ${'MIIDBTCCAe2gAwIBAgIIX'.repeat(3)}==`],
  ] as const) {
    it(`has ${what} left out`, () => {
      const rest = withoutSecrets(text);
      assert(!rest.includes(secret), rest);
      assert.match(rest, /left out\]/);
    });
  }

  it('keeps the rest as it is', () => {
    const rules = `-A KUBE-SVC-TCOU7JCQXEZGVUNU ! -s 10.1.0.0/16 -d 10.96.0.10/32 -p udp -m comment --comment "kube-system/kube-dns:dns cluster IP" -j KUBE-MARK-MASQ
14:02:11.123456 eth0 Out IP 172.24.0.4.40222 > 10.1.1.2.8080: Flags [S], seq 123, win 64240
-A POSTROUTING -s 10.1.0.0/16 -m comment --comment netproof-fault -j MASQUERADE
failed to list secrets: the server refused the token
Services should support basic nodePort: udp functionality`;
    assert.equal(withoutSecrets(rules), rules);
  });

  it('takes no longer for text that was written to be slow', () => {
    for (const piece of ['eyJ-', 'a-', 'token ', '-----BEGIN A-----', 'client-', 'bearer ', 'MIA+'])
      assert.equal(typeof withoutSecrets(piece.repeat(200_000 / piece.length)), 'string');
  }).timeout(2_000);

  it('is in every string of a value, and in the names of its fields', () => {
    const value = { list: [token, 1, null], [token]: { deep: true }, kept: 'as it is' };
    assert.deepEqual(cleaned(value), {
      list: ['[token left out]', 1, null],
      '[token left out]': { deep: true },
      kept: 'as it is',
    });
  });
});

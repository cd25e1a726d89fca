import assert from 'node:assert/strict';
import { oracle, type Question } from './oracle.ts';
import { namespaces, pods, policyOf } from './testing/index.ts';

const addresses = [{ id: 'outside', ip: '203.0.113.7' }];
const team = (name: string) => ({ namespaceSelector: { matchLabels: { team: name } } });

function explained(
  policies: Parameters<typeof oracle>[0]['policies'],
  question: Partial<Question> = {},
): string {
  const asking = oracle({ pods, namespaces, addresses, policies });
  return asking.explain({ from: 'x/a', to: 'y/b', protocol: 'TCP', port: 80, ...question });
}

describe('the explanation', () => {
  it('says that no policy selects', () => {
    assert.equal(
      explained([policyOf('y/other', { podSelector: { matchLabels: { pod: 'c' } } })]),
      'allowed: egress of x/a is open (no policy of type Egress selects it); ' +
        'ingress of y/b is open (no policy of type Ingress selects it)',
    );
  });

  it('names the rule, the peer and the port that allow', () => {
    const allow = policyOf('y/allow-a', {
      ingress: [
        {
          from: [{ podSelector: {} }, team('x')],
          ports: [{ port: 80, endPort: 90 }, { port: 80 }],
        },
      ],
    });
    assert.equal(
      explained([policyOf('y/deny', {}), allow]),
      'allowed: egress of x/a is open (no policy of type Egress selects it); ' +
        'ingress of y/b: y/allow-a rule 0, peer 1 (namespaceSelector team=x), port 0 (TCP 80–90)',
    );
  });

  it('names any peer, any port, what is no pod, and what a name means', () => {
    const policies = [policyOf('x/p', { policyTypes: ['Egress'], egress: [{}, {}] })];
    assert.equal(
      explained(policies, { to: 'outside' }),
      'allowed: egress of x/a: x/p rule 0, any peer, any port; outside is no pod, so no policy isolates it',
    );
    const named = [policyOf('y/p', { ingress: [{ ports: [{ port: 'serve-80-tcp' }] }] })];
    assert.match(explained(named), /y\/p rule 0, any peer, port 0 \(TCP serve-80-tcp \(80 on y\/b\)\)$/);
  });

  it('names all that isolate, and counts no rules', () => {
    assert.equal(
      explained([policyOf('y/b-deny', { policyTypes: ['Ingress', 'Egress'] }), policyOf('y/a-deny', {})]),
      'denied: ingress of y/b is isolated by y/a-deny (policyTypes: Ingress by default), ' +
        'y/b-deny (policyTypes: Ingress, Egress) and none of their 0 rules allows x/a on TCP 80',
    );
  });

  it('says of each rule what it lacks', () => {
    const p = policyOf('y/p', {
      policyTypes: ['Ingress'],
      ingress: [
        { from: [team('z'), { podSelector: { matchLabels: { pod: 'a' } } }] },
        { from: [team('x')], ports: [{ port: 81 }, { protocol: 'UDP' }, { port: 'http' }] },
        { from: [{ ipBlock: { cidr: '10.1.0.0/16', except: ['10.1.0.0/24'] } }], ports: [{ port: 81 }] },
      ],
    });
    assert.equal(
      explained([p]),
      'denied: ingress of y/b is isolated by y/p (policyTypes: Ingress) and none of its 3 rules allows x/a on TCP 80; ' +
        'y/p rule 0: x/a is none of its peers (namespaceSelector team=z; podSelector pod=a); ' +
        'y/p rule 1: TCP 80 is none of its ports (TCP 81; UDP any port; TCP http (no TCP port of that name on y/b)); ' +
        'y/p rule 2: x/a is none of its peers (ipBlock 10.1.0.0/16 except 10.1.0.0/24) and TCP 80 is none of its ports (TCP 81)',
    );
  });

  it('gives both ends where both deny, and one rule its singular', () => {
    const policies = [
      policyOf('x/out', { policyTypes: ['Egress'], egress: [{ to: [{ podSelector: {} }] }] }),
      policyOf('y/in', {}),
    ];
    assert.equal(
      explained(policies),
      'denied: egress of x/a is isolated by x/out (policyTypes: Egress) and its only rule does not allow y/b on TCP 80; ' +
        'x/out rule 0: y/b is none of its peers (podSelector {}); ' +
        'ingress of y/b is isolated by y/in (policyTypes: Ingress by default) and none of its 0 rules allows x/a on TCP 80',
    );
  });

  it('writes selectors as kubectl does', () => {
    const podSelector = {
      matchLabels: { app: 'web' },
      matchExpressions: [
        { key: 'tier', operator: 'In', values: ['a', 'b'] },
        { key: 'tier', operator: 'NotIn', values: ['c'] },
        { key: 'here', operator: 'Exists' },
        { key: 'gone', operator: 'DoesNotExist' },
      ],
    } as const;
    const from = [{ namespaceSelector: {}, podSelector }];
    assert.match(
      explained([policyOf('y/p', { ingress: [{ from }] })]),
      /\(namespaceSelector {} and podSelector app=web,tier in \(a,b\),tier notin \(c\),here,!gone\)$/,
    );
  });

  it('says why it is left open, and what would be so otherwise', () => {
    const text = explained([policyOf('x/deny', {})], { to: 'x/a' });
    assert.match(
      text,
      /^implementation-defined: x\/a to itself, which plugins read differently \(https:.*\); /,
    );
    assert.match(text, /; between any other two it would be denied: ingress of x\/a is isolated by x\/deny /);
    const to = [{ ipBlock: { cidr: '10.1.0.0/16' } }];
    assert.equal(
      explained([policyOf('x/p', { policyTypes: ['Egress'], egress: [{ to }] })], { via: 'ClusterIP' }),
      'implementation-defined: egress of x/a: x/p rule 0, peer 0 (ipBlock 10.1.0.0/16), any port, ' +
        'but whether an ipBlock is held against a rewritten address is not defined',
    );
  });
});

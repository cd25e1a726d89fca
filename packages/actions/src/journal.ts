/** The journal of a run of one check on a cluster. */
export function journal(cluster: string, result: 'pass' | 'fail'): string {
  const t = '2026-11-21T10:13:05.120Z';
  const check = 'pod-network/no-nat/other-node';
  const facts = { requirement: 'It MUST.', source: 'here', covers: [], must: [], may: [] };
  const machine = { kernel: '6.18.5', os: 'Debian', cpus: 2, memoryBytes: 1 };
  const versions = { cni: 'bridge', cniVersion: 'v1.9.1', kubernetes: 'v1.36.3', kubeProxy: 'iptables' };
  const started = { run: 'r', mode: 'run', netproof: '0.1.0', argv: [], docker: '20', node: '24' };
  const findings = result === 'fail' ? [{ kind: 'fail', message: 'nobody answered' }] : [];
  return [
    { event: 'run-started', ...started, machine, provenance: [] },
    {
      ...{ event: 'cell-started', cluster, ...versions, claims: [], podSubnet: '10.1.0.0/16', nodes: [] },
      checks: [{ id: check, ...facts }],
    },
    { event: 'check-started', check },
    {
      ...{ event: 'check-finished', check, result, ms: 1, judged: 1, statistics: [], observations: [] },
      ...{ again: 'again', findings },
    },
    { event: 'cell-finished', cluster },
    { event: 'run-finished', exit: result === 'fail' ? 1 : 0 },
  ]
    .map((event) => `${JSON.stringify({ t, ...event })}\n`)
    .join('');
}

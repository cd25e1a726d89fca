import { fault } from '@netproof/core';
import { eachPort, ofPolicies, tampered } from './tampered.ts';

export default fault({
  id: 'policy-udp-ignored',
  story: 'The protocol of a port is not read, as by an engine that takes every rule for one of TCP.',
  ...ofPolicies,
  apply: (context) =>
    tampered(context, (spec) =>
      eachPort(spec, (port) => (port.protocol === 'UDP' ? { ...port, protocol: 'TCP' } : port)),
    ),
});

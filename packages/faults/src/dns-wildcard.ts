import { fault, feature } from '@netproof/core';
import { putRogueDns } from './rogue-dns.ts';

export default fault({
  id: 'dns-wildcard',
  story:
    'DNS answers names that do not exist with an address, as a wildcard record or a captive portal does.',
  needs: [feature('PodNetwork'), feature('Services')],
  // The names of Services are answered as they must be.
  apply: (context) => putRogueDns(context, { id: 'dns-wildcard', prefix: 'no-such-' }),
});

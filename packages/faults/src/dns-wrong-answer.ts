import { fault, feature } from '@netproof/core';
import { putRogueDns } from './rogue-dns.ts';

export default fault({
  id: 'dns-wrong-answer',
  story:
    'DNS answers names of Services with an address that is not theirs, and their addresses with a name that is not, as a server does that no longer hears of changes.',
  needs: [feature('PodNetwork'), feature('Services')],
  // The Services of the checks of DNS begin so; names that do not exist are denied as they must be.
  apply: (context) => putRogueDns(context, { id: 'dns-wrong-answer', prefix: 'dns-' }),
});

import { KindError } from './error.ts';
import type { Bounds } from './machine.ts';
import type { StartingKind } from './nodes.ts';

/** What containerd reads for every registry that has no file of its own; on every pull, so nothing is restarted. */
const file = '/etc/containerd/certs.d/_default/hosts.toml';

/** Not `install /dev/stdin`: that cannot be opened where it is a socket. */
const write = 'mkdir -p "$(dirname "$1")" && cat > "$1"';

/**
 * Has every node ask a registry first for every image, and its own registry where that one has it not. A loopback
 * address would be the node itself, so the nodes are given this machine's address on their network instead.
 *
 * @param url `http://HOST[:PORT][/PREFIX]`, or https
 * @throws KindError
 */
export async function askFirst(kind: StartingKind, url: string, bounds: Bounds): Promise<void> {
  const nodes = await kind.nodes(bounds);
  await Promise.all(
    nodes.map(async ({ name }) => {
      const mirror = new URL(url);
      if (isLoopback(mirror)) mirror.hostname = await gatewayOf(kind, name, bounds);
      await kind.exec(name, ['sh', '-c', write, 'sh', file], { ...bounds, input: hostsToml(mirror) });
    }),
  );
}

function hostsToml({ origin, pathname }: URL): string {
  const prefix = pathname.replace(/\/$/, '');
  return [
    `[host."${origin}${prefix === '' ? '' : `/v2${prefix}`}"]`,
    '  capabilities = ["pull", "resolve"]',
    ...(prefix === '' ? [] : ['  override_path = true']),
    '',
  ].join('\n');
}

const isLoopback = ({ hostname }: URL): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);

async function gatewayOf(kind: StartingKind, node: string, bounds: Bounds): Promise<string> {
  const { stdout } = await kind.exec(node, ['ip', '-4', 'route', 'show', 'default'], bounds);
  const [, gateway] = /\bvia (\S+)/.exec(stdout) ?? [];
  if (gateway !== undefined) return gateway;
  throw new KindError(`${node} has no way to this machine, where the mirror is`, {
    code: 'FAILED',
    hint: 'name the mirror by an address that the nodes reach',
  });
}

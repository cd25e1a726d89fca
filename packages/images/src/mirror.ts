import { exitCode, NetproofError } from '@netproof/core';

/** A registry, or a part of one that stands in for others, as containerd's mirrors do: only the host is replaced. */
export interface Place {
  /** As people write it, without a scheme: `127.0.0.1:5000`, `mirror.example/team`. */
  readonly name: string;
  /** `http://127.0.0.1:5000`, without a path. */
  readonly origin: string;
  /** What goes before the name of each repository: empty, or `team/`. */
  readonly prefix: string;
}

/** Names the registry that every image is pulled from, also by the nodes of clusters. */
const variable = 'NETPROOF_MIRROR';

/** For containerd: `http://127.0.0.1:5000/team`. */
export const urlOf = ({ origin, prefix }: Place): string => `${origin}/${prefix}`.replace(/\/$/, '');

/** What `$NETPROOF_MIRROR` names. @throws NetproofError `BAD_REGISTRY` (exit 2) */
export function mirrorOf(env: NodeJS.ProcessEnv = process.env): Place | undefined {
  const text = env[variable];
  return text ? placeOf(text, variable) : undefined;
}

/**
 * @param text `HOST[:PORT][/PREFIX]`; over https, but for loopback addresses and where it begins with `http://`
 * @param from who says so, for the error
 * @throws NetproofError `BAD_REGISTRY` (exit 2)
 */
export function placeOf(text: string, from: string): Place {
  const bare = text.replace(/^https?:\/\//, '');
  const whole = text === bare ? `${isLoopback(bare) ? 'http' : 'https'}://${bare}` : text;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  const path = url?.pathname.replace(/^\/|\/$/g, '') ?? '';
  const known = url && !url.username && !url.password && !url.search && !url.hash;
  if (!known || !/^[\w.-]+(:\d+)?(\/|$)|^\[/.test(bare) || !/^([a-z0-9._-]+(\/[a-z0-9._-]+)*)?$/.test(path)) {
    throw new NetproofError(`${from} does not name a registry: "${withoutPassword(text)}"`, {
      code: 'BAD_REGISTRY',
      exit: exitCode.usage,
      hint: 'HOST[:PORT][/PREFIX], without a user: 127.0.0.1:5000, mirror.example/team, http://10.0.0.2:5000',
    });
  }
  return {
    name: path === '' ? url.host : `${url.host}/${path}`,
    origin: url.origin,
    prefix: path === '' ? '' : `${path}/`,
  };
}

/** Where plain http is as good as https: nobody is between. */
const isLoopback = (bare: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])([:/]|$)/.test(bare);

const withoutPassword = (text: string): string => text.replace(/\/\/[^@/]*@|^[^@/]*@/, '…@');

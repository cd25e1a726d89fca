import { keysOf, type NodeConfiguration, networkOf, pluginsOf } from './configuration.ts';
import { programFolder } from './places.ts';

/**
 * The program of the IPAM plugin that gives the pods of a node their addresses and takes them back; undefined where
 * none does, as on Cilium, whose agent does it.
 */
export function addressManagerOf(found: NodeConfiguration): string | undefined {
  const plugins = pluginsOf(networkOf(found));
  const named = plugins.map(({ ipam }) => keysOf(ipam)?.type).find((type) => typeof type === 'string');
  // Flannel's plugin names it when it runs the next one.
  const manager = plugins.some(({ type }) => type === 'flannel') ? 'host-local' : named;
  return manager === undefined ? undefined : `${programFolder}/${manager}`;
}

/*
 * Configurations as the specification of CNI has them (1.1.0, "Configuration format" and "Plugin configuration
 * objects"), and as bridge and portmap of containernetworking/plugins take them.
 */

/** The network configuration of a node that its container runtime takes, and what it can run. */
export interface NodeConfiguration {
  readonly node: string;
  /** In /etc/cni/net.d; empty where there is none. */
  readonly file: string;
  readonly text: string;
  /** The names of what can be run in /opt/cni/bin. */
  readonly programs: readonly string[];
  /** What Flannel's daemon leaves for its plugin, /run/flannel/subnet.env; empty where there is none. */
  readonly flannel: string;
}

export type Keys = Readonly<Record<string, unknown>>;

/** Released versions of the specification; another one is known to no plugin. */
const released = ['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'];
const semantic = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;

/**
 * A list as it is; what configures a single plugin (`.conf`, `.json`) as a list of one, as libcni converts it.
 *
 * @returns why it is none, in words
 */
export function networkOf({ file, text }: Pick<NodeConfiguration, 'file' | 'text'>): Keys | string {
  if (file === '') return 'there is no network configuration';
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return `it is no JSON: ${error instanceof Error ? error.message : error}`;
  }
  const keys = keysOf(parsed);
  if (keys === undefined) return 'it is no JSON object';
  return file.endsWith('.conflist')
    ? keys
    : { cniVersion: keys.cniVersion, name: keys.name, plugins: [keys] };
}

/** The plugins of a network; none where there is no list of them. */
export function pluginsOf(network: Keys | string): readonly Keys[] {
  if (typeof network === 'string' || !Array.isArray(network.plugins)) return [];
  return network.plugins.map(keysOf).filter((plugin) => plugin !== undefined);
}

/**
 * All that is wrong with a configuration, each in words.
 *
 * @param routed whether other nodes know the way to this one's pods, so that nothing need be masqueraded between them
 */
export function configurationProblems(found: NodeConfiguration, routed: boolean): readonly string[] {
  const network = networkOf(found);
  if (typeof network === 'string') return [network];
  return [
    ...versionProblems(network),
    ...nameProblems(network),
    ...switchProblems(network),
    ...listProblems(network),
    ...pluginsOf(network).flatMap((plugin, at) =>
      pluginProblems(plugin, found.programs, routed).map((what) => `plugin ${at + 1}: ${what}`),
    ),
  ];
}

function versionProblems({ cniVersion, cniVersions = [] }: Keys): readonly string[] {
  if (!Array.isArray(cniVersions)) return [`cniVersions is ${shown(cniVersions)}, no list`];
  const versions: unknown[] = [...(cniVersion === undefined ? [] : [cniVersion]), ...cniVersions];
  const wrong = versions.filter((one) => typeof one !== 'string' || !semantic.test(one));
  if (wrong.length > 0) return [`${wrong.map(shown).join(', ')} is no semantic version`];
  // The runtime takes the highest that it knows.
  return versions.some((one) => released.includes(String(one)))
    ? []
    : [`it names no released version of CNI: ${versions.join(', ') || 'none at all'}`];
}

function nameProblems({ name }: Keys): readonly string[] {
  if (typeof name === 'string' && /^[A-Za-z0-9][\w.-]*$/.test(name)) return [];
  return [`${shown(name)} is no name of a network`];
}

function switchProblems(network: Keys): readonly string[] {
  const switches = ['disableCheck', 'disableGC', 'loadOnlyInlinedPlugins'];
  return switches.flatMap((key) => {
    const value = network[key];
    return value === undefined || typeof value === 'boolean' ? [] : [`${key} is ${shown(value)}`];
  });
}

function listProblems({ plugins }: Keys): readonly string[] {
  if (!Array.isArray(plugins) || plugins.length === 0) return ['it has no plugins'];
  return plugins.flatMap((plugin, at) => (keysOf(plugin) ? [] : [`plugin ${at + 1} is ${shown(plugin)}`]));
}

function pluginProblems(plugin: Keys, programs: readonly string[], routed: boolean): readonly string[] {
  const delegate = delegateOf(plugin);
  const reserved = Object.keys(plugin).filter(
    (key) => key === 'runtimeConfig' || key === 'args' || key.startsWith('cni.dev/'),
  );
  return [
    ...programProblems(plugin.type, programs),
    ...(delegate ? programProblems(delegate.type, programs) : []),
    ...[plugin, delegate].flatMap((one) => ipamProblems(one?.ipam, programs)),
    ...reserved.map((key) => `${key} is reserved for the runtime`),
    ...capabilityProblems(plugin),
    ...[plugin, delegate].flatMap((one) => (one?.type === 'bridge' ? bridgeProblems(one, routed) : [])),
  ];
}

function programProblems(type: unknown, programs: readonly string[]): readonly string[] {
  if (typeof type !== 'string' || type === '' || /[/\\]/.test(type))
    return [`${shown(type)} is no type of a plugin`];
  return programs.includes(type) ? [] : [`there is no program ${type} to run`];
}

/** Without a type a bridge gives no addresses, which is allowed. */
function ipamProblems(ipam: unknown, programs: readonly string[]): readonly string[] {
  if (ipam === undefined) return [];
  const keys = keysOf(ipam);
  if (keys === undefined) return [`ipam is ${shown(ipam)}`];
  return keys.type === undefined ? [] : programProblems(keys.type, programs);
}

function capabilityProblems({ type, capabilities = {} }: Keys): readonly string[] {
  const keys = keysOf(capabilities);
  if (keys === undefined || Object.values(keys).some((value) => typeof value !== 'boolean'))
    return [`capabilities is ${shown(capabilities)}`];
  return type === 'portmap' && keys.portMappings !== true
    ? ['portmap gets no ports without the capability portMappings']
    : [];
}

function bridgeProblems(
  { hairpinMode, promiscMode, isGateway, isDefaultGateway, ipMasq }: Keys,
  routed: boolean,
): readonly string[] {
  return [
    ...(hairpinMode === true && promiscMode === true
      ? ['hairpinMode and promiscMode exclude each other']
      : []),
    ...(isDefaultGateway === true && isGateway === false
      ? ['isDefaultGateway is true and isGateway false']
      : []),
    // All that leaves the node's own subnet, to pods of other nodes too.
    ...(routed && ipMasq === true ? ['ipMasq masquerades what goes to pods of other nodes'] : []),
  ];
}

/** The plugin to which Flannel's gives the wiring: bridge, unless it says otherwise. */
function delegateOf({ type, delegate }: Keys): Keys | undefined {
  const keys = keysOf(delegate);
  return type === 'flannel' ? { type: 'bridge', ...keys } : keys;
}

export function keysOf(value: unknown): Keys | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

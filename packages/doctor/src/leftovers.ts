import { bounds, explain } from '@netproof/core';
import { listKind, listNetworks, type Network, staleLocks } from '@netproof/kind-node';
// Not the whole runner: the Kubernetes client alone takes half a second.
import { alive, owners } from '@netproof/runner/registry';
import { isOurs } from '@netproof/runner/run-folder';
import { late } from './ask.ts';
import { type Fact, type Group, note, there, unknown } from './fact.ts';
import { otherProcesses, temporaryFolders } from './temporary.ts';

const cure = 'pnpm netproof clean';

/** @param engineAnswers without one, nobody knows its containers and networks */
export async function leftoversGroup(engineAnswers: boolean): Promise<Group> {
  const [inDocker, locks, folders] = await Promise.all([
    engineAnswers ? dockerFacts() : [unknown('clusters and networks', 'no Docker Engine answers')],
    staleLocks(),
    foldersFact(),
  ]);
  return {
    title: 'leftovers',
    facts: [...inDocker, listed('lock files of ended processes', locks), folders],
  };
}

async function dockerFacts(): Promise<Fact[]> {
  try {
    const deadline = { deadline: bounds.machineAnswer };
    const [clusters, networks, owned] = await Promise.all([
      listKind({}, deadline),
      listNetworks({}, deadline),
      owners(),
    ]);
    const names = clusters.map(({ name }) => name).filter(isOurs);
    const inUse = owned.filter(alive).map(({ kindName }) => kindName);
    const kept = owned.filter((owner) => owner.kept && !alive(owner)).map(({ kindName }) => kindName);
    const dead = owned.filter((owner) => !owner.kept && !alive(owner)).map(({ kindName }) => kindName);
    const known = new Set(owned.map(({ kindName }) => kindName));
    const strange = names.filter((name) => !known.has(name));
    const unused = networks.filter(unusedBy([...names, ...known])).map(({ name }) => name);
    return [
      there('clusters', `${inUse.length} in use, ${kept.length} kept${of(kept)}`),
      listed('clusters of dead runs', dead),
      ...(strange.length === 0 ? [] : [strangers(strange)]),
      listed('networks of no cluster', unused),
    ];
  } catch (error) {
    const why =
      error instanceof Error && 'code' in error && error.code === 'DEADLINE' ? late : explain(error);
    return [unknown('clusters and networks', why)];
  }
}

/**
 * Whether a network of ours belongs to none of these clusters. One that is young may belong to a cluster of another
 * user that kind is just making.
 */
export function unusedBy(clusters: readonly string[], now = Date.now()): (network: Network) => boolean {
  return ({ name, created }) =>
    isOurs(name) && !clusters.includes(name) && now - created.getTime() > bounds.clusterReady;
}

/** Another user's, or those of a cache folder that was removed: not ours to take away. */
function strangers(names: readonly string[]): Fact {
  return note('clusters of nobody known', `${names.length}${of(names)}`, {
    cost: "they are another user's, or what was known of them was removed with its cache folder",
    cure: 'if nobody uses them: docker rm -f -v $(docker ps -aq --filter label=io.x-k8s.kind.cluster=NAME)',
  });
}

async function foldersFact(): Promise<Fact> {
  const folders = await temporaryFolders();
  const others = folders.length === 0 ? [] : otherProcesses();
  if (others[0] === undefined) return listed('temporary folders', folders);
  const owner = `process ${others[0].pid}${others.length > 1 ? ` and ${others.length - 1} more` : ''}`;
  return there('temporary folders', `${folders.length}, which may belong to ${owner}`);
}

function listed(name: string, found: readonly string[]): Fact {
  return found.length === 0 ? there(name, 'none') : note(name, `${found.length}${of(found)}`, { cure });
}

const of = (names: readonly string[]): string => (names.length === 0 ? '' : `: ${names.join(', ')}`);

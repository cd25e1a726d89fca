import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Machine } from './machine.ts';

/** A `docker` that knows containers as files of a folder, named by id, three networks, and runs here what it should exec. */
const docker = `#!/bin/sh
set -eu
verb=$1
case "$verb" in
  ps)
    [ ! -e "$STAND_IN/docker-down" ] || { echo "Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?" >&2; exit 1; }
    for arg; do case "$arg" in label=*=*) cluster=\${arg##*=} ;; esac; done
    cd "$STAND_IN/containers"
    grep -ls "^\${cluster-.*} " -- * || true ;;
  inspect)
    shift 3; comma=; printf '['
    for id; do
      read -r cluster role node < "$STAND_IN/containers/$id"
      printf '%s{"Id":"%s","Name":"/%s","Config":{"Labels":{"io.x-k8s.kind.cluster":"%s","io.x-k8s.kind.role":"%s"}},"State":{"Running":true},"NetworkSettings":{"Networks":{"kind":{"IPAddress":"172.18.0.2"}}}}' "$comma" "$id" "$node" "$cluster" "$role"
      comma=,
    done
    printf ']' ;;
  network)
    case "$2" in
      ls) printf '%s\\t2026-11-21 13:10:12.483 +0000 UTC\\n' kind run-1 run-busy ;;
      rm) [ "$3" != run-busy ] || { echo 'has active endpoints' >&2; exit 1; }; echo "$3" >> "$STAND_IN/networks-removed" ;;
    esac ;;
  events) exec tail -n +1 -f "$STAND_IN/died" ;;
  logs) cat "$STAND_IN/console" 2>/dev/null || true ;;
  rm) shift 3; cd "$STAND_IN/containers"; rm -f -- "$@" ;;
  exec)
    shift; [ "$1" != --interactive ] || shift
    shift; exec "$@" ;;
esac
`;

/** What a node's journalctl would print. */
const journalctl = `#!/bin/sh
cat "$STAND_IN/journal" 2>/dev/null || true
`;

/** A `kind` that writes its arguments down, one a line, and then does what the test says. */
const kind = `#!/bin/sh
set -eu
{ printf '%s\\n' "$@"; echo ---; } >> "$STAND_IN/kind.argv"
env > "$STAND_IN/kind.env"
container() { echo "$2 $3 $4" > "$STAND_IN/containers/$1"; }
say() { echo "$*" >&2; }
case "$1" in
  create) . "$STAND_IN/create.sh" ;;
  delete) rm -f "$STAND_IN"/containers/* ;;
  export) [ "$2" = kubeconfig ] && echo early > "$6" || true ;;
esac
`;

/** What kind prints and does when all goes well. */
export const created = `
say 'Creating cluster "a" ...'
say ' • Preparing nodes 📦 📦  ...'
container c1 a control-plane a-control-plane
container c2 a worker a-worker
say ' ✓ Preparing nodes 📦 📦 '
say ' • Starting control-plane 🕹️  ...'
say ' ✓ Starting control-plane 🕹️'
say ' • Joining worker nodes 🚜  ...'
say ' ✓ Joining worker nodes 🚜'
`;

export interface StandIns extends AsyncDisposable {
  readonly folder: string;
  readonly machine: Machine;
  /** Ids of the containers that exist. */
  containers(): Promise<string[]>;
  /** Each call of kind as its arguments. */
  calls(): Promise<string[][]>;
}

/** Writes a `kind` and a `docker` that are real programs and touch nothing but a temporary folder. */
export async function standIns(create: string = created): Promise<StandIns> {
  const folder = await mkdtemp(join(tmpdir(), 'kind-node-test-'));
  const bin = join(folder, 'bin dir');
  await mkdir(bin);
  await mkdir(join(folder, 'containers'));
  await writeFile(join(folder, 'create.sh'), create);
  for (const [name, script] of Object.entries({ docker, kind, journalctl })) {
    await writeFile(join(bin, name), script);
    await chmod(join(bin, name), 0o755);
  }
  const path = `${bin}${delimiter}${process.env.PATH}`;
  return {
    folder,
    machine: { env: { ...process.env, PATH: path, STAND_IN: folder }, locks: join(folder, 'locks') },
    containers: () => readdir(join(folder, 'containers')),
    async calls() {
      const text = await readFile(join(folder, 'kind.argv'), 'utf8').catch(() => '');
      return text
        .split('---\n')
        .slice(0, -1)
        .map((call) => call.split('\n').slice(0, -1));
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

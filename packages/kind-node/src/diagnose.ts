import type { KindErrorCode } from './error.ts';

export interface Diagnosis {
  readonly code: KindErrorCode;
  readonly hint: string | undefined;
}

interface Cause {
  readonly code: KindErrorCode;
  readonly pattern: RegExp;
  readonly hint: string;
}

/** In this order: the first that matches is nearest to the cause, later ones may be its consequences. */
const causes: readonly Cause[] = [
  {
    code: 'DOCKER_UNREACHABLE',
    pattern: /Cannot connect to the Docker daemon|permission denied while trying to connect to the docker/i,
    hint: 'Start Docker and see that "docker ps" answers for this user.',
  },
  {
    code: 'DISK_FULL',
    pattern: /no space left on device/i,
    hint: 'Free disk space where Docker keeps its data ("docker system df" shows what uses it).',
  },
  {
    code: 'NAME_TAKEN',
    pattern: /node\(s\) already exist for a cluster with the name|container name "[^"]*" is already in use/,
    hint: 'Delete the other cluster with "kind delete cluster --name NAME", or take another name.',
  },
  {
    code: 'PORT_IN_USE',
    pattern: /port is already allocated|address already in use|ports are not available/i,
    hint: 'A host port of the config is in use: "ss -ltnp" shows by whom. Leave hostPort and apiServerPort out to get a free one.',
  },
  {
    code: 'IMAGE_MISSING',
    pattern: /failed to pull image|pull access denied|manifest (for \S+ )?(unknown|not found)|no such image/i,
    hint: 'The node image is neither here nor to be pulled: see "docker image inspect IMAGE", build it or load it with "docker load".',
  },
  {
    code: 'INOTIFY_LIMIT',
    pattern: /too many open files|inotify/i,
    hint: 'Raise fs.inotify.max_user_instances (1024) and fs.inotify.max_user_watches (524288) with sysctl.',
  },
  {
    code: 'CGROUP_V1',
    pattern: /configured to not run on a host using cgroup v1/,
    hint: 'This machine has cgroup v1, on which the kubelet refuses to start: set "failCgroupV1: false" for KubeletConfiguration in kubeadmConfigPatches.',
  },
];

/** The known cause of a failure, by what kind, docker, a node or its kubelet printed. */
export function diagnose(output: string): Diagnosis {
  const cause = causes.find(({ pattern }) => pattern.test(output));
  return { code: cause?.code ?? 'FAILED', hint: cause?.hint };
}

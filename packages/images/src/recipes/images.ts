import type { Component } from '../component.ts';
import { refs, versions } from '../versions.ts';
import { debianBase } from './debian.ts';
import { image, labels, path } from './image.ts';
import { nodeBinary } from './node-binary.ts';
import { coredns, etcd, k6, kubernetes, pause } from './programs.ts';

const kubernetesFrom = `k8s.io/kubernetes ${versions.kubernetes}`;

const kubernetesImage = (name: string, base?: Component): Component =>
  image({
    name,
    ref: `registry.k8s.io/${name}:${versions.kubernetes}`,
    files: { [`/usr/local/bin/${name}`]: [kubernetes, name] },
    config: { Entrypoint: [`/usr/local/bin/${name}`], Env: [path], ...labels(kubernetesFrom) },
    ...(base ? { base } : {}),
  });

/** What kubeadm of this Kubernetes runs, by its names for them. */
export const clusterImages: readonly Component[] = [
  kubernetesImage('kube-apiserver'),
  kubernetesImage('kube-controller-manager'),
  kubernetesImage('kube-scheduler'),
  kubernetesImage('kube-proxy', debianBase),
  image({
    name: 'etcd',
    ref: `registry.k8s.io/etcd:${versions.etcdTag}`,
    files: { '/usr/local/bin/etcd': [etcd, 'etcd'] },
    config: { Entrypoint: ['/usr/local/bin/etcd'], Env: [path], ...labels(`etcd ${versions.etcd}`) },
  }),
  image({
    name: 'coredns',
    ref: `registry.k8s.io/coredns/coredns:${versions.coredns}`,
    files: { '/coredns': [coredns, 'coredns'] },
    config: { Entrypoint: ['/coredns'], ...labels(`github.com/coredns/coredns ${versions.coredns}`) },
  }),
  image({
    name: 'pause',
    ref: refs.pause,
    files: { '/pause': [pause, 'pause'] },
    config: { Entrypoint: ['/pause'], ...labels(kubernetesFrom) },
  }),
];

/** Runs the agent of `packages/probe`, which a ConfigMap brings, and k6 beside it. */
export const agentImage: Component = image({
  name: 'agent',
  ref: refs.agent,
  files: { '/usr/local/bin/node': [nodeBinary, 'node'], '/usr/local/bin/k6': [k6, 'k6'] },
  config: { Cmd: ['node'], Env: [path], ...labels(`Node.js ${versions.node}, k6 ${versions.k6}`) },
  base: debianBase,
  made: {
    name: refs.agent,
    version: versions.node,
    from: `Debian ${versions.debian}, Node.js ${versions.node} and k6 ${versions.k6}`,
  },
});

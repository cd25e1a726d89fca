import { isIPv4 } from 'node:net';
import type { AppliedFault, FaultContext, ObjectName } from '@netproof/core';
import { dnsService } from './api-marks.ts';
import { breakDns } from './break-dns.ts';
import { coreDns, deploymentOf } from './coredns.ts';

/** An address of TEST-NET-1 (RFC 5737), which is nobody's. */
const wrongAddress = '192.0.2.1';
const name = 'netproof-fault-dns';
const inKubeSystem = { name, namespace: 'kube-system' };
/** The label by which CoreDNS and Services find each other, whatever the name of the server. */
const label = 'k8s-app';

interface RogueDns {
  readonly id: string;
  /** How the names begin that are answered wrongly, whatever there is of that name. */
  readonly prefix: string;
}

/**
 * Puts another DNS server behind the cluster's DNS Service: a copy of its CoreDNS which answers every question
 * for an address or a port of a name with the prefix, and for the name of such a Service's address, with a wrong one, and
 * all others as CoreDNS does.
 */
export async function putRogueDns(context: FaultContext, { id, prefix }: RogueDns): Promise<AppliedFault> {
  const { objects } = context;
  const deployment = await deploymentOf(objects, coreDns);
  const original = selectorOf(await objects.get(dnsService));
  const made = copyOf(deployment, await corefile(context, prefix));
  const select = (from: Labels, to: Labels) => {
    const dropped = Object.fromEntries(Object.keys(from).map((key) => [key, null]));
    return objects.patch(dnsService, { spec: { selector: { ...dropped, ...to } } });
  };
  return breakDns(context, {
    id,
    canary: `${prefix}canary.netproof-z.svc`,
    async break() {
      await objects.apply(made);
      await select(original, { [label]: name });
    },
    async mend() {
      await select({ [label]: name }, original);
      await objects.remove(made);
    },
    isBroken: ({ records }) => records?.[0]?.data === wrongAddress,
  });
}

type Labels = Readonly<Record<string, string>>;
type Spec = Readonly<Record<string, unknown>>;

const rogue: ObjectName = { apiVersion: 'v1', kind: 'Pod', metadata: inKubeSystem };

function selectorOf(service: Spec): Labels {
  return (service.spec as { selector: Labels }).selector;
}

/** The cluster's own Corefile; of the first server that answers, the `template` plugin is asked before `kubernetes`. */
async function corefile({ objects }: FaultContext, prefix: string): Promise<string> {
  const { data } = await objects.get({ ...coreDns, apiVersion: 'v1', kind: 'ConfigMap' });
  const own = (data as { Corefile: string }).Corefile;
  const such = (await objects.services()).filter(({ metadata }) => metadata.name.startsWith(prefix));
  const template = wrongAnswers(
    prefix,
    such.flatMap(({ spec: { clusterIP = '' } }) => (isIPv4(clusterIP) ? [clusterIP] : [])),
  );
  return own.replace('{', (first) => first + template);
}

/**
 * A name of a service has the prefix behind those of its port and protocol.
 *
 * @param addresses of IPv4, of Services whose names have the prefix
 */
export function wrongAnswers(prefix: string, addresses: readonly string[]): string {
  const reversed = addresses.map((address) => address.split('.').toReversed().join('[.]'));
  const pointers = `
    template IN PTR {
        match "^(${reversed.join('|')})[.]in-addr[.]arpa[.]$"
        answer "{{ .Name }} 5 IN PTR nobody.invalid."
        fallthrough
    }`;
  return `
    template IN A {
        match "^${prefix}[^.]*[.]netproof-"
        answer "{{ .Name }} 5 IN A ${wrongAddress}"
        fallthrough
    }
    template IN SRV {
        match "^_[^.]+[.]_[^.]+[.]${prefix}[^.]*[.]netproof-"
        answer "{{ .Name }} 5 IN SRV 0 100 1 nobody.invalid."
        fallthrough
    }${addresses.length > 0 ? pointers : ''}`;
}

/** A pod like those of the Deployment, with another Corefile. */
function copyOf({ spec }: Awaited<ReturnType<typeof deploymentOf>>, text: string): readonly ObjectName[] {
  const pod = spec.template.spec;
  const volumes = pod.volumes.map((volume) =>
    volume.configMap === undefined ? volume : { ...volume, configMap: { ...volume.configMap, name } },
  );
  const configMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: inKubeSystem,
    data: { Corefile: text },
  };
  const metadata = { ...inKubeSystem, labels: { [label]: name } };
  // Nobody asks it any more when it is deleted, and CoreDNS would wait for questions for five seconds.
  const terminationGracePeriodSeconds = 1;
  const copy = { ...rogue, metadata, spec: { ...pod, volumes, terminationGracePeriodSeconds } };
  return [configMap, copy];
}

import { endpointId } from '@netproof/kube/names';
import { startAgent } from './agent.ts';
import { pipe } from './pipe.ts';
import { httpPort, servedPorts, socketPath } from './wire.ts';

/*
 * `node agent.mjs` serves and probes until it is ended; `node agent.mjs pipe` joins its standard input and
 * output to that process. An endpoint that is no pod is given its id as NETPROOF_ID, and the ports that it shall
 * serve instead of the usual ones as NETPROOF_PORTS.
 */
const { NETPROOF_ID, NETPROOF_PORTS, POD_NAMESPACE = '', POD_NAME = '', POD_IPS } = process.env;

if (process.argv[2] === 'pipe') {
  await pipe(socketPath, process.stdin, process.stdout).then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(String(error));
      process.exit(1);
    },
  );
} else {
  const id = NETPROOF_ID ?? endpointId(POD_NAMESPACE, POD_NAME);
  const ports = NETPROOF_PORTS?.split(',').map(Number) ?? servedPorts;
  const agent = await startAgent({
    id,
    ports,
    // A second agent shares the network of the first, which has taken it.
    ...(NETPROOF_PORTS === undefined && { httpPort }),
    answeringFrom: POD_IPS?.split(',') ?? [],
    socket: socketPath,
    end: () => process.exit(0),
  }).catch((error: unknown) => {
    // In one line: who asks why a pod is not ready sees the last few.
    console.error(String(error));
    process.exit(1);
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => agent.told());
  console.log(`${id} serves ${ports.join(', ')}`);
}

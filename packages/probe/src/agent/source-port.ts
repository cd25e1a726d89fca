/*
 * Source ports of UDP, one after the other. One that comes again soon belongs to a connection that nodes still track
 * (30 s, nf_conntrack_udp_timeout), and which passes where a policy would stop a new one. TCP has no such memory:
 * attempts end with a reset, and a SYN begins anew. Below what the kernel gives out by itself, and below NodePorts.
 * Without the hostPort of probes: at its node, an answer to it from elsewhere would be for the pod behind it.
 */
const first = 12_000;
const many = 17_000;
/** That of core, which an agent does not carry along. */
const hostPort = 18_080;
let next = Math.floor(Math.random() * many);

export function nextSourcePort(): number {
  next = (next + 1) % many;
  const port = first + next;
  return port === hostPort ? nextSourcePort() : port;
}

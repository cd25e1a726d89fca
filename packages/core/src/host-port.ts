/** At the address of each node, TCP and UDP: it leads to port 8080 of the one probe pod there that has the label. */
export const hostPort = 18_080;

export const hostPortLabel = 'netproof.dev/host-port';

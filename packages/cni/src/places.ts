/*
 * Where the parts of a CNI stand on a node: the defaults of containerd, which kind leaves as they are, and of Flannel.
 */

export const configurationFolder = '/etc/cni/net.d';
export const programFolder = '/opt/cni/bin';
export const flannelFile = '/run/flannel/subnet.env';

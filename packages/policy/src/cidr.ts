import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { IPBlock } from './network-policy.ts';

/** Whether an address is inside the block and in none of its exceptions. Families never match each other. */
export function inBlock(ip: string, { cidr, except }: IPBlock): boolean {
  return inCidr(ip, cidr) && !(except ?? []).some((hole) => inCidr(ip, hole));
}

export function describeBlock({ cidr, except }: IPBlock): string {
  const holes = except ?? [];
  return holes.length === 0 ? cidr : `${cidr} except ${holes.join(', ')}`;
}

/** What the API server (1.36, StrictIPCIDRValidation) has against a CIDR. */
export function cidrProblem(cidr: string): string | undefined {
  const [address = '', length = '', ...more] = cidr.split('/');
  const longest = isIP(address) === 4 ? 32 : 128;
  const decimal = /^(0|[1-9]\d{0,2})$/.test(length);
  if (!isAddress(address) || !decimal || Number(length) > longest || more.length > 0)
    return `"${cidr}" is no CIDR, such as 10.1.0.0/16 or 2001:db8::/64`;
  const [network, bits] = ipaddr.parseCIDR(cidr);
  if (network.range() === 'ipv4Mapped') return `"${cidr}" is an IPv4 address written as IPv6`;
  const meant = cidrAround(address, bits);
  return meant === `${network}/${bits}`
    ? undefined
    : `"${cidr}" has bits set beyond its prefix; ${meant} is meant, or one address`;
}

/** Whether an exception is a smaller part of its block. Both must be CIDRs. */
export function isStrictSubset(except: string, cidr: string): boolean {
  const [network, bits] = ipaddr.parseCIDR(except);
  return inCidr(network.toString(), cidr) && bits > ipaddr.parseCIDR(cidr)[1];
}

/** Whether it is an address as the API gives it: no zone, no leading zeros. */
export function isAddress(text: string): boolean {
  return isIP(text) !== 0 && !text.includes('%');
}

/** The block with a prefix of so many bits that an address is in. */
export function cidrAround(ip: string, bits: number): string {
  const family = isIP(ip) === 4 ? ipaddr.IPv4 : ipaddr.IPv6;
  return `${family.networkAddressFromCIDR(`${ip}/${bits}`)}/${bits}`;
}

export function inCidr(ip: string, cidr: string): boolean {
  const address = ipaddr.process(ip);
  const [network, bits] = ipaddr.parseCIDR(cidr);
  return address.kind() === network.kind() && address.match(network, bits);
}

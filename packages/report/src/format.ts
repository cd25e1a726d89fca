import { type Html, html } from './html.ts';

/** `850 µs`, `1.3 ms`, `412 ms`, `8.1 s`, `1 min 12 s`. */
export function duration(ms: number): string {
  if (ms < 1) return `${Math.round(ms * 1000)} µs`;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** `2026-11-21 10:13:05 UTC` from ISO 8601. */
export function moment(iso: string): string {
  return `${new Date(iso).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `412 bytes`, `3.1 KiB`, `24.0 MiB`. */
export function bytes(size: number): string {
  if (size < 1024) return count(size, 'byte');
  return size < 2 ** 20 ? `${(size / 1024).toFixed(1)} KiB` : `${(size / 2 ** 20).toFixed(1)} MiB`;
}

/** `24.0 GiB`. */
export function memory(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

/** Groups of three with a narrow space that does not break, as ISO 80000-1 has it: `11 260`. */
export function number(value: number): string {
  const [whole = '', fraction] = value.toString().split('.');
  const grouped =
    Math.abs(value) < 10_000 || whole.includes('e') ? whole : whole.replace(/\B(?=(\d{3})+$)/g, '\u202f');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** A probability with two figures: `0.38`, `4.2 × 10⁻⁹`. */
export function probability(p: number): Html {
  if (p >= 0.001 || p === 0) return html`${Number(p.toPrecision(2))}`;
  const [figures, exponent] = p.toExponential(1).split('e');
  return html`${figures?.replace('.0', '')} × 10<sup>${exponent?.replace('-', '−')}</sup>`;
}

/** `1 probe`, `108 probes`. */
export function count(many: number, what: string): string {
  return `${number(many)} ${what}${many === 1 ? '' : 's'}`;
}

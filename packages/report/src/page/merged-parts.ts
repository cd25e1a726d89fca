import { moment } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { MergedCheck, MergedRun } from '../model.ts';
import { anchor } from './parts.ts';

/** The address of a run's own report, or of the place in it that tells of a check. */
export function pageOf({ folder, model }: MergedRun, check?: Pick<MergedCheck, 'id'>): string {
  const path = [...folder.split('/').map(encodeURIComponent), 'index.html'].join('/');
  return check ? `${path}#${anchor(check.id, model.clusters[0]?.name)}` : path;
}

/** A run's cluster as the heading of what is said of it; its time where another run is of the same. */
export function nameOf(run: MergedRun): Html {
  const { cluster, name, model } = run;
  return html`<a href="${pageOf(run)}">${cluster}</a>${name !== cluster && html` <span class="sub">${moment(model.run.started)}</span>`}`;
}

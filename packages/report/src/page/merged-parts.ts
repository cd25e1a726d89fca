import { moment } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { MergedCheck, MergedRun } from '../model.ts';
import { folderOf } from '../shards.ts';
import { anchor } from './parts.ts';

/** The address of a run's own report, or of the place in it that tells of a check. */
export function pageOf(run: MergedRun, check?: Pick<MergedCheck, 'id'>): string {
  const path = pageIn(folderOf(run, check?.id));
  return check ? `${path}#${anchor(check.id, run.model.clusters[0]?.name)}` : path;
}

function pageIn(folder: string): string {
  return [...folder.split('/').map(encodeURIComponent), 'index.html'].join('/');
}

/** A run's cluster as the heading of what is said of it; its time where another run is of the same. */
export function nameOf(run: MergedRun): Html {
  const { cluster, name, model, shards = [] } = run;
  if (shards.length > 0) {
    const links = shards.map(
      ({ folder, model: { run } }) =>
        html` <a href="${pageIn(folder)}">${run.shard?.index}/${run.shard?.of}</a>`,
    );
    return html`${cluster} <span class="sub">shards${links}</span>`;
  }
  if (model.run.shard) return html`<a href="${pageOf(run)}">${name}</a>`;
  return html`<a href="${pageOf(run)}">${cluster}</a>${name !== cluster && html` <span class="sub">${moment(model.run.started)}</span>`}`;
}

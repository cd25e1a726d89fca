import { type EvidenceFile, type EvidenceFiles, isInside } from '../evidence-files.ts';
import { bytes } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { ClusterFacts, Outcome } from '../model.ts';
import { shorten } from './parts.ts';

/**
 * How far the packets came, the files that were kept as evidence, short texts here and the rest as links, and the command
 * that repeats the check.
 */
export function kept(
  { evidence = [], lastSeen, again }: Outcome,
  files: EvidenceFiles,
  cluster: ClusterFacts | undefined,
): Html | undefined {
  if (evidence.length === 0 && again === undefined) return undefined;
  return html`<div class="beside">${lastSeen !== undefined && html`<p class="last-seen"><span class="sub">Packets:</span> ${shorten(lastSeen, cluster)}</p>`}
${again !== undefined && html`<p class="again"><span class="sub">Again:</span> <code class="copy">${again}</code></p>`}
${
  evidence.length > 0 &&
  html`<ul class="files">${evidence.map(({ title, file }) => html`<li>${entry(shorten(title, cluster), file, files.get(file))}</li>`)}</ul>`
}</div>`;
}

function entry(title: string, file: string, found: EvidenceFile | undefined): Html {
  if (!isInside(file))
    return html`${title}: <code>${file}</code> <span class="sub">is not below the run’s folder</span>`;
  const link = (text: Html) =>
    html`<a href="${file.split('/').map(encodeURIComponent).join('/')}">${text}</a>`;
  if (found === undefined)
    return html`${title}: <code>${file}</code> <span class="sub">is not there any more</span>`;
  const kind = /\.\w+$/.exec(file)?.[0] ?? '';
  const size = html`<span class="sub">${kind} ${bytes(found.bytes)}</span>`;
  if (found.text === undefined) return html`${link(html`${title}`)} ${size}`;
  return html`<details><summary>${title} ${size}</summary><p class="sub">${link(html`<code>${file}</code>`)}</p><pre>${found.text}</pre></details>`;
}

import { type EvidenceFile, type EvidenceFiles, isInside } from '../evidence-files.ts';
import { bytes } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { Outcome } from '../model.ts';

/** The files that were kept as evidence: short texts here, the rest as links, and the command that repeats the check. */
export function kept({ evidence = [], again }: Outcome, files: EvidenceFiles): Html | undefined {
  if (evidence.length === 0 && again === undefined) return undefined;
  return html`<div class="beside">${again !== undefined && html`<p class="again"><span class="sub">Again:</span> <code class="copy">${again}</code></p>`}
${
  evidence.length > 0 &&
  html`<ul class="files">${evidence.map(({ title, file }) => html`<li>${entry(title, file, files.get(file))}</li>`)}</ul>`
}</div>`;
}

function entry(title: string, file: string, found: EvidenceFile | undefined): Html {
  if (!isInside(file))
    return html`${title}: <code>${file}</code> <span class="sub">is not below the run’s folder</span>`;
  const href = file.split('/').map(encodeURIComponent).join('/');
  const link = html`<a href="${href}"><code>${file}</code></a>`;
  if (found === undefined) return html`${title}: ${link} <span class="sub">not there any more</span>`;
  const size = html`<span class="sub">${bytes(found.bytes)}</span>`;
  if (found.text === undefined) return html`${title}: ${link} ${size}`;
  return html`<details><summary>${title} ${size}</summary><p class="sub">${link}</p><pre>${found.text}</pre></details>`;
}

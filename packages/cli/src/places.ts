import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');

/** Where things stand in this repository. */
export const places = {
  root,
  suites: join(root, 'suites'),
  clusters: join(root, 'clusters'),
  out: join(root, 'reports/out'),
};

export const netproofVersion: string = (
  JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
).version;

import assert from 'node:assert/strict';
import { wholeReference } from './reference.ts';

describe('the whole name of an image', () => {
  for (const [given, whole] of Object.entries({
    cni: 'docker.io/library/cni:latest',
    'cni:1': 'docker.io/library/cni:1',
    'me/cni': 'docker.io/me/cni:latest',
    'docker.io/cni:1': 'docker.io/library/cni:1',
    'index.docker.io/me/cni:1': 'docker.io/me/cni:1',
    'localhost/cni': 'localhost/cni:latest',
    'localhost:5000/cni': 'localhost:5000/cni:latest',
    'registry:5000/me/cni:1': 'registry:5000/me/cni:1',
    'quay.io/calico/node:v3.31.0': 'quay.io/calico/node:v3.31.0',
    'cni@sha256:ab': 'docker.io/library/cni@sha256:ab',
    'quay.io/cni:1@sha256:ab': 'quay.io/cni@sha256:ab',
  }))
    it(`of ${given} is ${whole}`, () => assert.equal(wholeReference(given), whole));
});

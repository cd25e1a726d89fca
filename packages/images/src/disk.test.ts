import assert from 'node:assert/strict';
import { join } from 'node:path';
import { diskNeeds, diskProblems, freeDisk } from './disk.ts';
import { component, testFolder } from './testing.ts';

describe('the disk check', () => {
  const missing = [
    component('one', { cost: { seconds: 1, mb: { cache: 100, goBuild: 2000 } } }),
    component('two', { cost: { seconds: 1, mb: { cache: 50, docker: 800 } } }),
  ];
  const places = { cache: '/home/cache', goBuild: '/home/go', docker: '/var/docker' };
  const needs = diskNeeds(missing, places);

  it('adds up what goes to one file system', async () => {
    const free = async (folder: string) =>
      folder.startsWith('/home') ? { device: 1, mb: 2149 } : { device: 2, mb: 800 };
    const [problem, ...more] = await diskProblems(needs, free);
    assert.deepEqual(more, []);
    assert.equal(
      problem?.what,
      'building the images needs 2150 MB of disk (150 MB in /home/cache, 2000 MB in /home/go); 2149 MB are free',
    );
    assert.match(problem?.cure ?? '', /^free 1 MB: .*`go clean -cache` \(\/home\/go\)$/);
  });

  it('names every file system that is too small', async () => {
    const free = async (folder: string) => ({ device: folder.startsWith('/home') ? 1 : 2, mb: 10 });
    assert.equal((await diskProblems(needs, free)).length, 2);
  });

  it('is content with just enough', async () => {
    const free = async (folder: string) => ({ device: folder.length, mb: 2150 });
    assert.deepEqual(await diskProblems(needs, free), []);
  });

  it('knows the free space of a folder that is not there yet', async () => {
    await using folder = await testFolder();
    const there = await freeDisk(folder.path);
    const notYet = await freeDisk(join(folder.path, 'a', 'b'));
    assert.equal(notYet.device, there.device);
    assert.ok(notYet.mb > 0);
  });
});

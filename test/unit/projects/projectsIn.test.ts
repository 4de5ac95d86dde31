import assert from 'node:assert/strict';
import { projectsIn } from '../../../src/projects/projectsIn';

describe('projects in folders', () => {
  const projects = [
    '/home/ana/shop',
    '/home/ana/shop/api',
    '/home/ana/shopping',
    'c:/work/site',
    'Till',
    'Mill',
  ];
  const cases: readonly (readonly [folder: string, found: readonly string[]])[] = [
    ['/home/ana/shop', ['/home/ana/shop', '/home/ana/shop/api', 'Till']],
    ['/home/ana/shop/.worktrees/fix', ['/home/ana/shop', '/home/ana/shop/api', 'Till']],
    ['/home/ana/shop/till/deep', ['Till']],
    ['C:\\work', ['c:/work/site']],
    ['/home/ana/shopp', []],
    ['/', ['/home/ana/shop', '/home/ana/shop/api', '/home/ana/shopping', 'Till', 'Mill']],
  ];
  for (const [folder, found] of cases)
    it(`are found for ${folder}`, () =>
      assert.deepEqual(
        projectsIn([folder], projects, { '/home/ana/shop/till': 'Till', '/srv/mill': 'Mill' }),
        found,
      ));

  it('are none where no folder is open', () => assert.deepEqual(projectsIn([], projects, {}), []));
});

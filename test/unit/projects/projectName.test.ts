import assert from 'node:assert/strict';
import { projectName } from '../../../src/projects/projectName';

describe('the project of a folder', () => {
  const same: Readonly<Record<string, readonly string[]>> = {
    '/home/ana/shop': [
      '/home/ana/shop',
      '/home/ana/shop/',
      '/home//ana/shop',
      ' /home/ana/shop ',
      'file:///home/ana/shop',
      'vscode-remote://wsl%2Bubuntu/home/ana/shop',
      '\\\\wsl$\\Ubuntu\\home\\ana\\shop',
      '\\\\wsl.localhost\\Ubuntu\\home\\ana\\shop\\',
      '/home/ana/shop/.claude/worktrees/fix-cart',
      '/home/ana/shop/.claude/worktrees/fix-cart/src',
      '/home/ana/shop/.worktrees/a',
      '/home/ana/shop.worktrees/a',
      '/home/ana/shop/.git/worktrees/a',
    ],
    'c:/Users/Ana/shop': [
      'C:\\Users\\Ana\\shop',
      'c:/Users/Ana/shop/',
      'file:///c%3A/Users/Ana/shop',
      '/mnt/c/Users/Ana/shop',
      '/C:/Users/Ana/shop',
    ],
    'github.com/acme/shop': [
      'https://github.com/acme/shop.git',
      'https://token@github.com/acme/shop',
      'git@github.com:acme/shop.git',
      'ssh://git@GitHub.com/acme/shop.git',
    ],
    '/home/ana/50%/shop': ['/home/ana/50%/shop', 'file:///home/ana/50%/shop'],
    '/': ['/', '///'],
    shop: ['shop'],
  };
  for (const [name, spellings] of Object.entries(same)) {
    it(`is ${name} however it is spelled`, () => {
      for (const spelling of spellings) assert.equal(projectName(spelling), name, spelling);
    });
  }

  it('keeps folders apart that only look alike', () => {
    const names = [
      '/home/ana/shop',
      '/home/ana/shop-2',
      '/home/ana/Shop',
      '/mnt/cc/shop',
      '/home/worktrees/shop',
    ];
    assert.deepEqual(
      names.map((name) => projectName(name)),
      names,
    );
  });

  it('is what a rule of the user says, by the longest folder', () => {
    const rules = { '/home/ana': 'private', '/home/ana/work/': 'work', 'C:\\src': 'windows' };
    assert.equal(projectName('/home/ana/shop', rules), 'private');
    assert.equal(projectName('/home/ana/work/x/y', rules), 'work');
    assert.equal(projectName('/home/ana', rules), 'private');
    assert.equal(projectName('/home/anabel', rules), '/home/anabel');
    assert.equal(projectName('/mnt/c/src/lib', rules), 'windows');
  });
});

// @ts-check
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import vsce from '@vscode/vsce';
import { ScriptError, main } from './processes.mjs';
import { npm, readManifest, root } from './project.mjs';

const listPath = join(root, 'scripts/vsix-files.txt');
const maxBytes = 2_500_000;

/**
 * Packs what lies in dist/ and media/; the network is not used and nothing is asked.
 * @param {string} vsix where to write it
 */
async function pack(vsix) {
  await rm(vsix, { force: true });
  await vsce.createVSIX({ cwd: root, packagePath: vsix, dependencies: false });
  const { size } = await stat(vsix);
  if (size >= maxBytes) {
    throw new ScriptError(
      `${vsix} has ${size} bytes, over the limit of ${maxBytes}: see what was added to dist or media.`,
    );
  }
}

/**
 * Nothing gets into the package, or falls out of it, unnoticed.
 * @param {boolean} update writes the list instead of comparing it
 */
async function checkFiles(update) {
  const files = (await vsce.listFiles({ cwd: root, packageManager: vsce.PackageManager.None })).sort();
  if (update) return writeFile(listPath, `${files.join('\n')}\n`);
  const expected = (await readFile(listPath, 'utf8')).trim().split('\n');
  const added = files.filter((file) => !expected.includes(file)).map((file) => `+ ${file}`);
  const missing = expected.filter((file) => !files.includes(file)).map((file) => `- ${file}`);
  if (added.length + missing.length === 0) return;
  throw new ScriptError(
    `The package holds other files than scripts/vsix-files.txt says; if that is meant, run \`npm run package -- --update\`.\n` +
      [...added, ...missing].join('\n'),
  );
}

await main(async () => {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      update: { type: 'boolean' },
      'no-build': { type: 'boolean' },
      unchecked: { type: 'boolean' },
    },
  });
  const { name, version } = await readManifest();
  if (!values['no-build']) await npm('run', 'build', '--silent');
  if (!values.unchecked) await checkFiles(values.update ?? false);
  await pack(resolve(values.out ?? join(root, `${name}-${version}.vsix`)));
});

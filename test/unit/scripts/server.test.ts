import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { startServer } from '../../../scripts/server.mjs';
import { useFolder } from '../../support/sqlite/engine';

describe('a VS Code server for tests and the demo', () => {
  const folder = useFolder();

  /** A program that says what it is told to and goes on until it is ended. */
  function programSaying(words: string): { node: string; server: string } {
    const server = `${folder()}/server.cjs`;
    writeFileSync(server, `console.log(${JSON.stringify(words)}); setInterval(() => undefined, 1000);`);
    return { node: process.execPath, server };
  }
  const options = { dataDir: 'data', extensionsDir: 'extensions', startMs: 2_000 };

  it('goes on for longer than it may take to start', async () => {
    const server = await startServer(programSaying('Extension host agent listening on 4711'), options);
    assert.equal(server.port, 4711);
    const ended = server.closed.then(() => 'ended');
    assert.equal(await Promise.race([ended, pause(2_200, 'goes on')]), 'goes on');
    server.stop();
    assert.equal(await ended, 'ended');
  });

  it('is ended when it does not start in time', async () => {
    await assert.rejects(
      startServer(programSaying('thinking'), { ...options, startMs: 500 }),
      /The VS Code server did not start: no answer within 0\.5 s\.\n/,
    );
  });
});

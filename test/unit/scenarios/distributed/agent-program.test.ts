/** The prepared program of an agent: it starts with its cache, and without it. */
import { spawnSync } from 'node:child_process';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AgentProgram, agentProgram } from '../../../../scenarios/distributed/agent-bundle.ts';

const ENTRY = new URL('../../../../cli/agent-start.ts', import.meta.url).href;
let program: AgentProgram;
let cache: string;

beforeAll(async () => {
  program = await agentProgram(ENTRY, 'prepared');
  cache = join(dirname(program.path), 'agent.cache');
}, 60_000);
afterAll(() => program.dispose());

/** Nobody tells it what to do: it says so when it has loaded everything, and ends. */
function expectStart(): void {
  const { status, stderr } = spawnSync(process.execPath, [program.path], { input: '' });
  expect(stderr.toString()).toBe(
    'an agent is started by its coordinator, which tells it what to do\n',
  );
  expect(status).toBe(3);
}

it('starts with what was compiled before', () => {
  expect(statSync(cache).size).toBeGreaterThan(100_000);
  expectStart();
});

it('starts with a cache that this Node refuses, and with none', () => {
  writeFileSync(cache, 'of another version');
  expectStart();
  rmSync(cache);
  expectStart();
});

/** A thread of a hunt opens a scenario once, and its attempts are ordinary runs. @module */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { type HuntJob, runHuntJob } from '../../../../runner/hunt/hunt-worker.ts';
import { folders } from '../fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-hunt-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('opens a scenario and each changed option once, for all attempts', async () => {
  const file = join(folder, 'hello.yaml');
  copyFileSync(join(folders.scenarios, 'hello.yaml'), file);
  const attempts = [undefined, 'ping.timeout=100ms'].map((option): HuntJob => {
    const attempt = { seed: 1, events: [], option };
    return { kind: 'attempt', file, set: { duration: '9s' }, attempt };
  });
  const first = [];
  for (const job of attempts) first.push((await runHuntJob(job))?.fingerprint);
  rmSync(file);
  const again = [];
  for (const job of attempts) again.push((await runHuntJob(job))?.fingerprint);
  expect(again).toEqual(first);
  expect(first).not.toContain('');
});

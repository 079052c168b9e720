/** A thread of a hunt opens a scenario once, and its attempts are ordinary runs. @module */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import { drawAttempt } from '../../../../runner/hunt/draw.ts';
import type { HuntJob } from '../../../../runner/hunt/hunt-jobs.ts';
import { runHuntJob } from '../../../../runner/hunt/hunt-worker.ts';
import { breakScenarioData, breakScenarioText } from '../../../../runner/hunt/minimal.ts';
import { openHuntedScenario } from '../../../../runner/hunt/open-hunted-scenario.ts';
import { NODE_PLACES } from '../../../../scenarios/open/node-places.ts';
import { folders, load, run } from '../fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-hunt-'));
afterAll(() => rmSync(folder, { recursive: true }));

it.each(['hello', 'fabric-outage'])(
  'an attempt with %s is an ordinary run of its file',
  async (name) => {
    const [file, path] = [`${name}.yaml`, join(folder, `${name}-hunted.yaml`)];
    const { scenario, targets } = await openHuntedScenario(file, {});
    const drawn = drawAttempt(openRandomStream(1, 'hunt', 'test'), targets, { isSwarm: false });
    const attempt = { ...drawn, option: undefined };
    const tried = await runHuntJob({ kind: 'attempt', file, set: {}, attempt });
    const found = { kind: 'held', place: 'the run', text: '' } as const;
    const one = { attempt: { ...attempt, events: tried?.events ?? [] }, found, number: 1 };
    const text = breakScenarioText(breakScenarioData(scenario, one, NODE_PLACES), one, {
      origin: 'test',
      path,
    });
    writeFileSync(path, text);
    // The streams of the hunt are its own: the run draws what it would without a hunt.
    expect(run(load(path), attempt.seed).fingerprint).toBe(tried?.fingerprint);
  },
);

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

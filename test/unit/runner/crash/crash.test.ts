/**
 * What a run reports when a user's protocol throws: never a bug of orrery, always the node, the
 * instant and the place in the code.
 *
 * @module
 */
import { afterAll, describe, expect, it } from 'vitest';
import type { Crash } from '../../../../runner/crash/crash.ts';
import type { SeedAnswer } from '../../../../runner/run/job.ts';
import { runJob } from '../../../../runner/threads/run-worker.ts';
import { crashingRun, FIXTURE, lineOf, linesFrom } from './crashing-run.ts';

const { file, remove } = crashingRun('never');
afterAll(remove);

function run(breaks: string, more: Readonly<Record<string, string>> = {}): Promise<SeedAnswer> {
  const overrides = { 'topology.nodes.1.options.breaks': breaks, ...more };
  return runJob({ file, overrides, seed: 3, recordings: {} });
}

async function crashOf(breaks: string): Promise<Crash> {
  const answer = await run(breaks);
  if (answer.kind !== 'broken' || answer.crash === undefined) throw new Error(answer.kind);
  return answer.crash;
}

describe('a crash of a protocol from outside', () => {
  it('an exception was called a bug in orrery: it names protocol, node, instant, line and events', async () => {
    const crash = await crashOf('throws');
    expect(crash).toMatchObject({
      by: 'protocol',
      protocol: 'crashing',
      node: 'bob',
      how: 'threw',
      seed: 3,
      error: 'my bug',
      place: { file: FIXTURE, line: lineOf("throw new Error('my bug')"), column: 11 },
    });
    const { events, atNs, place } = crash;
    expect(events.map(({ text }) => text)).toEqual(
      Array.from({ length: 3 }, () => 'datagram of 100 B from alice'),
    );
    // At 100 packets/s, events are 10 ms apart; the last one is the event that threw.
    expect(events.map(({ atNs: at }) => at - atNs)).toEqual([-20_000_000, -10_000_000, 0]);
    expect(place?.lines).toEqual(linesFrom(place?.firstLine ?? 1).slice(0, 5));
    expect(place?.lines[2]).toContain('my bug');
    expect(place?.within).toBeUndefined();
  });

  it.each([
    ['text', 'just text was thrown', undefined],
    ['type', "TypeError: Cannot read properties of undefined (reading 'queue')", 'peer.queue'],
    ['start', 'cannot start', "throw new Error('cannot start')"],
  ])('tells what was thrown by %s', async (breaks, error, text) => {
    const crash = await crashOf(breaks);
    expect(crash).toMatchObject({ by: 'protocol', node: 'bob', error });
    expect(crash.place?.line).toBe(text === undefined ? undefined : lineOf(text));
  });

  it.each([
    ['drop', `drop reason "lsot" is not declared in the protocol's drops (lost, late)`],
    ['metric', `metric "crashing.count" is not declared in the protocol's metrics (crashing.seen)`],
    ['kind', 'metric crashing.seen is defined as counter, not as gauge'],
    ['delay', 'bob: delay -1 ns is not a non-negative integer'],
  ])('a wrong call of the port was a broken invariant of ours: %s', async (breaks, error) => {
    const { place, ...crash } = await crashOf(breaks);
    expect(crash).toMatchObject({ by: 'protocol', protocol: 'crashing', node: 'bob', error });
    expect(place).toMatchObject({ file: FIXTURE, line: lineOf(`  ${breaks}: (host) =>`) });
    expect(place?.within).toMatch(/\/engine\/(net|measure|core)\/[a-z-]+\.ts:\d+$/);
  });

  it('an invariant that its node reports is the protocol’s', async () => {
    const crash = await crashOf('invariant');
    expect(crash).toMatchObject({ by: 'protocol', node: 'bob' });
    expect(crash.error).toBe('bob: two tables do not agree');
  });

  it('a run that does not break is a result', async () => {
    expect(await run('never')).toMatchObject({ kind: 'result' });
  });
});

describe('clocks of the system in a protocol from outside', () => {
  it.each([
    ['now', 'Date.now()', 'host.now(), or host.clock() for calendar time'],
    ['date', 'new Date()', 'host.now(), or host.clock() for calendar time'],
    ['performance', 'performance.now()', 'host.now(), or host.clock() for calendar time'],
    ['hrtime', 'process.hrtime()', 'host.now(), or host.clock() for calendar time'],
    ['bigint', 'process.hrtime.bigint()', 'host.now(), or host.clock() for calendar time'],
    ['random', 'Math.random()', "host.random('purpose')"],
    ['timeout', 'setTimeout()', 'host.after(delay, fire)'],
    ['interval', 'setInterval()', 'host.after(delay, fire)'],
    ['immediate', 'setImmediate()', 'host.after(delay, fire)'],
    ['values', 'crypto.getRandomValues()', 'host.randomBytes(length)'],
    ['bytes', 'crypto.randomBytes()', 'host.randomBytes(length)'],
    ['imported', 'crypto.randomInt()', 'host.randomBytes(length)'],
  ])('went unnoticed, and made runs that do not repeat: %s', async (breaks, call, instead) => {
    const crash = await crashOf(breaks);
    expect(crash).toMatchObject({
      by: 'protocol',
      node: 'bob',
      error: `${call} is not the same in every run: in virtual time use ${instead}`,
      place: { file: FIXTURE, line: lineOf(`  ${breaks}: () =>`) },
    });
    expect(crash.place?.within).toBeUndefined();
  });

  it('dates that are made of numbers are pure, and pass', async () => {
    expect(await run('fixed')).toMatchObject({ kind: 'result' });
  });

  it('are free outside of node code, and for the engine inside of it', async () => {
    await crashOf('now');
    expect(Date.now()).toBeGreaterThan(0);
    expect(new Date()).toBeInstanceOf(Date);
    // biome-ignore lint/plugin: the guard lets it pass here
    expect(Math.random()).toBeLessThan(1);
  });
});

describe('virtual time that stands still', () => {
  it('timers of 0 ns for ever ended no run: the millionth event of an instant does', async () => {
    const crash = await crashOf('zero');
    expect(crash).toMatchObject({
      by: 'protocol',
      node: 'bob',
      how: 'still',
      protocol: 'crashing',
    });
    expect(crash.error).toBe('virtual time stands still: 1,000,000 events at one instant');
    expect(crash.events.map(({ atNs }) => atNs)).toEqual(Array(3).fill(crash.atNs));
  });

  it('999,999 events of an instant are fine, one more is not', async () => {
    // The first of these events is the datagram itself.
    const calls = (count: number): Readonly<Record<string, string>> => ({
      'topology.nodes.1.options.calls': `${count}`,
    });
    expect(await run('crowd', calls(999_998))).toMatchObject({ kind: 'result' });
    expect(await run('crowd', calls(999_999))).toMatchObject({ kind: 'broken' });
  });
});

/** What the Lab holds: files that are found by their names, and seeds that are run as they are written. @module */
import { expect, it, vi } from 'vitest';
import type { LabLink } from '../../lab/link/lab-link.ts';
import { LabSession } from '../../lab/page/session.ts';
import type { LabRunner } from '../../lab/run/lab-runner.ts';
import type { RunLibrary } from '../../viz/app/data/library.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const SHIPPED = new Map([
  ['hello.yaml', bytes('topology: two.yaml # as other.yaml')],
  ['other.yaml', bytes('topology: two.yaml')],
  ['topologies/two.yaml', bytes('gml: net.gml')],
  ['topologies/three.yaml', bytes('')],
  ['net.gml', bytes('')],
]);

/** A session on a link, and what its runner was asked to do. */
function sessionOn(link: Partial<LabLink>): {
  readonly session: LabSession;
  readonly run: ReturnType<typeof vi.fn>;
  readonly search: ReturnType<typeof vi.fn>;
  readonly endCheck: ReturnType<typeof vi.fn>;
} {
  const search = vi.fn(() => ({ outcome: Promise.resolve({ kind: 'stopped' }), stop: vi.fn() }));
  const run = vi.fn(() => ({ outcome: Promise.resolve({ kind: 'stopped' }), stop: vi.fn() }));
  const endCheck = vi.fn();
  const runner = { run, search, endCheck, check: async () => [] } as unknown as LabRunner;
  const session = new LabSession(SHIPPED, runner, {} as RunLibrary);
  session.open({ files: new Map(), scenario: 'hello.yaml', seeds: null, set: [], ...link });
  return { session, run, search, endCheck };
}

it('shows the files that a scenario names, and those that they name, but no other scenarios', () => {
  const { session } = sessionOn({});
  expect(session.fileNames).toEqual(['hello.yaml', 'topologies/two.yaml', 'net.gml']);
  session.put('hello.yaml', 'topology: topologies/three.yaml, not xtwo.yaml');
  expect(session.fileNames).toEqual(['hello.yaml', 'topologies/three.yaml']);
  session.put('mine of Ω.csv', '');
  expect(session.fileNames).toEqual(['hello.yaml', 'topologies/three.yaml', 'mine of Ω.csv']);
  session.open({ files: new Map(), scenario: 'other.yaml', seeds: null, set: [] });
  expect(session.fileNames).toEqual(['other.yaml', 'topologies/two.yaml', 'net.gml']);
});

it('is not frozen by a link of long texts and of names that are almost in them', () => {
  const names = Array.from({ length: 60 }, (_, at) => 'a'.repeat(at + 1));
  const files = new Map(names.map((name) => [name, bytes('b')]));
  files.set('x.yaml', bytes(`topology: two.yaml\n#${'a'.repeat(3_000_000)}`));
  const { session } = sessionOn({ files, scenario: 'x.yaml' });
  const decode = vi.spyOn(TextDecoder.prototype, 'decode');
  for (let time = 0; time < 10; time += 1) expect(session.fileNames).toHaveLength(63);
  const decoded = decode.mock.calls.map(([part]) => part?.byteLength ?? 0);
  decode.mockRestore();
  expect([decoded.length, Math.max(...decoded)]).toEqual([3, 100_000]);
});

it('refuses seeds that are mistaken, instead of running those of the file', async () => {
  const { session, run } = sessionOn({ seeds: [7] });
  session.seedText = '1-';
  expect(await session.run()).toMatchObject({ kind: 'refused', text: /^seeds: "1-" is no seed/ });
  expect(run).not.toHaveBeenCalled();
});

it('runs the largest seed that a link can hold', async () => {
  const { session, run } = sessionOn({ seeds: [Number.MAX_SAFE_INTEGER] });
  await session.run();
  expect(run.mock.calls[0]?.[0]).toMatchObject({ seeds: [Number.MAX_SAFE_INTEGER] });
  session.seedText = '9007199254740992';
  expect(session.seedMistake).toContain('no seed');
});

it('ends the check under way when another scenario is opened, or none', () => {
  const { session, endCheck } = sessionOn({});
  expect(endCheck).toHaveBeenCalledTimes(1);
  session.close();
  expect(endCheck).toHaveBeenCalledTimes(2);
});

it('sweeps a value that is set, and sets it in place of what was set', async () => {
  const { session, search } = sessionOn({ set: ['a.b=1', 'a=2'] });
  await session.search({ kind: 'sweep', path: 'a', values: '1, 2' });
  expect(search.mock.calls[0]?.[0]).toMatchObject({ set: ['a.b=1'], traced: false });
  session.setValue('a', '3');
  expect(session.task().set).toEqual(['a.b=1', 'a=3']);
});

it('opens what shrinking left in place of the scenario that it came from', async () => {
  const files = new Map([
    ['mine.yaml', bytes('topology: two.yaml')],
    ['net.gml', bytes('changed')],
  ]);
  const { session, run } = sessionOn({ files, scenario: 'mine.yaml', set: ['a=1'] });
  await session.openShrunk('name: small');
  expect([...session.changedFiles.keys()]).toEqual(['net.gml', 'minimal.yaml']);
  expect(run.mock.calls[0]?.[0]).toMatchObject({ scenario: 'minimal.yaml', set: [] });
});

it('keeps the smallest file so far where shrinking is stopped', () => {
  const { session, search } = sessionOn({});
  search.mockReturnValue({ outcome: new Promise(() => undefined), stop: vi.fn() });
  void session.search({ kind: 'shrink', of: { seed: 1 } });
  const tell = search.mock.calls[0]?.[2] as (step: object) => void;
  tell({ done: 1, of: null, smallest: 'name: small' });
  session.stop();
  expect(session.state.value.kind).toBe('stopped');
  expect(session.found.value).toMatchObject({ kind: 'shrunk', text: 'name: small' });
});

/** Which paths an AS has depends on the selection of beacons. */

import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PreparedRun } from '../../runner/run/assemble-seed.ts';
import type { Scenario } from '../../scenarios/model.ts';
import { openUntrustedScenario, UntrustedFileError } from '../../scenarios/open/foreign-values.ts';
import { nodeFiles } from '../../scenarios/open/node-files.ts';
import { openScenario } from '../../scenarios/open/open.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';
import { hashOfFile, hashScenarioFiles } from '../../scenarios/open/run-files.ts';
import { loadText, prepare, registry } from '../unit/runner/fixture.ts';

const SELECTION = new URL('../../nodes/control-service/beacons/selection.ts', import.meta.url).href;

const CORE = '1-ff00:0:1';
const LEAF = '1-ff00:0:9';
/** Of each AS between the two: latency and carbon of both of its links. */
const WAYS = [
  { latency: '1ms', carbon: 100 },
  { latency: '2ms', carbon: 90 },
  { latency: '50ms', carbon: 1 },
  { latency: '40ms', carbon: 2 },
];
const DIRECT = '{ latency: 300ms, carbon: 900gCO2/TB }';

/** A core AS and a leaf AS with a direct link, the shortest way and in all else the worst, and four ways of two links. */
function textWith(selection: string): string {
  const systems = [CORE, LEAF, ...WAYS.map((_, way) => `1-ff00:0:${way + 2}`)];
  const nodes = systems.map((as, index) => {
    return `    - { name: r${index}, run: scion, as: "${as}" }
    - { name: c${index}, run: control-service, as: "${as}" }`;
  });
  const ways = WAYS.map(({ latency, carbon }, way) => {
    const rest = `relation: child, announces: { latency: ${latency}, carbon: ${carbon}gCO2/TB }`;
    return `    - { ends: r0 <-> r${way + 2}, ${rest} }
    - { ends: r${way + 2} <-> r1, ${rest} }`;
  });
  return `name: selections
topology:
  name: ways
  defaults:
    link: { rate: 1Gbit/s, delay: 5ms, mtu: 1472B }
    internal: { delay: 100us }
    announces: { as: { carbon: 0gCO2/TB } }
  ases:
    - { id: "${CORE}", core: true }
${systems
  .slice(1)
  .map((as) => `    - { id: "${as}" }`)
  .join('\n')}
  nodes:
${nodes.join('\n')}
  links:
    - { ends: r0 <-> r1, relation: child, announces: ${DIRECT} }
${ways.join('\n')}
${systems.map((_, index) => `    - { ends: r${index} <-> c${index} }`).join('\n')}
duration: 40s
warmup: 0s
crypto: modelled
options: { control-service: { bestSet: 2, selection: ${selection}, watch: ["${CORE}"] } }
kpis: { control.discovery: { count: ">= 5" } }
`;
}

interface Found {
  readonly latencyUs: number;
  readonly carbon: number;
  /** Seconds since 1970. */
  readonly expires: number;
}

/** Two rounds of beacons, seconds. */
const ROUNDS_S = 10;

/** The paths from the leaf to the core AS that are chosen after 30 s. */
function pathsWith(scenario: Scenario, own = registry): readonly Found[] {
  const answer = answerOf(prepare(scenario, 1, { registry: own }));
  expect(answer).toMatch(/^ok /);

  const all = JSON.parse(answer.slice(3)) as readonly Found[];
  // What was chosen while less was known stays until it expires, but nobody makes it new.
  const latest = Math.max(...all.map(({ expires }) => expires));
  return all.filter(({ expires }) => expires > latest - ROUNDS_S);
}

/** What the control service of the leaf answers to the question for paths after 30 s: the outcome, and the text. */
function answerOf({ world }: PreparedRun): string {
  let answer = '';
  world.later(30e9, () => {
    world.request('c1', {
      ...{ kind: 'paths', target: '', body: new TextEncoder().encode(CORE), deadlineNs: 35e9 },
      more: () => 'ok',
      respond: (outcome, body) => {
        answer = `${outcome} ${new TextDecoder().decode(body)}`;
      },
    });
  });
  world.sim.runUntil(36e9);
  return answer;
}

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

describe('an AS with the selection', () => {
  it('reference has the direct path, whatever it costs', () => {
    const paths = pathsWith(loadText(textWith('reference')));
    expect(paths).toHaveLength(2);
    expect(paths).toContainEqual(expect.objectContaining({ latencyUs: 300_000, carbon: 900 }));
  });

  it('greenest has the paths of the least carbon', () => {
    const paths = pathsWith(loadText(textWith('greenest')));
    expect(sorted(paths.map(({ carbon }) => carbon))).toEqual([2, 4]);
  });

  it('latency has the paths of the least latency', () => {
    const paths = pathsWith(loadText(textWith('latency')));
    expect(sorted(paths.map(({ latencyUs }) => latencyUs))).toEqual([2_000, 4_000]);
  });

  it('diversity has the direct path and one that shares no link with it', () => {
    const paths = pathsWith(loadText(textWith('diversity')));
    expect(paths).toHaveLength(2);
    expect(paths).toContainEqual(expect.objectContaining({ carbon: 900 }));
  });
});

describe('a selection of the user', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'orrery-selection-'));
    writeFileSync(join(folder, 'mine.yaml'), textWith('./mine.ts'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const module = (text: string): string => {
    const path = join(folder, 'mine.ts');
    writeFileSync(path, text);
    return path;
  };
  const open = async (own: ProtocolRegistry): Promise<Scenario> =>
    (await openScenario(join(folder, 'mine.yaml'), undefined, own)).scenario;

  const LONGEST = `import type { BeaconSelection } from '${SELECTION}';
export const selection: BeaconSelection = { select: (all, most) => [...all].reverse().slice(0, most) };
`;

  it('R-229: takes the place of a shipped one, and is one of the files of the run', async () => {
    const path = module(LONGEST);
    const own = new ProtocolRegistry();
    const scenario = await open(own);
    const paths = pathsWith(scenario, own);
    expect(paths).toHaveLength(2);
    expect(paths.map(({ carbon }) => carbon)).not.toContain(900);
    const sha256 = createHash('sha256').update(LONGEST).digest('hex');
    expect(scenario.modules).toEqual({ [path]: sha256 });
    expect(hashScenarioFiles(scenario)).toMatchObject({ 'module 0': sha256 });
  });

  it.each([
    ['throws', "select: () => { throw new Error('mine'); }"],
    ['returns no list', 'select: () => 7'],
  ])('that %s is a drop of the control service, and the run goes on', async (_, text) => {
    module(`export const selection = { ${text} };`);
    const own = new ProtocolRegistry();
    const prepared = prepare(await open(own), 1, { registry: own });
    expect(answerOf(prepared)).toBe('no-path []');
    const { drops } = prepared.world.sim.host('c1');
    expect(drops.get('selection-failed')).toBeGreaterThan(0);
  });

  it.each([
    ['without the export', 'export const choice = 1;', /mine\.ts: exports no `selection`/],
    ['without a function', 'export const selection = {};', /`selection` has no function `select/],
    ['with a syntax mistake', 'export const selection = {', /mine\.ts/],
  ])('in a module %s is refused before the run', async (_, text, says) => {
    module(text);
    await expect(open(new ProtocolRegistry())).rejects.toThrow(says);
  });

  it('in no module is a mistake of the line that names it', async () => {
    const opening = open(new ProtocolRegistry());
    await expect(opening).rejects.toMatchObject({
      issues: [{ code: 'E116', message: 'module "./mine.ts" not found' }],
    });
  });

  it('that is no name and no path is a mistake', () => {
    expect(() => loadText(textWith('fairest'))).toThrow(/fairest is not known, expected one of/);
  });

  it('is not loaded if only values from elsewhere name it, nor outside the folders of a worker', async () => {
    const path = module(
      'globalThis.wasLoaded = true; export const selection = { select: () => [] };',
    );
    const file = join(folder, 'mine.yaml');
    writeFileSync(file, textWith('reference'));
    const all = { 'options.control-service.selection': './mine.ts' };
    await expect(
      openUntrustedScenario(file, { all, own: {} }, new ProtocolRegistry()),
    ).rejects.toThrow(UntrustedFileError);
    // The scenario lies in the folder of the worker, and the module beside it.
    const inside = join(folder, 'inside');
    mkdirSync(inside);
    const scenario = join(inside, 'mine.yaml');
    writeFileSync(scenario, textWith('../mine.ts'));
    const hashes = {
      scenario: hashOfFile(scenario, nodeFiles),
      'module 0': hashOfFile(path, nodeFiles),
    };
    const asked = { hashes, folders: [inside] };
    await expect(openScenario(scenario, undefined, new ProtocolRegistry(), asked)).rejects.toThrow(
      /mine\.ts is outside the folder/,
    );
    expect(Reflect.get(globalThis, 'wasLoaded')).toBeUndefined();
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SweepResult } from '../../../reports/sweep.ts';
import type { ConfigIssueJson } from '../../../topologies/files/config-error.ts';
import { marked } from '../../bad-files/fixture.ts';
import { orreryHere } from '../../command-here.ts';

const BASE = `name: placed
topology: two-nodes.yaml
duration: 3s
warmup: 1s
traffic:
  - { from: alice, to: bob, kind: constant, rate: 10/s, size: 100B }
kpis: { ping.delivery: { value: ">= 99%" } }
`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-places-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a sweep says that must be refused. */
async function refused(text: string, flags: readonly string[] = []): Promise<string> {
  writeFileSync(join(folder, 'placed.yaml'), text);
  const words = ['sweep', 'placed.yaml', '--out', 'out', ...flags];
  const { status, stdout, stderr } = await orreryHere(folder, words);
  expect(status, stderr).toBe(2);
  return flags.includes('--json') ? stdout : stderr;
}

/** The lines of a sweep, one axis each; `«` and `»` enclose what the caret must underline. */
function fileOf(lines: string): ReturnType<typeof marked> {
  return marked(`${BASE}sweep:\n${lines.replaceAll(/^/gm, '  ')}\n`);
}

describe('a sweep blamed --set, which nobody typed', () => {
  it.each([
    ['«trafic.0.rate»: [100/s, 200/s]', 'trafic: unknown key', 'did you mean traffic?'],
    ['«traffic.0.rat»: [100/s, 200/s]', 'traffic[0].rat: unknown key', 'did you mean rate?'],
    ['«traffic.1.rate»: [100/s, 200/s]', 'traffic.1: the list has 1 entry', 'entries count from 0'],
    ['«topology.links.0.los»: 1%..2% step 1%', 'links[0].los: unknown key', 'did you mean loss?'],
    ['traffic.0.rate: [1/s, «100ms»]', 'traffic[0].rate: 100ms is a time', undefined],
    ['traffic.0.kind: [constant, «poison»]', 'traffic[0].kind: "poison"', 'did you mean poisson?'],
    ['topology.links.0.delay: «1..3»', 'links[0].delay: 1 has no unit', 'write 1s'],
    ['traffic.0.rate: [1/s, 2/s, «1..3»]', 'traffic[0].rate: 1 has no unit', 'write 1/s'],
    ['topology: [two-nodes.yaml, «two-nods.yml»]', 'topology: "two-nods.yml" not found', undefined],
  ])('%s', async (line, message, hint) => {
    const { text, ...place } = fileOf(`drain: [0s, 1s]\n${line}`);
    const said = await refused(text);
    expect(said).toContain(`placed.yaml:${place.line}:${place.column}  ${message}`);
    const gutter = ' '.repeat(String(place.line).length);
    expect(said).toContain(
      `   ${gutter} | ${' '.repeat(place.column - 1)}${'^'.repeat(place.caret.length)}\n`,
    );
    if (hint !== undefined) expect(said).toContain(`\n   hint: ${hint}`);
    expect(said).not.toContain('--set');
    expect(said.match(/placed\.yaml:/g)).toHaveLength(1);
  });

  it('in the JSON form as well, and told of the first bad value only', async () => {
    const lines = 'traffic.0.rate: [100/s, «100ms»]\ntraffic.0.size: [3, 100B]\ndrain: [1s, 2]';
    const { text, line, column } = fileOf(lines);
    const { errors } = JSON.parse(await refused(text, ['--json'])) as {
      readonly errors: readonly ConfigIssueJson[];
    };
    expect(errors.map(({ path, code }) => [path, code])).toEqual([
      ['traffic[0].rate', 'E103'],
      ['traffic[0].size', 'E102'],
      ['drain', 'E102'],
    ]);
    const place = { file: 'placed.yaml', line, column, endColumn: column + 5 };
    expect(errors[0]).toMatchObject(place);
  });
});

describe('a sweep that the file refuses in one of its combinations', () => {
  it('raised the duration of the file, and did not say which one was too short', async () => {
    const said = await refused(fileOf('duration: [500ms, 2s]').text);
    expect(said).toContain(
      'placed.yaml:4:9  warmup: 1s is not below the duration (500ms), with duration=500ms of the sweep\n',
    );
  });

  it('is at the flag for what a flag sets', async () => {
    const said = await refused(fileOf('duration: [500ms, 2s]').text, ['--set', 'warmup=1500ms']);
    expect(said).toContain('orrery: --set warmup: 1.5s is not below the duration (500ms), with ');
    const axis = await refused(BASE, ['--set', 'sweep.drain=[1s, 2]']);
    expect(axis).toContain(`   --set sweep.drain=[1s, 2]\n${' '.repeat(21)}^^^^^^^\n`);
  });

  it('was a bug of orrery if each of its values stands in another one', async () => {
    const said = await refused(fileOf('duration: [3s, 1500ms]\nwarmup: [1s, 2s]').text);
    expect(said).toContain('warmup: 2s is not below the duration (1.5s)');
    expect(said).not.toContain('bug in orrery');
    const text = readFileSync(join(folder, 'out/placed/sweep/sweep.json'), 'utf8');
    const { rows } = JSON.parse(text) as SweepResult;
    expect(rows.map(({ pass, broke }) => [pass, broke])).toEqual([
      [true, undefined],
      [true, undefined],
      [true, undefined],
      [false, expect.stringContaining('warmup: 2s is not below')],
    ]);
  });
});

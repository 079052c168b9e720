import { afterAll, describe, expect, it } from 'vitest';
import { bonnmotionImporter } from '../../../../../nodes/dtn/topology/import-bonnmotion.ts';
import { ns2Importer } from '../../../../../nodes/dtn/topology/import-ns2.ts';
import { ProtocolRegistry } from '../../../../../scenarios/open/registry.ts';
import { ConfigError } from '../../../../../topologies/files/config-error.ts';
import { loadTopology } from '../../../../../topologies/load.ts';
import type { Topology } from '../../../../../topologies/model.ts';
import { FileFolder } from '../../../../bad-files/fixture.ts';

const files = new FileFolder();
afterAll(() => files.remove());
const registry = new ProtocolRegistry();

type Format = 'ns2' | 'bonnmotion';

function importing(format: Format, text: string, more = 'range: 100m'): Topology {
  files.write('topologies/m.txt', text);
  const entry = `{ ${format}: { file: m.txt, ${more} } }`;
  const path = files.write('topologies/own.yaml', `name: own\nimport: ${entry}\n`);
  return loadTopology({ path, folders: files.folders, registry });
}

function mistakeIn(format: Format, text: string): string {
  try {
    importing(format, text);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.replaceAll(/\S*\/topologies\//g, '');
    throw error;
  }
  return 'nothing is wrong';
}

/** Each link as one line: ends, and its meetings in seconds. */
const meetingsIn = ({ links }: Topology): readonly string[] =>
  links.map(({ a, b, forward }) => {
    const windows = forward.contacts?.windows ?? [];
    const times = windows.map(({ startNs, endNs }) => `${startNs / 1e9}-${endNs / 1e9}`);
    return `${a.host} ${b.host} ${times.join(' ')}`;
  });

/** Two shores, and a ferry between them at 10 m/s. */
const FERRY = ['node-0 node-1 0-10 190-210', 'node-1 node-2 90-110 290-300'];

describe('movements of other programs', () => {
  it('of BonnMotion meet where the equations say', () => {
    const text = '# ferry\n0 0 0\n0.0 0 0 100 1000.0 0 200 0 0 300 1000 0\n0 1000 0\n';
    const topology = importing('bonnmotion', text);
    expect(meetingsIn(topology)).toEqual(FERRY);
    expect(topology.links[0]?.forward).toMatchObject({ rateBps: 1e6, delayNs: 0 });
    const late = importing(
      'bonnmotion',
      text,
      'range: 200m, until: 150s, rate: 2Mbit/s, prefix: n',
    );
    expect(meetingsIn(late)).toEqual(['n0 n1 0-20', 'n1 n2 80-120']);
    expect(late.links[0]?.forward.rateBps).toBe(2e6);
  });

  it('of ns-2 are the same, in any order of lines, with a note on other lines', () => {
    const topology = importing(
      'ns2',
      `# nodes: 3
$node_(1) set X_ 0.000000
$node_(1) set Y_ 0.0
$node_(1) set Z_ 0.0
$ns_ at 100.0 "$node_(1) setdest 0.0 0.0 10.0"
$ns_ at 0.0 "$node_(1) setdest 1000.0 0.0 10.0"
$ns_ at 200.0 "$node_(1) setdest 1000.0 0.0 10.0"\r
$node_(0) set X_ 0
$node_(0) set Y_ 0
$node_(2) set X_ 1000
$node_(2) set Y_ 0
$god_ set-dist 0 1 1
$ns_ at 3.0 "$god_ set-dist 0 1 2"
`,
    );
    expect(meetingsIn(topology)).toEqual(FERRY);
    expect(topology.warnings.join('\n')).toMatch(/2 lines about other things than movements/);
  });

  it('turn a node that is on its way, and let it rest at speed 0', () => {
    const nodes =
      '$node_(0) set X_ 0\n$node_(0) set Y_ 0\n$node_(1) set X_ 0\n$node_(1) set Y_ 0\n';
    const courses = `$ns_ at 10 "$node_(1) setdest 1000 0 10"
$ns_ at 50 "$node_(1) setdest 0 0 10"
$ns_ at 70 "$node_(1) setdest 500 0 0"
`;
    // At 50 s it is 400 m away and turns; it stands still at 200 m from 70 s on.
    expect(meetingsIn(importing('ns2', nodes + courses, 'range: 100m, until: 1h'))).toEqual([
      'node-0 node-1 0-20',
    ]);
    expect(meetingsIn(importing('ns2', nodes + courses, 'range: 250m, until: 100s'))).toEqual([
      'node-0 node-1 0-35 65-100',
    ]);
  });

  it('say so when nobody meets', () => {
    const { links, warnings } = importing('bonnmotion', '0 0 0 9 0 1\n0 500 0\n');
    expect(links).toEqual([]);
    expect(warnings.join('\n')).toMatch(/no two nodes come within 100 m/);
  });

  it.each([
    ['', /m\.txt:1:1 {2}no movements were found/],
    ['0 0 0\n1 2\n', /m\.txt:2:1 {2}2 numbers, expected three for each way point/],
    ['0 0 0\n0 1 1 5 x 2\n', /m\.txt:2:7 {2}the place is not two numbers/],
    ['0 0 0\n0 1 1 5 1e10 2\n', /m\.txt:2:7 {2}the place is not two numbers/],
    ['1 0 0\n', /m\.txt:1:1 {2}the first way point is not at 0 s/],
    ['0 0 0 9 0 0 8 0 0\n', /m\.txt:1:13 {2}8 s is before the way point before it/],
    ['0 0 0 1e9 0 0\n', /m\.txt:1:7 {2}the time is not from 0 to/],
    ['#3D\n0 0 0 0\n', /m\.txt:1:1 {2}movements with heights are not read/],
    ['0 0 0\n0 1 1\n', /m\.txt:1:1 {2}nothing moves, expected until:/],
    ['0 0 0 9 1 1\n'.repeat(776), /m\.txt:1:1 {2}776 nodes, the limit is 775/],
  ])('of BonnMotion show what is wrong where it is', (text, message) => {
    expect(mistakeIn('bonnmotion', text)).toMatch(message);
  });

  it.each([
    ['puts hello\n', /m\.txt:1:1 {2}no movements were found/],
    ['$node_(0) set X_ a\n', /m\.txt:1:1 {2}"a" is no place in metres/],
    ['$ns_ at x "$node_(0) setdest 1 1 1"\n', /m\.txt:1:1 {2}"x" is no time from 0/],
    ['$ns_ at 1 "$node_(0) setdest 1 y 1"\n', /m\.txt:1:1 {2}the place is not two numbers/],
    ['$ns_ at 1 "$node_(0) setdest 1 1 -1"\n', /m\.txt:1:1 {2}"-1" is no speed/],
    ['\n$ns_ at 1 "$node_(0) setdest 1 1 1"\n', /m\.txt:2:1 {2}node 0 has no X_ at the beginning/],
    ['$ns_ at 1 "$node_(0) set X_ 5"\n', /m\.txt:1:1 {2}a node jumps, which is not read/],
  ])('of ns-2 show what is wrong where it is: %j', (text, message) => {
    expect(mistakeIn('ns2', text)).toMatch(message);
  });

  it('are refused above their bounds before walks are compared', () => {
    const way = Array.from({ length: 2_000 }, (_, index) => `${index} ${index % 2} 0`).join(' ');
    const parameters = { prefix: 'n', range: 1, rate: 1e6, delay: 0 };
    const read = bonnmotionImporter.read(`${way}\n`.repeat(330), parameters);
    const message = expect.stringMatching(/^330 nodes with 660000 ways, the limit is 200000000/);
    expect(read).toMatchObject({ mistakes: [{ message }] });
  });

  it('are refused as soon as a file has too many way points, or nodes', () => {
    const parameters = { prefix: 'n', range: 1, rate: 1e6, delay: 0 };
    // Such points are no ways, so that nothing else bounds their number.
    const resting = bonnmotionImporter.read(`${'0 0 0 '.repeat(600_000)}\n`.repeat(3), parameters);
    const points = { start: 3_600_001, message: 'more than 1000000 way points' };
    expect(resting).toMatchObject({ mistakes: [points] });
    const placed = Array.from({ length: 1_000 }, (_, id) => `$node_(${id}) set X_ 1\n`).join('');
    const message = 'more than 775 nodes';
    expect(ns2Importer.read(placed, parameters)).toMatchObject({ mistakes: [{ message }] });
  });
});

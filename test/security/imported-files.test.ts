/** Files of other programs, larger and stranger than any: a mistake of the file, and soon. */
import { afterAll, describe, expect, it } from 'vitest';
import { ionImporter } from '../../nodes/dtn/topology/import-ion.ts';
import { traceImporter } from '../../nodes/dtn/topology/import-traces.ts';
import { HostileFolder, scenario } from './hostile-folder.ts';

const folder = new HostileFolder();
afterAll(() => folder.remove());

/** What is said of a file that a scenario imports. */
function importing(kind: string, text: string): string {
  folder.write('foreign.txt', text);
  return folder.mistakesOf(scenario('', `{ name: t, import: { ${kind}: foreign.txt } }`));
}

function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('\n');
}

describe('an imported file', () => {
  it('with 30,000 ranges and as many contacts of one direction is read in one pass', () => {
    const ranges = lines(30_000, (n) => `a range +${n} +${n + 1} 1 2 1`);
    const contacts = lines(30_000, (n) => `a contact +${29_999 - n} +${30_000 - n} 1 2 8`);
    const read = ionImporter.read(`${ranges}\n${contacts}`, { prefix: 'n' });
    expect(read).toMatchObject({ kind: 'network', topology: { links: [{}] } });
  });

  it('with 30,000 names is read without comparing each with each', () => {
    const up = lines(15_000, (n) => `1 CONN a${n} b${n} up`);
    const down = lines(15_000, (n) => `2 CONN a${n} b${n} down`);
    const read = traceImporter.read(`${up}\n${down}`, { prefix: 'n', rate: 1, delay: 0 });
    expect(read.kind === 'network' && read.topology.links).toHaveLength(15_000);
  });

  it.each(['ion', 'trace'])(
    'with a letter a line has as many mistakes as are shown: %s',
    (kind) => {
      const said = importing(kind, 'z\n'.repeat(300_000));
      expect(said).toMatch(/foreign\.txt:1:1 .*\n.*\n.*\^/);
      expect(said).toMatch(/and 980 more$/);
    },
  );

  it.each(['ion', 'trace'])('with a line without end is refused before it is read: %s', (kind) => {
    const said = importing(kind, `# x\n${'1 '.repeat(2e6)}`);
    expect(said).toContain('foreign.txt:2:1001');
    expect(said).toContain('the line has 4000000 characters, the limit is 1000');
  });

  it('with too many lines is refused before it is read', () => {
    const said = importing('trace', '\n'.repeat(1_000_001));
    expect(said).toContain('foreign.txt:1000001:1');
    expect(said).toContain('the limit is 1000000 lines');
  });

  it('of HDTN may have a text of any length', () => {
    const contact = '{"source": 1, "dest": 2, "startTime": 0, "endTime": 9, "rate": 1}';
    const long = `"${'\\"a'.repeat(1e6)}"`;
    expect(importing('hdtn', `{"x": ${long}, "contacts": [${contact}]}`)).toBe('');
    const said = importing('hdtn', `{"contacts": [{"source": ${long}}]}`);
    expect(said).toMatch(/foreign\.txt:1:26 {2}source: "\\"a.{0,60}, expected a number/);
    expect(said.length).toBeLessThan(500);
  });

  it('of HDTN is refused before it is parsed if it has more objects than a plan', () => {
    const said = importing('hdtn', `{"contacts": [${'{},'.repeat(1_000_000)}{}]}`);
    expect(said).toContain('"{" number 1000001, the limit is 1000000');
    expect(importing('hdtn', '['.repeat(1_000_001))).toContain('"[" number 1000001');
  });
});

describe('a CSV of packets', () => {
  const traffic = 'traffic: [{ from: alice, to: bob, kind: trace, file: packets.csv }]';
  const reading = (text: string): string => {
    folder.write('packets.csv', text);
    return folder.mistakesOf(scenario(traffic));
  };

  it.each(['', '\n', '# nothing\n', 'seconds,bytes\n'])(
    'without packets is a mistake: %j',
    (text) => {
      expect(reading(text)).toMatch(/packets\.csv:1:1 {2}there are no packets, expected "seconds,/);
    },
  );

  it('in which each line is wrong has as many mistakes as are shown', () => {
    expect(reading('0,64\n'.concat('x\n'.repeat(300_000)))).toMatch(/and 980 more$/);
  });

  it('has no times beyond those of a run', () => {
    expect(reading('0,64\n1e999,64\n')).toMatch(/packets\.csv:2:1 {2}1e999 s is above the maximum/);
  });
});

describe('one mistake', () => {
  it('in a plan says nothing about the nodes that are missing with it', () => {
    folder.write('foreign.txt', 'a contact +0 +9 1 2\n');
    const topology = '{ name: t, import: { ion: foreign.txt }, links: [{ ends: node-1 <-> x }] }';
    const more = [
      'options: { node-1: {} }',
      'traffic: [{ from: node-1, to: node-2, kind: constant, rate: 1/s, size: 64B }]',
      'events: [{ at: 1s, link: node-1--node-2, set: { loss: 10% } }]',
    ];
    const said = folder.mistakesOf(scenario(more.join('\n'), topology));
    expect(said).toContain('foreign.txt:1:3  "a contact" is followed by');
    expect(said.match(/^\S+:\d+:\d+ {2}/gm)).toHaveLength(1);
  });

  it('in a link says nothing about ways that are missing with it', () => {
    const nodes = '[{ name: a, as: 1-ff00:0:110 }, { name: b, as: 1-ff00:0:111 }]';
    const ases = '[{ id: 1-ff00:0:110, core: true }, { id: 1-ff00:0:111 }]';
    const links = '[{ ends: a <-> b, relation: child, delay: 1ms }]';
    const topology = `{ name: t, ases: ${ases}, nodes: ${nodes}, defaults: { node: { run: ping } }, links: ${links} }`;
    const more = 'traffic: [{ from: a, to: b, kind: constant, rate: 1/s, size: 64B }]';
    const said = folder.mistakesOf(scenario(more, topology));
    expect(said).toContain('links[0].rate: missing, expected a rate such as 1Gbit/s');
    expect(said.match(/^\S+:\d+:\d+ {2}/gm)).toHaveLength(1);
  });
});

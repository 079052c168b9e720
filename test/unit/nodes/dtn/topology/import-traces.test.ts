import { afterAll, describe, expect, it } from 'vitest';
import { traceImporter } from '../../../../../nodes/dtn/topology/import-traces.ts';
import { generatedSizeMistake } from '../../../../../topologies/generate/size-mistake.ts';
import { contactsOf, files, mistakeIn, trace } from './importing.ts';

afterAll(() => files.remove());

describe('traces of the ONE', () => {
  it('are links that are open while the two are connected', () => {
    const made = trace('1.5 CONN 3 10 up\n2 CONN 10 p1 up\n4 CONN 10 3 down\n9 CONN p1 10 down\n');
    expect(contactsOf(made)).toEqual([
      'node-10 node-3 1.5 4 1000000 0',
      'node-10 p1 2 9 1000000 0',
      'node-3 node-10 1.5 4 1000000 0',
      'p1 node-10 2 9 1000000 0',
    ]);
    expect(made.hosts.map(({ name }) => name)).toEqual(['node-3', 'node-10', 'p1']);
  });

  it('connections that never go down end with the file, or where the entry says', () => {
    const text = '1 CONN 1 2 up\n2 CONN 1 3 up\n6 CONN 1 3 down\n';
    expect(contactsOf(trace(text))).toContain('node-1 node-2 1 6 1000000 0');
    expect(contactsOf(trace(text, ', until: 1min, rate: 2kbit/s, delay: 3ms'))).toContain(
      'node-1 node-2 1 60 2000 3',
    );
  });

  it('what both ends saw counts once: the first up and the first down', () => {
    const made = trace(
      '1 CONN 1 2 up\n2 CONN 2 1 up\n5 CONN 1 2 down\n7 CONN 2 1 down\n8 CONN 1 2 up\n9 CONN 1 2 down\n',
    );
    expect(contactsOf(made)).toEqual([
      'node-1 node-2 1 5 1000000 0',
      'node-1 node-2 8 9 1000000 0',
      'node-2 node-1 1 5 1000000 0',
      'node-2 node-1 8 9 1000000 0',
    ]);
    expect(made.warnings).toEqual([
      'trace.txt: 2 lines left out: the two are connected already, or not any more',
    ]);
  });

  it('contacts of length zero are left out, and a warning says how many', () => {
    const made = trace('1 CONN 1 2 up\n1 CONN 1 2 down\n2 CONN 1 3 up\n4 CONN 1 3 down\n');
    expect(contactsOf(made)).toHaveLength(2);
    expect(made.warnings).toEqual(['trace.txt: 1 contact of length zero left out']);
  });

  it('nodes are connected while one of their interfaces is', () => {
    const made = trace(
      '1 CONN 1 2 up bt\n2 CONN 1 2 up wlan\n3 CONN 1 2 down bt\n5 CONN 1 2 down wlan\n',
    );
    expect(contactsOf(made)).toContain('node-1 node-2 1 5 1000000 0');
  });

  it('tabs, capitals, exponents, comments and CR LF are read as the ONE does', () => {
    const later = '3E1 CONN 1 3 up\r\n40 CONN 1 3 down\r\n';
    const made = trace(
      `# x\r\n  # y\r\n\r\n1.0E1\tCONN\t1\t2\tUP\r\n.2e2 CONN 1 2 Down # z\r\n${later}`,
    );
    expect(contactsOf(made)).toContain('node-1 node-2 10 20 1000000 0');
  });

  it.each([
    ['1 CONN 1 2 up\n0.5 CONN 1 3 up\n', 'trace.txt:2:1  the line is earlier than the one'],
    ['1 CONN 1 2 down\n', 'trace.txt gives no nodes: 1 line left out: the two are connected'],
    ['1 FOO M1 1 2\n', 'trace.txt:1:1  "FOO" is no action, expected TIME CONN A B up, or down'],
    [
      '1 CONN node-1 1 up\n2 CONN node-1 1 down\n',
      'trace.txt:1:1  node-1 and 1 are both called node-1',
    ],
    [`1 CONN 1 ${'a'.repeat(64)} up\n9 CONN 2 3 up\n`, 'is longer than 63 letters'],
    ['1 CONN 1 2 on\n', 'trace.txt:1:1  "on": expected TIME CONN A B up, or down'],
    ['CONN 1 2 up\n', 'trace.txt:1:1  the line has no time'],
    ['1 CONN 1 1 up\n', 'trace.txt:1:1  1 cannot meet itself'],
    ['1 CONN 1 a/b up\n', 'trace.txt:1:1  "a/b" is no name of a node'],
  ])('shows what is wrong, and where: %j', (text, message) => {
    expect(mistakeIn(() => trace(text))).toContain(message);
  });

  it('says once that lines are not sorted, and that times are of another epoch', () => {
    const unsorted = '9 CONN 1 2 up\n1 CONN 1 3 up\n2 CONN 1 3 down\n10 CONN 1 2 down\n';
    expect(mistakeIn(() => trace(unsorted)).match(/earlier than/g)).toHaveLength(1);
    const late = '1130493332 CONN 1 2 up\n1130493334 CONN 1 2 down\n';
    expect(mistakeIn(() => trace(late))).toMatch(
      /^trace\.txt:1:1 {2}the contact ends after 104 days, one of 2\n.*\n.*\n.*subtract the first, or cut the file$/,
    );
  });

  it('is refused for the size of its network before that is made', () => {
    const lines = Array.from({ length: 100_001 }, (_, at) => `${at} CONN a${at} b${at} up\n`);
    const beganMs = performance.now();
    const read = traceImporter.read(lines.join(''), {
      prefix: 'n',
      rate: 1e6,
      delay: 0,
      until: 1e15,
    });
    const message = 'makes 200002 nodes, the limit is 200000';
    expect(read).toMatchObject({ mistakes: [{ message }] });
    expect(generatedSizeMistake({ nodes: 200_002, links: 100_001 })).toBe(message);
    expect(performance.now() - beganMs).toBeLessThan(20_000);
  });

  it('says how many lines are about messages', () => {
    const made = trace('1 CONN 1 2 up\n1 C M1 1 2 5k\n1 DE M1 1 2\n2 CONN 1 2 down\n');
    expect(made.warnings).toEqual(['trace.txt: 2 lines about messages left out']);
  });
});

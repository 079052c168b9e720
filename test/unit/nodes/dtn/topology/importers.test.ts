import { afterAll, describe, expect, it } from 'vitest';
import { ProtocolRegistry } from '../../../../../scenarios/registry.ts';
import { ConfigError } from '../../../../../topologies/files/config-error.ts';
import { loadTopology } from '../../../../../topologies/load.ts';
import type { Topology } from '../../../../../topologies/model.ts';
import { FileFolder } from '../../../../bad-files/fixture.ts';
import { hasVectors, vectorText } from '../../../../vectors-root.ts';

const files = new FileFolder();
afterAll(() => files.remove());
const registry = new ProtocolRegistry();
const NS_PER_S = 1e9;

function importing(entry: string, name: string, text: string): Topology {
  files.write(`topologies/${name}`, text);
  const path = files.write('topologies/own.yaml', `name: own\nimport: ${entry}\n`);
  return loadTopology({ path, folders: files.folders, registry });
}

const ion = (text: string): Topology => importing('{ ion: plan.ionrc }', 'plan.ionrc', text);
const hdtn = (plan: unknown): Topology =>
  importing('{ hdtn: plan.json }', 'plan.json', JSON.stringify(plan, undefined, 1));
const trace = (text: string, more = ''): Topology =>
  importing(`{ trace: { file: trace.txt${more} } }`, 'trace.txt', text);

/** The message for a file, without the path of the temporary folder. */
function mistakeIn(load: () => unknown): string {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigError) return error.message.replaceAll(/\S*\/topologies\//g, '');
    throw error;
  }
  return 'nothing is wrong';
}

/** Each contact as one line: from, to, start, end, bit/s, light ms. */
function contactsOf({ links }: Topology): readonly string[] {
  return links
    .flatMap(({ a, b, forward, backward }) =>
      [[a.host, b.host, forward] as const, [b.host, a.host, backward] as const].flatMap(
        ([from, to, direction]) =>
          (direction.contacts?.windows ?? []).map(({ startNs, endNs, rateBps, delayNs = 0 }) =>
            [from, to, startNs / NS_PER_S, endNs / NS_PER_S, rateBps, delayNs / 1e6].join(' '),
          ),
      ),
    )
    .sort();
}

interface VectorContact {
  readonly from: number;
  readonly to: number;
  readonly start: number;
  readonly end: number;
  readonly owlt: number;
  readonly rate: number;
}

const vectorContacts = (): readonly VectorContact[] =>
  (JSON.parse(vectorText('dtn/cgr/mars-9-node.json')) as { contacts: readonly VectorContact[] })
    .contacts;

describe('contact plans of ION', () => {
  it.runIf(hasVectors)('the 9-node plan has the contacts that others read from it', () => {
    const made = ion(vectorText('dtn/cgr/mars-9-node.ionrc'));
    const expected = vectorContacts().map(({ from, to, start, end, owlt, rate }) =>
      [`node-${from}`, `node-${to}`, start, end, rate * 8, owlt * 1_000].join(' '),
    );
    expect(contactsOf(made)).toEqual([...expected].sort());
    expect(made.hosts.map(({ name }) => name)).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => `node-${number}`),
    );
    expect(made.warnings).toContain(
      'plan.ionrc: 532 contacts have no range at their start, and are left out',
    );
  });

  it('rates are bytes per second', () => {
    const made = ion('a range +0 +60 1 2 3\na contact +10 +20 1 2 125\n');
    expect(contactsOf(made)).toEqual(['node-1 node-2 10 20 1000 3000']);
    expect(made.warnings).toEqual(['plan.ionrc: 1 of 1 pairs have contacts in one direction only']);
  });

  it('a range from the smaller node holds both ways, one from the larger does not', () => {
    const both = 'a contact +0 +9 1 2 1\na contact +0 +9 2 1 1\n';
    expect(contactsOf(ion(`a range +0 +9 1 2 4\n${both}`))).toHaveLength(2);
    expect(contactsOf(ion(`a range +0 +9 2 1 4\n${both}`))).toEqual(['node-2 node-1 0 9 8 4000']);
    // A range of its own outweighs the implied one.
    expect(contactsOf(ion(`a range +0 +9 1 2 4\na range +0 +9 2 1 7\n${both}`))).toEqual([
      'node-1 node-2 0 9 8 4000',
      'node-2 node-1 0 9 8 7000',
    ]);
  });

  it('takes the range at the start of a contact', () => {
    const made = ion('a range +0 +5 1 2 4\na range +5 +20 1 2 6\na contact +5 +9 1 2 1\n');
    expect(contactsOf(made)).toEqual(['node-1 node-2 5 9 8 6000']);
  });

  it('moves the reference time on, again and again', () => {
    const contacts = '@ +10\na contact +0 +5 1 2 1\n@ +10\na contact +0 +5 1 2 1\n';
    expect(contactsOf(ion(`a range +0 +99 1 2 0\n${contacts}`))).toEqual([
      'node-1 node-2 10 15 8 0',
      'node-1 node-2 20 25 8 0',
    ]);
  });

  it('counts dates from the first one on', () => {
    const dates = 'a range 2024/02/28-23:59:50 2024/03/02-00:00:00 1 2 1\n';
    const made = ion(`${dates}a contact 2024/02/29-00:00:00 2024/03/01-00:00:00 1 2 1\n`);
    expect(contactsOf(made)).toEqual(['node-1 node-2 10 86410 8 1000']);
  });

  it('leaves registrations, hypothetical contacts and loops out, and says so', () => {
    const others = 'a contact -1 0 3 3 1\na contact +0 0 1 3 1\na contact +0 +9 2 2 1\n';
    const made = ion(`a range +0 +9 1 2 4\na contact +0 +9 1 2 1\n${others}`);
    expect(contactsOf(made)).toHaveLength(1);
    expect(made.warnings).toContain(
      'plan.ionrc: 3 contacts are loops, registrations or hypothetical, and are left out',
    );
  });

  it.each([
    ['a contact +0 +9 1 2\n', 'plan.ionrc:1:3  a contact has a start, a stop, two nodes and'],
    ['# x\na contact 0 +9 1 2 8\n', 'plan.ionrc:2:11  "0" is no time, expected +60 or'],
    ['a contact +0 +9 1 two 8\n', 'plan.ionrc:1:19  "two" is not readable, expected a node'],
    ['a contac +0 +9 1 2 8\n', 'plan.ionrc:1:3  "contac" is unknown, expected contact or range'],
    ['contact +0 +9 1 2 8\n', 'plan.ionrc:1:1  "contact" is no command'],
    ['a range +0 +99 1 2 0\na contact +9 +5 1 2 8\n', 'plan.ionrc:2:3  the contact ends before'],
    [
      'a range +0 +9 1 2 0\na contact +0 +5 1 2 8\na contact +4 +9 1 2 8\n',
      'plan.ionrc:3:3  a contact from 1 to 2 begins before the one before it ends',
    ],
  ])('shows what is wrong, and where: %j', (text, message) => {
    expect(mistakeIn(() => ion(text))).toContain(message);
    expect(mistakeIn(() => ion(text))).toContain('^');
  });
});

describe('contact plans of HDTN', () => {
  it.runIf(hasVectors)('the 9-node plan is the same as that of ION', () => {
    const contacts = vectorContacts().map(({ from, to, start, end, owlt, rate }, contact) => ({
      ...{ contact, source: from, dest: to, startTime: start, endTime: end, owlt },
      rateBitsPerSec: rate * 8,
    }));
    const written = ion(vectorText('dtn/cgr/mars-9-node.ionrc'));
    expect(contactsOf(hdtn({ contacts }))).toEqual(contactsOf(written));
  });

  const contact = { source: 1, dest: 2, startTime: 0, endTime: 9 };

  it('rates are bits per second, and of older plans Mbit/s', () => {
    const rated = hdtn({ contacts: [{ ...contact, rateBitsPerSec: 1_000, owlt: 2 }] });
    expect(contactsOf(rated)).toEqual(['node-1 node-2 0 9 1000 2000']);
    expect(contactsOf(hdtn({ contacts: [{ ...contact, rate: 3 }] }))).toEqual([
      'node-1 node-2 0 9 3000000 0',
    ]);
  });

  it.each([
    [{ ...contact, rateBitsPerSec: 8, startTime: 0.5 }, '6:17  startTime: 0.5, expected whole'],
    [{ ...contact, rateBitsPerSec: 8, owlt: 1.3 }, '9:12  owlt: 1.3, expected whole seconds'],
    [contact, '3:3  rateBitsPerSec: missing, expected bit/s'],
    [{ ...contact, rate: 'x' }, '3:3  rateBitsPerSec: missing, expected bit/s'],
  ])('shows what is wrong, and where: %j', (wrong, message) => {
    expect(mistakeIn(() => hdtn({ contacts: [wrong] }))).toContain(`plan.json:${message}`);
  });

  it('shows where a file is not JSON', () => {
    const load = (): Topology => importing('{ hdtn: plan.json }', 'plan.json', '{"contacts": [}');
    expect(mistakeIn(load)).toContain('plan.json:1:15  this is not JSON');
    expect(mistakeIn(() => hdtn({ contact: [] }))).toContain('no list "contacts"');
  });
});

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

  it.each([
    ['1 CONN 1 2 up\n0.5 CONN 1 3 up\n', 'trace.txt:2:1  the line is earlier than the one'],
    ['1 CONN 1 2 up\n2 CONN 2 1 up\n', 'trace.txt:2:1  2 and 1 go up, and were up already'],
    ['1 CONN 1 2 down\n', 'trace.txt:1:1  1 and 2 go down, and were down already'],
    ['1 CONN 1 2 on\n', 'trace.txt:1:1  "on": expected TIME CONN A B up, or down'],
    ['CONN 1 2 up\n', 'trace.txt:1:1  the line has no time'],
    ['1 CONN 1 1 up\n', 'trace.txt:1:1  1 cannot meet itself'],
    ['1 CONN 1 a/b up\n', 'trace.txt:1:1  "a/b" is no name of a node'],
  ])('shows what is wrong, and where: %j', (text, message) => {
    expect(mistakeIn(() => trace(text))).toContain(message);
  });

  it('says how many lines are about something else', () => {
    const made = trace('1 CONN 1 2 up\n1 C M1 1 2\n2 CONN 1 2 down\n');
    expect(made.warnings).toEqual([
      'trace.txt: 1 lines are not about connections, and are left out',
    ]);
  });
});

describe('import:', () => {
  it('names the importers, and suggests one for a misspelt name', () => {
    const load = (): Topology => importing('{ iom: plan.ionrc }', 'plan.ionrc', '');
    expect(mistakeIn(load)).toMatch(/own\.yaml:2:11 {2}import\.iom: unknown key.*\n.*\n.*\n.*ion/);
  });

  it('says which parameter is wrong', () => {
    expect(mistakeIn(() => trace('', ', rate: 5'))).toContain('import.trace.rate: 5 has no unit');
  });

  it('says which file is not there', () => {
    const load = (): Topology => importing('{ ion: plam.ionrc }', 'plan.ionrc', '');
    expect(mistakeIn(load)).toMatch(/own\.yaml:2:16 {2}import\.ion: "plam\.ionrc" not found/);
  });
});

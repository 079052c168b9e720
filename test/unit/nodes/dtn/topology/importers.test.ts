import { afterAll, describe, expect, it } from 'vitest';
import type { Topology } from '../../../../../topologies/model.ts';
import { itWhole, vectorText } from '../../../../vectors-root.ts';
import { contactsOf, files, hdtn, importing, ion, mistakeIn, trace } from './importing.ts';

afterAll(() => files.remove());

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
  itWhole('the 9-node plan has the contacts that others read from it', () => {
    const made = ion(vectorText('dtn/cgr/mars-9-node.ionrc'));
    const expected = vectorContacts().map(({ from, to, start, end, owlt, rate }) =>
      [`node-${from}`, `node-${to}`, start, end, rate * 8, owlt * 1_000].join(' '),
    );
    expect(contactsOf(made)).toEqual([...expected].sort());
    expect(made.hosts.map(({ name }) => name)).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => `node-${number}`),
    );
    expect(made.warnings).toContain(
      'plan.ionrc: 532 contacts without a range at the start left out',
    );
  });

  it('rates are bytes per second', () => {
    const made = ion('a range +0 +60 1 2 3\na contact +10 +20 1 2 125\n');
    expect(contactsOf(made)).toEqual(['node-1 node-2 10 20 1000 3000']);
    expect(made.warnings).toEqual(['plan.ionrc: 1 pair of 1 with contacts in one direction only']);
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
    const late = ion('a range +0 +5 1 2 4\na contact +1 +9 1 2 1\na contact +5 +9 2 1 1\n');
    expect(contactsOf(late)).toEqual(['node-1 node-2 1 9 8 4000']);
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
      'plan.ionrc: 3 contacts left out: loops, registrations or hypothetical',
    );
  });

  describe('commands are applied', () => {
    const range = 'a range +0 +99 1 2 1\n';
    const there = 'a contact +0 +9 1 2 1\n';
    const back = 'a contact +0 +9 2 1 1\n';

    it('a deleted contact is gone, that of the other direction stays', () => {
      const made = ion(`${range}${there}${back}d contact +0 1 2\n`);
      expect(contactsOf(made)).toEqual(['node-2 node-1 0 9 8 1000']);
    });

    it('an asterisk deletes all contacts of a direction, in the region that was chosen', () => {
      const later = 'a contact +20 +30 1 2 1\n';
      const made = ion(`${range}${there}${later}${back}d contact * 1 2\n`);
      expect(contactsOf(made)).toEqual(['node-2 node-1 0 9 8 1000']);
      const other = ion(`${range}${there}^ 2\n${later}d contact * 1 2\n`);
      expect(contactsOf(other)).toEqual(['node-1 node-2 0 9 8 1000']);
    });

    it('a contact that was deleted can be added again', () => {
      const again = 'd contact +0 1 2\na contact +0 +5 1 2 2\n';
      expect(contactsOf(ion(`${range}${there}${again}`))).toEqual(['node-1 node-2 0 5 16 1000']);
    });

    it('a plan whose contacts are all deleted had "nothing in it"', () => {
      expect(mistakeIn(() => ion(`${range}${there}d contact +0 1 2\n`))).toContain(
        'plan.ionrc gives no nodes: no contact is left of what it says',
      );
    });

    it('c contact changes the rate', () => {
      const made = ion(`${range}${there}c contact +0 1 2 1000\n`);
      expect(contactsOf(made)).toEqual(['node-1 node-2 0 9 8000 1000']);
    });

    it('d range takes the way back with it, unless that has a range of its own', () => {
      const both = `${there}${back}`;
      expect(mistakeIn(() => ion(`${range}${both}d range +0 1 2\n`))).toContain(
        'plan.ionrc gives no nodes: 2 contacts without a range at the start left out',
      );
      const own = ion(`${range}a range +0 +99 2 1 7\n${both}d range +0 1 2\n`);
      expect(contactsOf(own)).toEqual(['node-2 node-1 0 9 8 7000']);
      const oneWay = ion(`${range}${both}d range * 2 1\n`);
      expect(contactsOf(oneWay)).toEqual(['node-1 node-2 0 9 8 1000']);
      // A range of its own has taken the place of the implied one.
      const gone = ion(`${range}a range +0 +99 2 1 7\n${both}d range +0 2 1\n`);
      expect(contactsOf(gone)).toEqual(['node-1 node-2 0 9 8 1000']);
      const later = 'a contact +6 +9 1 2 1\na contact +6 +9 2 1 1\n';
      const short = ion(`${range}a range +0 +5 2 1 7\n${later}`);
      expect(contactsOf(short)).toEqual(['node-1 node-2 6 9 8 1000']);
    });

    it('says how many concern what is not there, and how many repeat what is', () => {
      const pointless = 'd contact +1 1 2\nc contact +1 1 2 5\nd range +7 1 2\n';
      const made = ion(`${range}${there}${there}${back}${pointless}`);
      expect(made.warnings).toEqual([
        'plan.ionrc: 1 command without effect: what they add is there',
        'plan.ionrc: 3 commands without effect: what they change or delete is not there',
      ]);
    });

    it('knows all commands of ionadmin, and reads nothing after q', () => {
      const others = "1 1 ''\ns\n! 1\n^ 1\ne 1\nv\ni contact +0 1 2\nl range\nb contact\nx\n";
      const made = ion(`${others}m horizon +0\n@ 0\n${range}${there}q\nnonsense\n`);
      expect(contactsOf(made)).toEqual(['node-1 node-2 0 9 8 1000']);
    });
  });

  it('contacts with a confidence take place, and a warning says how many', () => {
    const sure = 'a contact +0 +5 1 2 1 1.0\n';
    const unsure = 'a contact +5 +9 1 2 1 0.5\na contact +0 +9 2 1 1\n';
    const made = ion(`a range +0 +9 1 2 1\n${sure}${unsure}c contact +0 2 1 1 .25\n`);
    expect(contactsOf(made)).toHaveLength(3);
    expect(made.warnings).toEqual([
      'plan.ionrc: 2 contacts with a confidence below 1, which take place like the others',
    ]);
  });

  it('names the line that mixes dates with times after the start of ionadmin', () => {
    const mixed = `a range +0 +9 1 2 1\na contact +0 2026/01/01-00:00:00 1 2 8\n${'a contact +5 +9 1 2 8\n'.repeat(3)}`;
    expect(mistakeIn(() => ion(mixed))).toBe(
      [
        'plan.ionrc:2:14  "+0" in line 1 counts from when ionadmin begins, "2026/01/01-00:00:00" is a date',
        '   2 | a contact +0 2026/01/01-00:00:00 1 2 8',
        '     |              ^^^^^^^^^^^^^^^^^^^',
        '   hint: a line such as "@ 2026/01/01-00:00:00" at the beginning says when that is',
      ].join('\n'),
    );
    // With a reference time all times are dates.
    const made = ion(
      `@ 2026/01/01-00:00:00\n${mixed.replace('01/01', '01/02')}`
        .replaceAll('+5', '2026/01/03-00:00:00')
        .replaceAll('+9', '2026/01/04-00:00:00'),
    );
    expect(contactsOf(made)[0]).toBe('node-1 node-2 0 86400 64 1000');
  });

  it('a contact before the first date of a file is the beginning of the run', () => {
    const range = 'a range 2026/01/02-00:00:00 2026/01/09-00:00:00 1 2 1\n';
    const made = ion(`@ 2026/01/02-00:00:10\n${range}a contact 2026/01/02-00:00:05 +5 1 2 1\n`);
    expect(contactsOf(made)).toEqual(['node-1 node-2 0 10 8 1000']);
  });

  describe('of a file for all programs of a node', () => {
    const plan = 'a range +0 +9 1 2 1\na contact +0 +9 1 2 1\n';
    const others = '## begin bpadmin \na scheme ipn 1\n## end bpadmin\n';
    const part = (tag: string): string =>
      `## begin ionadmin ${tag}\n${plan}## end ionadmin ${tag}\n`;

    it('the part for ionadmin is read', () => {
      const made = ion(`## ionscript\n${others}${part('')}${others}`);
      expect(contactsOf(made)).toEqual(['node-1 node-2 0 9 8 1000']);
      expect(contactsOf(ion(part('host1')))).toHaveLength(1);
    });

    it.each([
      [others, 'plan.ionrc:1:1  the file has no part for ionadmin'],
      [`## begin ionadmin\n${plan}`, 'plan.ionrc:1:1  the part for ionadmin has no end'],
      [`## begin ionadmin\n${others}`, 'plan.ionrc:1:1  the part for ionadmin has no end'],
      [
        `${part('a')}${part('b')}`,
        'plan.ionrc:5:1  there is a second part for ionadmin: "a" and "b"',
      ],
    ])('shows what is wrong with the parts: %j', (text, message) => {
      expect(mistakeIn(() => ion(text))).toContain(message);
    });

    itWhole('files of ION itself are read as ionadmin would', () => {
      const real = (name: string): Topology => ion(vectorText(`files/ion/${name}`));
      expect(contactsOf(real('ionstart-with-delete.rc'))).toEqual([
        'node-1 node-2 1 3600 800000 1000',
        'node-2 node-1 1 3600 800000 1000',
      ]);
      // The range from 2 to 1 says nothing about the way back.
      expect(contactsOf(real('ionstart-stcp-host1.rc'))).toEqual([
        'node-2 node-1 1 3600 800000 1000',
      ]);
      expect(contactsOf(real('cgr-global.ionrc'))).toHaveLength(8);
      expect(mistakeIn(() => real('mixed-times.ionrc'))).toContain(
        'plan.ionrc:3:15  "+0" in line 3',
      );
    });
  });

  it.each([
    ['a contact +0 +9 1 2\n', 'plan.ionrc:1:3  "a contact" is followed by a start, a stop, two'],
    ['a contact +0 +9 1 2 8 1 # x\n', '"a contact" is followed by a start, a stop, two nodes'],
    ['# x\na contact 5 +9 1 2 8\n', 'plan.ionrc:2:11  "5" is no time, expected +60 or'],
    ['a contact 2026/13/01-00:00:00 +9 1 2 8\n', '"2026/13/01-00:00:00" is no time'],
    ['a contact +0 +9 1 2 8 1.5\n', 'plan.ionrc:1:23  "1.5" is not readable, expected a conf'],
    ['a contact +0 +9 1 9999999999999999 8\n', 'expected a node number'],
    ['a range +0 +9 1 2 1e300\n', '"1e300" is not readable, expected light seconds'],
    [`a contact +0 +9 1 2 ${'9'.repeat(400)}\n`, 'is not readable, expected bytes per second'],
    [
      `a range +0 +9 1 2 ${'9'.repeat(15)}\na contact +0 +9 1 2 8\n`,
      'plan.ionrc:2:3  the contact has a delay above 104 days',
    ],
    ['d contact +0 1\n', 'plan.ionrc:1:3  "d contact" is followed by a start or *, and two nodes'],
    ['c range +0 1 2 8\n', 'plan.ionrc:1:3  "range" is unknown, expected contact'],
    ['w 1\n', 'plan.ionrc:1:1  "w" is no command'],
    ['@ soon\n', 'plan.ionrc:1:3  "soon" is no time'],
    [
      'a contact +0 +9 1 2 8\na contact +0 +8 1 2 8\n',
      'plan.ionrc:2:3  another contact from 1 to 2 begins then',
    ],
    [
      'a range +0 +9 1 2 1\na range +5 +20 1 2 2\n',
      'plan.ionrc:2:3  a range from 1 to 2 begins before another one ends',
    ],
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
  itWhole('the 9-node plan is the same as that of ION', () => {
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

  it('a rate of 0 is no limit', () => {
    const made = hdtn({ contacts: [{ ...contact, rateBitsPerSec: 0 }] });
    expect(contactsOf(made)).toEqual(['node-1 node-2 0 9 Infinity 0']);
  });

  it('numbers may be texts', () => {
    const texts = { source: '1', dest: '2', startTime: '3', endTime: '9', owlt: '2' };
    const made = hdtn({ contacts: [{ ...texts, rateBitsPerSec: '1000' }] });
    expect(contactsOf(made)).toEqual(['node-1 node-2 3 9 1000 2000']);
  });

  it('overlapping contacts of one direction and rate are one, and a warning says how many', () => {
    const at = (startTime: number, endTime: number, rateBitsPerSec = 8): unknown => ({
      ...{ ...contact, startTime, endTime, rateBitsPerSec },
    });
    const made = hdtn({ contacts: [at(20, 30), at(0, 9), at(2, 5), at(5, 12), at(12, 14)] });
    expect(contactsOf(made)).toEqual([
      'node-1 node-2 0 12 8 0',
      'node-1 node-2 12 14 8 0',
      'node-1 node-2 20 30 8 0',
    ]);
    expect(made.warnings).toContain('plan.json: 2 contacts merged with one that overlaps');
    const other = mistakeIn(() => hdtn({ contacts: [at(0, 9), at(5, 12, 9)] }));
    expect(other).toContain('plan.json:10:3  a contact from 1 to 2 begins before the one before');
  });

  it('contacts without length and loops are left out, and warnings say how many', () => {
    const rated = { ...contact, rateBitsPerSec: 8 };
    const ended = { ...rated, startTime: 9, endTime: 5 };
    const made = hdtn({ contacts: [ended, rated, { ...rated, dest: 1 }, ended] });
    expect(contactsOf(made)).toHaveLength(1);
    expect(made.warnings).toEqual([
      'plan.json: 1 contact of a node with itself left out',
      'plan.json: 2 contacts left out: the end is not after the start',
      'plan.json: 1 pair of 1 with contacts in one direction only',
    ]);
  });

  itWhole('plans of HDTN itself are read', () => {
    const real = (name: string): Topology =>
      importing('{ hdtn: plan.json }', 'plan.json', vectorText(`files/hdtn/${name}.json`));
    expect(contactsOf(real('unlimited-rate'))).toHaveLength(4);
    expect(contactsOf(real('rate-as-text'))).toContain('node-1 node-3 10 20 1000000000 1000');
    expect(contactsOf(real('overlapping'))).toContain('node-1 node-2 0 200 1000000000 1000');
  });

  it('shows the place in the list, whatever else the file has', () => {
    const wrong = { ...contact, rateBitsPerSec: -1 };
    const text = `{"x": {"contacts": [{}]}, "a]\\"": [{}],\n"contacts": [ 3,\n ${JSON.stringify(wrong)}]}`;
    const said = mistakeIn(() => importing('{ hdtn: plan.json }', 'plan.json', text));
    expect(said).toContain('plan.json:3:');
    expect(said).toContain('rateBitsPerSec: -1, expected bit/s');
  });

  it.each([
    [{ ...contact, rateBitsPerSec: 8, startTime: 0.5 }, '6:17  startTime: 0.5, expected whole'],
    [{ ...contact, rateBitsPerSec: 8, owlt: 1.3 }, '9:12  owlt: 1.3, expected whole seconds'],
    [contact, '3:3  rateBitsPerSec: missing, expected bit/s'],
    [{ ...contact, rate: 'x' }, '3:3  rateBitsPerSec: missing, expected bit/s'],
    [{ ...contact, rateBitsPerSec: 8, owlt: 1e15 }, '3:3  the contact has a delay above 104 days'],
    [{ ...contact, rateBitsPerSec: [[]] }, '8:22  rateBitsPerSec: [, expected bit/s'],
  ])('shows what is wrong, and where: %j', (wrong, message) => {
    expect(mistakeIn(() => hdtn({ contacts: [wrong] }))).toContain(`plan.json:${message}`);
  });

  it('shows where a file is not JSON', () => {
    const load = (): Topology => importing('{ hdtn: plan.json }', 'plan.json', '{"contacts": [}');
    expect(mistakeIn(load)).toContain('plan.json:1:15  this is not JSON');
    expect(mistakeIn(() => hdtn({ contact: [] }))).toContain('no list "contacts"');
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

  it.each([
    ['ion', 'there is nothing in it'],
    ['trace', 'there is nothing in it'],
  ])('an empty file for %s is a mistake of the file', (name, message) => {
    const load = (): Topology => importing(`{ ${name}: empty.txt }`, 'empty.txt', '');
    expect(mistakeIn(load)).toContain(`own.yaml:2:`);
    expect(mistakeIn(load)).toContain(`empty.txt gives no nodes: ${message}`);
  });

  it('an empty file is no JSON', () => {
    const load = (): Topology => importing('{ hdtn: plan.json }', 'plan.json', '');
    expect(mistakeIn(load)).toContain('plan.json:1:1  this is not JSON');
  });

  it('a prefix is the beginning of a name', () => {
    expect(mistakeIn(() => trace('', ', prefix: "a b"'))).toContain('own.yaml:2:');
  });

  it('says which file is not there', () => {
    const load = (): Topology => importing('{ ion: plam.ionrc }', 'plan.ionrc', '');
    expect(mistakeIn(load)).toMatch(/own\.yaml:2:16 {2}import\.ion: "plam\.ionrc" not found/);
  });
});

/**
 * Bad clouds in topology files. `«` and `»` enclose the text that the caret must underline.
 *
 * @module
 */
import type { BadFile } from './row.ts';

const NODES = `name: bad
nodes:
  - { name: eu-1, run: ping }
  - { name: eu-2, run: ping }
  - { name: us-1, run: ping }
`;

interface Parts {
  readonly access?: string;
  readonly regions?: string;
  readonly between?: string;
}

const ACCESS = '{ rate: 1Mbit/s }';
const REGIONS = '[{ name: eu, members: "eu-*" }, { name: us, members: us-1 }]';
const ALL =
  '[{ regions: eu <-> eu, delay: 1ms }, { regions: us <-> us, delay: 1ms }, { regions: eu <-> us, delay: 9ms }]';

const cloud = ({ access = ACCESS, regions = REGIONS, between = ALL }: Parts): string =>
  `${NODES}clouds:
  - id: net
    access: ${access}
    regions: ${regions}
    between: ${between}
`;

/** Hosts h1, h2, ... in these regions, one in each, with something between all of them. */
const regions = (names: readonly string[]): string => {
  const bare = names.map((name) => name.replace(/[«»]/g, ''));
  const nodes = bare.map((_, at) => `{ name: h${at}, run: ping }`);
  const all = names.map((name, at) => `{ name: ${name}, members: h${at} }`);
  const pairs = bare.flatMap((from, at) => bare.slice(at).map((to) => `${from} <-> ${to}`));
  const between = pairs.map((pair) => `{ regions: ${pair}, delay: 1ms }`);
  return `name: bad
nodes: [${nodes.join(', ')}]
clouds:
  - id: net
    access: ${ACCESS}
    regions: [${all.join(', ')}]
    between: [${between.join(', ')}]
`;
};

/** All bad clouds. */
export const BAD_CLOUDS: readonly BadFile[] = [
  {
    title: 'a region whose pattern matches no node',
    text: cloud({
      regions: '[{ name: eu, members: «"ue-*"» }, { name: us, members: us-1 }]',
    }),
    code: 'E106',
    says: 'clouds[0].regions[0].members: no node is "ue-*"',
  },
  {
    title: 'a node in two regions',
    text: cloud({
      regions: '[{ name: eu, members: "eu-*" }, { name: us, members: [us-1, «eu-2»] }]',
    }),
    code: 'E113',
    says: 'clouds[0].regions[1].members[1]: eu-2 is in eu already',
    hint: 'a host has one access to a cloud',
  },
  {
    title: 'two regions of one name',
    text: cloud({
      regions:
        '[{ name: eu, members: "eu-*" }, { name: us, members: us-1 }, { name: «eu», members: us-1 }]',
    }),
    code: 'E113',
    says: 'clouds[0].regions[2].name: "eu" is used twice',
  },
  {
    title: 'a region that the cloud does not have',
    text: cloud({
      between: `${ALL.slice(0, -1)}, { regions: «eu <-> ut», delay: 1ms }]`,
    }),
    code: 'E106',
    says: 'clouds[0].between[3].regions: "ut" is no region of this cloud',
    hint: 'did you mean us? regions: eu, us',
  },
  {
    title: 'regions without anything between them',
    text: cloud({
      between: '«[{ regions: eu <-> eu, delay: 1ms }, { regions: us -> us, delay: 1ms }]»',
    }),
    code: 'E121',
    says: 'clouds[0].between: nothing is between eu -> us and 1 more',
    hint: 'write - { regions: eu -> us, delay: 10ms }',
  },
  {
    title: 'the same pair of regions twice',
    text: cloud({
      between: `${ALL.slice(0, -1)}, { regions: «us -> eu», delay: 1ms }]`,
    }),
    code: 'E113',
    says: 'clouds[0].between[3].regions: us -> eu is described twice (first at line 10)',
  },
  {
    title: 'an access without a rate',
    text: cloud({ access: '{ delay: 1ms }' }).replace('access:', '«access»:'),
    code: 'E121',
    says: 'clouds[0].access.rate: missing, expected a rate such as 1Gbit/s',
  },
  {
    title: 'an arrow that is none',
    text: cloud({
      between: `${ALL.slice(0, -1)}, { regions: «eu - us», delay: 1ms }]`,
    }),
    code: 'E104',
    says: 'clouds[0].between[3].regions: "eu - us" is not two regions such as eu <-> us',
    hint: 'write eu <-> us, or eu -> us for one direction, or eu <-> eu within one',
  },
  {
    title: 'an outside program in a cloud',
    text: cloud({})
      .replace(
        '{ name: us-1, run: ping }',
        '{ name: us-1, kind: external, program: 127.9.0.1, ports: [7007] }',
      )
      .replace('members: us-1', 'members: «us-1»'),
    code: 'E104',
    says: 'clouds[0].regions[1].members: us-1 is an outside program, which can have no access to a cloud',
  },
  {
    title: 'two pairs of regions of one name',
    text: regions(['a', 'b--c', '«a--b»', 'c']),
    code: 'E113',
    says: 'clouds[0].regions[2].name: net/a--b--c would be a <-> b--c and a--b <-> c',
    hint: 'give this region a name without "--"',
  },
  {
    title: 'two pairs of regions of one name that share a region',
    text: regions(['c', 'a--b', 'a', '«b--a»']),
    code: 'E113',
    says: 'clouds[0].regions[3].name: net/a--b--a would be a--b <-> a and a <-> b--a',
    hint: 'give this region a name without "--"',
  },
  {
    title: 'a node of the name of a pair of regions',
    text: cloud({
      regions: '[{ name: eu, members: [eu-1, eu-2] }, { name: us, members: [us-1, «eu--us»] }]',
    }).replace('clouds:', '  - { name: eu--us, run: ping }\nclouds:'),
    code: 'E113',
    says: 'clouds[0].regions[1].members[1]: net/eu--us would be the access of eu--us and eu <-> us',
    hint: 'rename eu--us or one of the regions',
  },
  {
    title: 'the id of a segment',
    text: cloud({})
      .replace(
        'clouds:',
        'segments: [{ id: net, members: [eu-1, us-1], rate: 1Mbit/s, delay: 1ms }]\nclouds:',
      )
      .replace('- id: net', '- id: «net»'),
    code: 'E113',
    says: 'clouds[0].id: "net" is used twice (first at line 6)',
    hint: 'links, segments and clouds have different ids',
  },
  {
    title: 'the id of a link',
    text: cloud({})
      .replace(
        'clouds:',
        'links: [{ ends: eu-1 <-> us-1, id: net, rate: 1Mbit/s, delay: 1ms }]\nclouds:',
      )
      .replace('- id: net', '- id: «net»'),
    code: 'E113',
    says: 'clouds[0].id: "net" is used twice (first at line 6)',
    hint: 'links, segments and clouds have different ids',
  },
  {
    title: 'the id of another cloud',
    text: `${cloud({})}${cloud({}).replace(`${NODES}clouds:\n`, '').replace('net', '«net»')}`,
    code: 'E113',
    says: 'clouds[1].id: "net" is used twice (first at line 7)',
  },
];

import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../../../topologies/files/config-error.ts';
import { gmlImporter } from '../../../topologies/import/gml.ts';
import { graphmlImporter } from '../../../topologies/import/graphml.ts';
import { fibreDelayNs, greatCircleMetres } from '../../../topologies/import/great-circle.ts';
import { loadTopology } from '../../../topologies/load.ts';
import type { Topology } from '../../../topologies/model.ts';
import { FileFolder, registry } from '../../bad-files/fixture.ts';
import { itWhole, vectorText } from '../../vectors-root.ts';

const files = new FileFolder();
afterAll(() => files.remove());

type Format = 'gml' | 'graphml';

function importing(format: Format, text: string, more = ''): Topology {
  files.write(`topologies/x.${format}`, text);
  const link = 'link: { rate: 7Mbit/s, delay: 7ms }';
  const entry = `{ ${format}: { file: x.${format}${more} } }`;
  const yaml = `name: i\nimport: ${entry}\ndefaults: { node: { run: scion }, ${link} }\n`;
  const path = files.write('topologies/i.yaml', yaml);
  return loadTopology({ path, folders: files.folders, registry });
}

/** The message for a file, without the path of the temporary folder. */
function mistakeIn(format: Format, text: string): string {
  try {
    importing(format, text);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.replaceAll(/\S*\/topologies\//g, '');
    throw error;
  }
  return 'nothing is wrong';
}

const namesOf = ({ hosts }: Topology): readonly string[] => hosts.map(({ name }) => name);

/** Id, Mbit/s there and back, delay in ms; a direction that never opens is `-`. */
function linesOf({ links }: Topology): readonly string[] {
  const one = ({ rateBps, contacts }: Topology['links'][number]['forward']): string =>
    contacts?.windows.length === 0 ? '-' : `${rateBps / 1e6}`;
  return links.map(
    ({ id, forward, backward }) =>
      `${id} ${one(forward)} ${one(backward)} ${forward.delayNs / 1e6}`,
  );
}

const TWO = 'node [ id 1 label "a" ] node [ id 2 label "b" ]';
const AGAINST = 'edge [ source 2 target 1 LinkSpeed "4" LinkSpeedUnits "m" ]';
const gml = (content: string): string => `graph [ ${content} ]`;
const graphml = (content: string, keys = ''): string =>
  `<?xml version="1.0"?>\n<graphml>${keys}<graph edgedefault="undirected">${content}</graph></graphml>`;

describe('the delay of a fibre', () => {
  it('is that of the great circle at two thirds of the speed of light', () => {
    const equator = { lat: 0, lon: 0 };
    // A quarter of a great circle, and half of one.
    const quarter = (Math.PI / 2) * 6_371_008.8;
    expect(greatCircleMetres(equator, { lat: 90, lon: 123 })).toBeCloseTo(quarter, 4);
    expect(greatCircleMetres(equator, { lat: 0, lon: 180 })).toBeCloseTo(2 * quarter, 4);
    expect(greatCircleMetres({ lat: 5, lon: 7 }, { lat: 5, lon: 7 })).toBe(0);
    // A metre: 5.003 ns.
    expect(fibreDelayNs(equator, { lat: 180 / Math.PI / 6_371_008.8, lon: 0 })).toBe(5);
    // New York (40.71, -74.01) to London (51.51, -0.13): 5,570 km in every table.
    const km = greatCircleMetres({ lat: 40.71, lon: -74.01 }, { lat: 51.51, lon: -0.13 }) / 1e3;
    expect(Math.round(km / 10)).toBe(557);
  });
});

describe('graphs of other programs', () => {
  it('have links with delays and rates where the graph gives them, and the defaults elsewhere', () => {
    const topology = importing(
      'gml',
      gml(`
        node [ id 1 label "São Paulo" Latitude 0 Longitude 0 ]
        node [ id 2 label "b" Latitude 0.0 Longitude 18.0 ]
        node [ id 3 label "c" ]
        edge [ source 1 target 2 LinkSpeed "2.5" LinkSpeedUnits "G" ]
        edge [ source 1 target 2 LinkSpeedRaw 155000000.0 LinkSpeed "1" LinkSpeedUnits "K" ]
        edge [ source 2 target 1 LinkSpeed "< 10" ]
        edge [ source 2 target 3 ]
        edge [ source 3 target 3 ]`),
    );
    // A twentieth of the equator.
    const ms = fibreDelayNs({ lat: 0, lon: 0 }, { lat: 0, lon: 18 }) / 1e6;
    expect(ms).toBeCloseTo(10.0144, 3);
    expect(linesOf(topology)).toEqual([
      `Sao-Paulo--b 2500 2500 ${ms}`,
      `Sao-Paulo--b.2 155 155 ${ms}`,
      `b--Sao-Paulo 7 7 ${ms}`,
      'b--c 7 7 7',
    ]);
    expect(topology.hosts[1]?.place).toEqual({ lat: 0, lon: 18 });
    expect(topology.warnings).toEqual([
      'x.gml: 1 edges join a node with itself: left out',
      'x.gml: 1 of 3 nodes have no coordinates (c): 1 of 4 links have the delay of defaults.link, or 1 ms if it gives none',
      'x.gml: 2 of 4 links have no speed, and have the rate of defaults.link, or 1 Gbit/s without one',
    ]);
  });

  it('name eight of many nodes that have no coordinates', () => {
    const many = Array.from({ length: 10 }, (_, id) => `node [ id ${id} label "n${id}" ]`).join(
      ' ',
    );
    const there = 'node [ id 10 label "there" Latitude 1 Longitude 1 ]';
    const { warnings } = importing('gml', gml(`${many} ${there} edge [ source 0 target 10 ]`));
    expect(warnings[0]).toContain('(n0, n1, n2, n3, n4, n5, n6, n7, and 2 more): 1 of 1 links');
  });

  it('have whole rates, whatever doubles make of a speed and its unit', () => {
    const edge = 'edge [ source 1 target 2 LinkSpeed "64.1" LinkSpeedUnits "M" ]';
    expect(64.1 * 1e6).not.toBe(64_100_000);
    expect(linesOf(importing('gml', gml(`${TWO} ${edge}`)))).toEqual(['a--b 64.1 64.1 7']);
  });

  it('gives each node a name of its own, whatever the labels are', () => {
    const labels = ['A&amp;B', 'None', 'None', '', '12', 'None-2', '日本', 'aux', 'Z&#252;rich'];
    const nodes = labels.map((label, id) => `node [ id ${id} label "${label}" ]`).join('\n');
    expect(namesOf(importing('gml', gml(nodes)))).toEqual([
      'A-B',
      'None-1',
      'None-2',
      'node-3',
      'node-12',
      'None-2-2',
      'node-6',
      'node-7',
      'Zurich',
    ]);
    expect(namesOf(importing('gml', gml('node [ id 5 ]'), ', prefix: pop-'))).toEqual(['pop-5']);
  });

  it('makes one link of opposite directed edges, and a link in one direction of others', () => {
    const edges = `edge [ source 1 target 2 LinkSpeedRaw 1e6 ]
      edge [ source 1 target 2 LinkSpeedRaw 2e6 ] edge [ source 2 target 1 LinkSpeedRaw 3e6 ]`;
    const topology = importing('gml', gml(`directed 1 ${TWO} ${edges}`));
    expect(linesOf(topology)).toEqual(['a--b 1 3 7', 'a--b.2 2 - 7']);
    expect(topology.warnings[0]).toMatch(/1 directed edges have no opposite/);
    // A second opposite one goes with the second.
    const pairs = importing('gml', gml(`directed 1 ${TWO} ${edges} ${AGAINST}`));
    expect(linesOf(pairs)).toEqual(['a--b 1 3 7', 'a--b.2 2 4 7']);
  });

  it('are the same in GraphML, with defaults of keys and namespaces', () => {
    const keys = `<key id="k0" for="node" attr.name="label"/><key id="k1" for="node" attr.name="Latitude"/>
      <key id="k2" for="node" attr.name="Longitude"/>
      <key id="k3" for="edge" attr.name="LinkSpeedRaw"><default>1e6</default></key>`;
    const xml = graphml(
      `<node id="x"><data key="k0">Z&#252;rich &amp; &lt;Bern&gt;</data><data key="k1">0</data><data key="k2">0</data></node>
       <node id="y"><data key="k0">b</data><data key="k1">0</data><data key="k2">18</data></node>
       <edge source="x" target="y"/><edge source="x" target="y" directed="true"><data key="k3">2e6</data></edge>`,
      keys,
    );
    const expected = ['Zurich-Bern--b 1 1 10.014485', 'Zurich-Bern--b.2 2 - 10.014485'];
    expect(linesOf(importing('graphml', xml))).toEqual(expected);
    const spaced = xml
      .replaceAll(/<(\/?)(?=\w)/g, '<$1g:')
      .replace('<g:graphml', '<g:graphml xmlns:g="u"');
    expect(linesOf(importing('graphml', spaced))).toEqual(expected);
  });
});

describe('a graph that is wrong', () => {
  it.each([
    ['', /x\.gml:1:1 {2}no graph was found, expected graph \[/],
    ['graph [\n node [ id 1 ]', /x\.gml:1:1 {2}the list "graph" is not closed/],
    ['graph [\n node [ label "1 ]', /x\.gml:2:15 {2}the string is not closed/],
    ['graph [\n]\n ]', /x\.gml:3:2 {2}no list is open here/],
    ['graph [ id', /x\.gml:1:9 {2}id has no value/],
    ['graph [ 5 5 ]', /x\.gml:1:9 {2}"5" is no key, expected a word/],
    [gml('node [ label "a" ]'), /x\.gml:1:9 {2}the node has no id/],
    [gml('node [ id 1 ]\nnode [ id 1 ]'), /x\.gml:2:1 {2}the node 1 is there twice/],
    [gml('edge [ source 1 ]'), /x\.gml:1:9 {2}the edge has no target/],
    [gml('node [ id 1 ]\nedge [ source 1 target 9 ]'), /x\.gml:2:\d+ {2}no node has the id 9/],
    [gml('node [ id 1 Latitude 91 ]'), /x\.gml:1:30 {2}"91", expected degrees from -90 to 90/],
    [gml('').repeat(2), /x\.gml:1:\d+ {2}a second graph/],
  ])('is shown with its place: %j', (text, message) => {
    expect(mistakeIn('gml', text)).toMatch(message);
  });

  it.each([
    ['', /x\.graphml:1:1 {2}this is not XML/],
    ['<graphml>\n <graph>', /x\.graphml:\d:\d+ {2}this is not XML/],
    ['<graphml>\n<a b></a></graphml>', /x\.graphml:2:\d+ {2}this is not XML: boolean attribute/],
    ['<html/>', /x\.graphml:1:1 {2}no graph was found/],
    [graphml('\n<node/>'), /x\.graphml:3:1 {2}the node has no id/],
    [graphml('<node id="1"/>\n<node id="1"/>'), /x\.graphml:3:1 {2}the node 1 is there twice/],
    [graphml('\n<edge target="1"/>'), /x\.graphml:3:1 {2}the edge has no source/],
    [graphml('\n<edge source="1" target="2"/>'), /x\.graphml:3:1 {2}no node has the id 1/],
    [graphml('\n<hyperedge/>'), /x\.graphml:3:1 {2}hyperedges are no links/],
    [graphml('<node id="1"><graph/></node>'), /a graph within a node is not read/],
    [
      '<!DOCTYPE g [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]><graphml>&b;</graphml>',
      /no graph was found/,
    ],
  ])('is shown with its place in XML: %j', (text, message) => {
    expect(mistakeIn('graphml', text)).toMatch(message);
  });

  it('is refused for its size before it is taken apart', () => {
    const messageOf = (importer: typeof gmlImporter, text: string): string => {
      const read = importer.read(text, {});
      return read.kind === 'mistakes' ? (read.mistakes[0]?.message ?? '') : 'nothing is wrong';
    };
    expect(messageOf(gmlImporter, ' '.repeat(32e6 + 1))).toMatch(/^the file is 32 MB, the limit/);
    const elements = '<a/>'.repeat(600_001);
    expect(messageOf(graphmlImporter, elements)).toBe('more than 600000 elements');
    const attributes = `<a ${'b="" '.repeat(1_300)}/>`.repeat(1_000);
    expect(messageOf(graphmlImporter, attributes)).toBe('more than 1200000 attributes');
    const tag = `<a ${'b '.repeat(600_000)}/>`;
    expect(messageOf(graphmlImporter, tag)).toBe('more than 1000000 characters without <');
    const nodes = gml('node[id 1]'.repeat(200_001));
    expect(messageOf(gmlImporter, nodes)).toBe('makes 200001 nodes, the limit is 200000');
  });

  it('is refused when it is nested too deeply', () => {
    expect(mistakeIn('gml', 'a ['.repeat(100))).toMatch(/x\.gml:1:97 {2}lists within lists/);
    const xml = `${'<a>'.repeat(500)}${'</a>'.repeat(500)}`;
    expect(mistakeIn('graphml', xml)).toMatch(/this is not XML: Maximum nested tags/);
  });
});

describe('networks of the Internet Topology Zoo', () => {
  itWhole.each([
    ['Geant.gml', [37, 57], ['no node has coordinates: 57 of 57', '25 of 57 links have no speed']],
    [
      'Aconet.gml',
      [23, 31],
      [
        '6 of 23 nodes have no coordinates (GEANT, Level3, VIX, None, SANET, CESNET): 7',
        '23 of 31',
      ],
    ],
    ['Abilene.graphml', [11, 14], ['14 of 14 links have no speed']],
    ['Belnet.graphml', [22, 33], ['no node has coordinates']],
  ] as const)('%s has %j nodes and links', (file, counts, warnings) => {
    const format = file.endsWith('.gml') ? 'gml' : 'graphml';
    const topology = importing(format, vectorText(`files/zoo/${file}`));
    expect([topology.hosts.length, topology.links.length]).toEqual(counts);
    for (const [index, warning] of warnings.entries()) {
      expect(topology.warnings[index]).toContain(warning);
    }
  });

  itWhole('Abilene has the delays of its map', () => {
    const { links } = importing('graphml', vectorText('files/zoo/Abilene.graphml'));
    const delays = new Map(links.map(({ id, forward }) => [id, forward.delayNs]));
    // New York to Chicago is 1,146 km, to Washington 328 km.
    expect(delays.get('New-York--Chicago')).toBe(5_733_160);
    expect(delays.get('New-York--Washington-DC')).toBe(1_643_593);
  });
});

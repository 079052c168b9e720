/** What the editor of the Lab completes and explains: the place of the cursor, and the words of the schema. @module */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type JsonSchema, SchemaWords } from '../../../lab/page/schema-words.ts';
import { yamlSpot } from '../../../lab/page/yaml-spot.ts';
import { slimSchema } from '../../../tools/page/slim-schema.ts';
import { ROOT } from '../../architecture/files.ts';

const schema = JSON.parse(readFileSync(join(ROOT, 'schemas/scenario.schema.json'), 'utf8'));
const words = new SchemaWords(schema as JsonSchema);

/** The place of `|` in a text, as `path/word`; a value has `=` before its word. */
function placeIn(text: string): string {
  const { path, isKey, word } = yamlSpot(text.replace('|', ''), text.indexOf('|'));
  return `${path.join('.')}${isKey ? ' ' : '='}${word}`;
}

it.each([
  ['kp|', ' kp'],
  ['duration: 1|', 'duration=1'],
  ['kpis:\n  |', 'kpis '],
  ['kpis:\n  ping.rtt: { p|', 'kpis.ping.rtt p'],
  ['kpis:\n  ping.rtt: { p50: ">= 1, {", |', 'kpis.ping.rtt '],
  ['traffic:\n  - { fro|', 'traffic.0 fro'],
  ['traffic:\n  - { from: a, kind: po|', 'traffic.0.kind=po'],
  ['traffic:\n  - { from: a }\n  - { from: b,\n      kind: po|', 'traffic.1.kind=po'],
  ['events:\n- every: 1s\n  fr|', 'events.0 fr'],
  ['events:\n  - every: 1s\n    link: { activePath: "a -> b", h|', 'events.0.link h'],
  ['events:\n  - every: 1s\nk|', ' k'],
  ['a: [ 1, { b: [ x, y|', 'a.1.b.1=y'],
  ['a: { b: c }   # { d: e\nf|', ' f'],
  ['# a: {\nf|', ' f'],
  ['a:\n  b:\n    c: 1\n  d: |', 'a.d='],
  ['"a b": { \'c\': |', 'a b.c='],
  ['question: Is it { odd: or [not|', 'question=Is it { odd: or [not'],
  ['at: 12:30|', 'at=12:30'],
])('finds the cursor in %j', (text, place) => {
  expect(placeIn(text)).toBe(place);
});

it('the schema that is bundled says the same as the whole one, at every place of four keys', () => {
  const slim = new SchemaWords(slimSchema(schema) as JsonSchema);
  const places: (readonly (string | number)[])[] = [[]];
  for (const place of places) {
    expect(slim.keysAt(place)).toEqual(words.keysAt(place));
    expect(slim.valuesAt(place)).toEqual(words.valuesAt(place));
    expect(slim.meaningOf(place)).toBe(words.meaningOf(place));
    if (place.length === 4) continue;
    for (const { word } of words.keysAt(place)) places.push([...place, word]);
    if (place.length > 0) places.push([...place, 0], [...place, 'any']);
  }
  expect(places.length).toBeGreaterThan(1_000);
});

describe('the words of the schema', () => {
  const keys = (...path: (string | number)[]): readonly string[] =>
    words.keysAt(path).map(({ word }) => word);

  it('are the keys of a scenario, of its traffic, and of a topology within it', () => {
    expect(keys()).toEqual(expect.arrayContaining(['name', 'traffic', 'kpis', 'events']));
    expect(keys('traffic', 0)).toEqual(expect.arrayContaining(['from', 'to', 'kind', 'rate']));
    expect(keys('topology')).toEqual(expect.arrayContaining(['nodes', 'links']));
    expect(keys('nowhere', 'at', 'all')).toEqual([]);
    expect(keys('constructor')).toEqual([]);
  });

  it('are the values that a key allows', () => {
    const values = words.valuesAt(['traffic', 0, 'kind']).map(({ word }) => word);
    expect(values).toEqual(expect.arrayContaining(['constant', 'poisson']));
    expect(words.valuesAt(['name'])).toEqual([]);
  });

  it('say what a key means', () => {
    expect(words.meaningOf(['question'])).toBe('The question that the run answers.');
    expect(words.meaningOf(['traffic', 0, 'rate'])).toMatch(/\w/);
    expect(words.meaningOf(['nothing'])).toBeUndefined();
  });
});

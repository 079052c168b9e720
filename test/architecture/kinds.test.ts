/**
 * Each kind of a closed union is known in every room: a new one that the files, the schemas for editors, a page or the
 * checks of the network model do not know fails here, with the place.
 *
 * A list below that is not complete does not compile.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JitterSpec, LossSpec, QueueSpec } from '../../engine/net/link-spec.ts';
import { RING } from '../../runner/verify/checks/conservation.ts';
import { ACTIONS } from '../../scenarios/files/actions.ts';
import { TOOLS } from '../../viz/app/pages/network/palette/tools.ts';
import { ROOT } from './files.ts';

type Kinds<Kind extends string> = Readonly<Record<Kind, unknown>>;

const QUEUES: Kinds<QueueSpec['kind']> = { 'drop-tail': true, codel: true, priority: true };
const LOSSES: Kinds<LossSpec['kind']> = {
  bernoulli: true,
  burst: true,
  'gilbert-elliott': true,
  'gilbert-elliott-time': true,
  trace: true,
};
const JITTERS: Kinds<JitterSpec['kind']> = {
  none: true,
  uniform: true,
  normal: true,
  pareto: true,
  table: true,
};

const SCENARIO = readFileSync(join(ROOT, 'schemas/scenario.schema.json'), 'utf8');

/** What a room knows, by the words with which a message names it. */
type Rooms = Readonly<Record<string, (kind: string) => boolean>>;

const RING_HAS = 'a link of check 16 (runner/verify/checks/conservation.ts)';

const UNIONS: Readonly<Record<string, { readonly kinds: Kinds<string>; readonly rooms: Rooms }>> = {
  queue: {
    kinds: QUEUES,
    rooms: {
      ...ofLinks(QUEUES),
      [RING_HAS]: (kind) => RING.some(({ queue }) => queue?.kind === kind),
    },
  },
  loss: {
    kinds: LOSSES,
    rooms: {
      ...ofLinks(LOSSES),
      [RING_HAS]: (kind) => RING.some(({ loss }) => loss?.kind === kind),
    },
  },
  action: {
    kinds: ACTIONS,
    rooms: {
      ...page('docs/spec/scenario-files.md'),
      'schemas/scenario.schema.json': (kind) => SCENARIO.includes(`"${kind}": {`),
      'viz/app/pages/network/palette/tools.ts': (kind) => TOOLS.some((tool) => tool.kind === kind),
    },
  },
  jitter: {
    kinds: JITTERS,
    rooms: {
      ...ofLinks(JITTERS),
      [RING_HAS]: (kind) => RING.some(({ jitter = { kind: 'none' } }) => jitter.kind === kind),
    },
  },
};

describe('each kind is known in every room', () => {
  it.each(Object.entries(UNIONS))('of the union %s', (what, { kinds, rooms }) => {
    const missing = Object.keys(kinds).flatMap((kind) =>
      Object.entries(rooms)
        .filter(([, knows]) => !knows(kind))
        .map(([room]) => `${what} ${kind}: missing in ${room}`),
    );
    expect(missing).toEqual([]);
  });
});

/** A JSON Schema for editors, which comes from the schema that checks files: the choice that has most of the kinds. */
function schema(name: string, kinds: Kinds<string>): Rooms {
  const file = `schemas/${name}.schema.json`;
  const choices: (readonly string[])[] = [];
  const common = (words: readonly string[]): number =>
    words.filter((word) => Object.hasOwn(kinds, word)).length;
  JSON.parse(readFileSync(join(ROOT, file), 'utf8'), (_, value) => {
    if (Array.isArray(value))
      choices.push(value.flatMap((one) => one?.properties?.kind?.const ?? []));
    return value;
  });
  const [most = []] = choices.sort((a, b) => common(b) - common(a));
  return { [file]: (kind) => most.includes(kind) };
}

function ofLinks(kinds: Kinds<string>): Rooms {
  const schemas = { ...schema('topology', kinds), ...schema('scenario', kinds) };
  return { ...schemas, ...page('docs/spec/link-model.md') };
}

/** A page with a row of a table, or an entry of a list, for each kind. */
function page(file: string): Rooms {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return { [file]: (kind) => text.includes(`\n| \`${kind}\``) || text.includes(`\n- **${kind}**`) };
}

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
import { DROP_REASON_MEANINGS } from '../../engine/net/drop-reasons.ts';
import type {
  JitterSpec,
  LinkDirectionSpec,
  LossSpec,
  QueueSpec,
} from '../../engine/net/link-spec.ts';
import { dtnConfig } from '../../nodes/dtn/config.ts';
import { mixingConfig } from '../../nodes/mixnet/mixing/index.ts';
import { FAULT_ACTIONS } from '../../runner/faults/fault-actions.ts';
import { CAUSED_ACTIONS, RING_DIRECTION_SPECS } from '../../runner/verify/checks/conservation.ts';
import { ACTIONS, type ActionKey } from '../../scenarios/files/events/actions.ts';
import type { TrafficInput } from '../../scenarios/files/traffic-schema.ts';
import { trafficMetrics } from '../../scenarios/metrics/traffic-metrics.ts';
import { directionShape } from '../../topologies/schema/direction.ts';
import { DROP_POINTS_ON_LINK } from '../../viz/app/pages/network/drop-points.ts';
import { FAULT_TOOLS } from '../../viz/app/pages/network/palette/tools.ts';
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

/** What a link may have, by its key in files. */
const LINK_VALUES: Readonly<Record<keyof LinkDirectionSpec, string>> = {
  ...{ rateBps: 'rate', rateSteps: 'rate', delayNs: 'delay', delaySteps: 'delay', mtu: 'mtu' },
  ...{ overheadBytes: 'overhead', queue: 'queue', tokenBucket: 'tokenBucket', loss: 'loss' },
  ...{ corrupt: 'corrupt', duplicate: 'duplicate', jitter: 'jitter', reorder: 'reorder' },
  ...{ inFlight: 'inFlight', contacts: 'contacts' },
};
const TRAFFIC: Kinds<TrafficInput['kind']> = {
  ...{ constant: true, poisson: true, 'on-off': true, trace: true, flows: true, file: true },
  'request-response': true,
  asks: true,
  ip: true,
};
const STRATEGIES = Object.fromEntries(
  mixingConfig.options.map(({ shape }) => [shape.strategy.value, true]),
);
const SCENARIO = readFileSync(join(ROOT, 'schemas/scenario.schema.json'), 'utf8');

const LINK_MODEL = readFileSync(join(ROOT, 'docs/spec/link-model.md'), 'utf8');
const SCENARIO_FILES = readFileSync(join(ROOT, 'docs/spec/scenario-files.md'), 'utf8');
const keyOf = (value: string): string => LINK_VALUES[value as keyof LinkDirectionSpec];

/** What a room knows, by the words with which a message names it. */
type Rooms = Readonly<Record<string, (kind: string) => boolean>>;

const RING_HAS = 'a link of check 16 (runner/verify/checks/conservation.ts)';

const UNIONS: Readonly<Record<string, { readonly kinds: Kinds<string>; readonly rooms: Rooms }>> = {
  queue: {
    kinds: QUEUES,
    rooms: {
      ...ofLinks(QUEUES),
      [RING_HAS]: (kind) => RING_DIRECTION_SPECS.some(({ queue }) => queue?.kind === kind),
    },
  },
  loss: {
    kinds: LOSSES,
    rooms: {
      ...ofLinks(LOSSES),
      [RING_HAS]: (kind) => RING_DIRECTION_SPECS.some(({ loss }) => loss?.kind === kind),
    },
  },
  'link value': {
    kinds: LINK_VALUES,
    rooms: {
      'topologies/schema/direction.ts': (key) => keyOf(key) in directionShape,
      'docs/spec/link-model.md': (key) =>
        new RegExp(`^\\|.*\`${keyOf(key)}\``, 'm').test(LINK_MODEL),
      [RING_HAS]: (key) => RING_DIRECTION_SPECS.some((direction) => key in direction),
    },
  },
  traffic: {
    kinds: TRAFFIC,
    rooms: { ...schema('scenario', TRAFFIC), ...page('docs/spec/scenario-files.md') },
  },
  router: {
    kinds: dtnConfig.shape.router.unwrap().enum,
    rooms: page('nodes/dtn/README.md'),
  },
  layer: { kinds: dtnConfig.shape.layer.unwrap().enum, rooms: page('nodes/dtn/README.md') },
  strategy: { kinds: STRATEGIES, rooms: page('nodes/mixnet/mixing/README.md') },
  'drop reason': {
    kinds: DROP_REASON_MEANINGS,
    rooms: {
      ...page('docs/spec/link-model.md'),
      'viz/app/pages/network/drop-points.ts': (reason) => reason in DROP_POINTS_ON_LINK,
    },
  },
  'metric of flows': {
    kinds: Object.fromEntries(
      trafficMetrics('x').map(({ name }) => [name.slice('x.'.length), true]),
    ),
    // Some share a row.
    rooms: {
      'docs/spec/scenario-files.md': (name) =>
        new RegExp(`^\\|[^|]*\`${name}\``, 'm').test(SCENARIO_FILES),
    },
  },
  action: {
    kinds: ACTIONS,
    rooms: {
      ...page('docs/spec/scenario-files.md'),
      'schemas/scenario.schema.json': (kind) => SCENARIO.includes(`"${kind}": {`),
      'check 16, or with a reason why not': (kind) =>
        new Set<string>(CAUSED_ACTIONS).has(kind) ===
        (FAULT_ACTIONS[kind as ActionKey].notInCheck16 === undefined),
      'viz/app/pages/network/palette/tools.ts': (kind) =>
        FAULT_TOOLS.some((tool) => tool.kind === kind),
    },
  },
  jitter: {
    kinds: JITTERS,
    rooms: {
      ...ofLinks(JITTERS),
      [RING_HAS]: (kind) =>
        RING_DIRECTION_SPECS.some(({ jitter = { kind: 'none' } }) => jitter.kind === kind),
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

interface Entry {
  readonly $ref?: string;
  readonly properties?: { readonly kind?: { readonly const?: string } };
}

/** A JSON Schema for editors, which comes from the schema that checks files: the choice that has most of the kinds. */
function schema(name: string, kinds: Kinds<string>): Rooms {
  const file = `schemas/${name}.schema.json`;
  const text = readFileSync(join(ROOT, file), 'utf8');
  const { $defs } = JSON.parse(text);
  const kindsOf = (list: readonly Entry[]): readonly string[] =>
    list
      .flatMap((one) => $defs[one?.$ref?.split('/').at(-1) ?? ''] ?? one)
      .flatMap(({ properties } = {}) => properties?.kind?.const ?? []);
  const choices: (readonly string[])[] = [];
  const common = (words: readonly string[]): number =>
    words.filter((word) => Object.hasOwn(kinds, word)).length;
  JSON.parse(text, (_, value) => {
    if (Array.isArray(value)) choices.push(kindsOf(value));
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

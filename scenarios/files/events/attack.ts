/**
 * Resolves the action `attack` of an event: checks that the node carries messages and that corrupt
 * nodes exist (docs/PRIVACY.md).
 *
 * @module
 */
import type { z } from 'zod';
import type { Protocol } from '../../../engine/host/protocol.ts';
import type { ValuePath } from '../../../topologies/files/locate.ts';
import { unknownNameHint } from '../../../topologies/files/suggest.ts';
import type { AttackSpec } from '../../fault-parts.ts';
import type { ScenarioContext } from '../context.ts';
import { selectedNodes } from '../selectors.ts';
import type { attackSchema } from './attack-schema.ts';

type AttackInput = z.output<typeof attackSchema>;

/**
 * Resolves the action `attack`.
 * @returns the attack, or undefined after reporting what is wrong.
 */
export function resolveAttack(
  context: ScenarioContext,
  input: AttackInput,
  path: ValuePath,
): AttackSpec | undefined {
  if (!checkTarget(context, input.node, [...path, 'node'])) return undefined;
  switch (input.kind) {
    case 'n_minus_one': {
      const own = selectedNodes(context, input.own ?? [], [...path, 'own']);
      const { kind, node, drain: drainNs, watch: watchNs, others = 'drop' } = input;
      return { kind, node, drainNs, watchNs, others, own };
    }
    case 'replay':
      return { kind: input.kind, node: input.node, everyNs: input.every, afterNs: input.after };
    case 'tagging': {
      const last = selectedNodes(context, input.last, [...path, 'last']);
      if (last.length === 0) return undefined;
      if (input.sign !== undefined && !checkSign(context, last, input.sign, path)) return undefined;
      const { part = 'payload', sign } = input;
      const common = { kind: input.kind, node: input.node, part, everyNs: input.every, last };
      return sign === undefined ? common : { ...common, sign };
    }
  }
}

function checkTarget(context: ScenarioContext, name: string, path: ValuePath): boolean {
  if (!context.checkNode(name, path)) return false;
  const { links } = context.topology;
  const { protocol = '', runs } = protocolOf(context, name);
  if (runs?.messages === undefined) {
    const message = `${name} runs ${protocol}, which does not expose its messages`;
    context.refuse('E124', path, message, 'attack a node whose protocol carries messages');
    return false;
  }
  if (links.some(({ a, b }) => a.host === name || b.host === name)) return true;
  context.refuse('E124', path, `${name} has no links to attack`);
  return false;
}

function checkSign(
  context: ScenarioContext,
  last: readonly string[],
  sign: string,
  path: ValuePath,
): boolean {
  const reasons = last.flatMap((name) => Object.keys(protocolOf(context, name).runs?.drops ?? {}));
  if (reasons.includes(sign)) return true;
  const message = `"${sign}" is not a drop reason of ${last[0]}`;
  const hint = unknownNameHint(sign, [...new Set(reasons)], 'reasons');
  context.refuse('E106', [...path, 'sign'], message, hint);
  return false;
}

interface Running {
  readonly protocol?: string;
  readonly runs?: Protocol | undefined;
}

function protocolOf({ topology, registry }: ScenarioContext, name: string): Running {
  const protocol = topology.hosts.find((host) => host.name === name)?.protocol;
  return protocol === undefined ? {} : { protocol, runs: registry.protocols(protocol) };
}

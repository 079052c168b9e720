/**
 * Completes hosts of `kind: external`: programs outside Orrery, each at an address in 127/8
 * (docs/how-to/emulate.md).
 *
 * A program needs an address of its own, because Orrery binds the host's address, where its
 * neighbours reach it. Programs are not started here.
 *
 * @module
 */
import { EXTERNAL_PROTOCOL, type ExternalProgramSpec, type HostSpec } from '../model.ts';
import type { BuildContext } from './context.ts';
import type { NodeDraft, UnaddressedNode } from './draft.ts';
import { lookUpProtocol } from './protocol-name.ts';

/** Largest number of ports of one external host: each port is a socket of this process. */
const PORTS_MAX = 4_096;
const LOOPBACK = /^127\./;
const OF_PROGRAMS = ['program', 'ports', 'command'] as const;
const OF_PROTOCOLS = ['cores', 'machine'] as const;

/** An external host that names a protocol, as a node that runs it at the program's address; others as they are. */
export function asNodeOfProgram(draft: NodeDraft): NodeDraft {
  const { kind, program, ports: _, command: __, ...node } = draft;
  if (kind !== 'external' || draft.run === undefined || program === undefined) return draft;
  return { ...node, address: program };
}

/** The external node; undefined if the node is not external. Misplaced keys are refused. */
export function buildExternalNode(
  context: BuildContext,
  draft: NodeDraft,
): UnaddressedNode | undefined {
  if (draft.kind !== 'external') {
    refuseKeys(context, draft, OF_PROGRAMS, 'only a node of kind: external can have it');
    return undefined;
  }
  refuseKeys(context, draft, OF_PROTOCOLS, 'a node of kind: external runs elsewhere');
  checkOwnProtocol(context, draft);
  if (draft.program === undefined) {
    const message = 'missing, expected the address that the program is bound to';
    context.refuse('E121', [...draft.path, 'program'], message, 'write program: 127.9.0.1');
  }
  for (const key of ['program', 'address'] as const) {
    const value = draft[key];
    if (value === undefined || LOOPBACK.test(value)) continue;
    const message = `${value} is not in 127.0.0.0/8, where outside programs are attached`;
    context.refuse('E104', [...draft.path, key], message);
  }
  return {
    name: draft.name,
    protocol: EXTERNAL_PROTOCOL,
    options: {},
    ...(draft.isdAs === undefined ? {} : { area: draft.isdAs }),
    machine: draft.name,
    cores: 1,
    position: context.position(draft.path),
    outside: outsideSpec(context, draft),
    draft,
  };
}

/**
 * Checks the protocol that an outside program runs, if the program is Orrery's own (`orrery
 * gateway`).
 */
function checkOwnProtocol(context: BuildContext, draft: NodeDraft): void {
  if (draft.run === undefined) {
    refuseKeys(context, draft, ['options'], 'a node of kind: external without run has none');
    return;
  }
  const { mistake } = lookUpProtocol(draft.run, context.source, context.registry);
  if (mistake === undefined) return;
  context.refuse('E116', [...draft.path, 'run'], mistake.message, mistake.hint);
}

/** Checks that each program has an address of its own, and that the address plan allows programs. */
export function checkExternalPrograms(
  context: BuildContext,
  nodes: readonly UnaddressedNode[],
  hosts: readonly HostSpec[],
  plan: 'loopback' | 'ports',
): void {
  const owners = new Map(hosts.map(({ name, address }) => [address, name]));
  const programs = new Map<string, string>();
  for (const { name, outside, draft } of nodes) {
    if (outside === undefined) continue;
    const path = [...draft.path, 'program'];
    if (plan === 'ports') {
      const hint = 'an outside program is identified by its address; use addressPlan: loopback';
      context.refuse('E104', ['addressPlan'], `ports cannot be used with ${name}`, hint);
    }
    const owner = owners.get(outside.program) ?? programs.get(outside.program);
    if (owner !== undefined && outside.program !== '') {
      const message = `${outside.program} is taken: ${owner} has it`;
      context.refuse('E113', path, message, 'give the program an address that no node has');
    }
    programs.set(outside.program, `the program of ${name}`);
  }
}

function outsideSpec(context: BuildContext, draft: NodeDraft): ExternalProgramSpec {
  const ports = new Set<number>();
  for (const { first, last } of draft.ports ?? []) {
    for (let port = first; port <= last && ports.size <= PORTS_MAX; port += 1) ports.add(port);
  }
  if (ports.size > PORTS_MAX) {
    context.refuse('E104', [...draft.path, 'ports'], `more than ${PORTS_MAX} ports`);
  }
  const { program = '', command } = draft;
  return { program, ports: [...ports], ...(command === undefined ? {} : { command }) };
}

function refuseKeys(
  context: BuildContext,
  draft: NodeDraft,
  keys: readonly (keyof NodeDraft)[],
  why: string,
): void {
  for (const key of keys) {
    if (draft[key] === undefined) continue;
    context.refuse('E101', [...draft.path, key], `"${key}" has no meaning here: ${why}`);
  }
}

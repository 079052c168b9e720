/**
 * One BFD session as a pure state machine: inputs in, effects out.
 *
 * RFC 5880 6.2 (states), 6.8.1 to 6.8.7 in asynchronous mode. Differs from the SCION reference in
 * one transition: a received AdminDown leads to Down (RFC 5880 6.8.6), not to AdminDown. Clock,
 * timers, jitter and bytes are in the adapter (session.ts).
 *
 * @module
 */
import { BFD_INTERVAL_UNIT_NS, BFD_SLOW_TX_NS } from './geometry.ts';
import type { BfdDrop, BfdPacket, BfdStateName } from './packet.ts';

/** Parameters of one end; constant over the life of a session. */
export interface BfdParameters {
  /** Intervals without a packet after which the peer declares the link down, 1 … 255. */
  readonly detectMultiplier: number;
  /** Nanoseconds between sent packets once the session has left Down. */
  readonly desiredMinTxNs: number;
  /** Nanoseconds between packets that we can receive. */
  readonly requiredMinRxNs: number;
  /** The local discriminator, 1 to 2^32-1. */
  readonly discriminator: number;
}

/** State of one session. */
export interface BfdMachine {
  readonly state: BfdStateName;
  /** The peer's discriminator; 0 while unknown. */
  readonly remoteDiscriminator: number;
  /** The peer's minimum receive interval, ns; 0 while unknown. */
  readonly remoteMinRxNs: number;
}

/**
 * The timers of a session. `send`: the next packet is due. `detection`: the peer has been silent
 * too long.
 */
export type BfdTimer = 'send' | 'detection';

/** The inputs of a session. */
export type BfdInput =
  | { readonly kind: 'packet'; readonly packet: BfdPacket }
  | { readonly kind: 'timer'; readonly timer: BfdTimer }
  | { readonly kind: 'admin'; readonly state: 'up' | 'down' };

/** The effects of a session. */
export type BfdEffect =
  | { readonly kind: 'send'; readonly packet: BfdPacket }
  /** Starts a timer; for the timer `send`, `intervalNs` is without jitter. */
  | { readonly kind: 'restart'; readonly timer: BfdTimer; readonly intervalNs: number }
  | { readonly kind: 'stop'; readonly timer: BfdTimer }
  | { readonly kind: 'state'; readonly state: BfdStateName }
  | { readonly kind: 'drop'; readonly reason: BfdDrop };

/** The state after an input, and its effects. */
export interface BfdStep {
  readonly machine: BfdMachine;
  readonly effects: readonly BfdEffect[];
}

/** A session before its first packet (6.8.1). */
export const BFD_INITIAL: BfdMachine = {
  state: 'down',
  remoteDiscriminator: 0,
  remoteMinRxNs: 0,
};

/** State after a received packet, by our state and the received state (6.2, 6.8.6). */
const AFTER_PACKET: Readonly<Record<BfdStateName, Readonly<Record<BfdStateName, BfdStateName>>>> = {
  'admin-down': {
    'admin-down': 'admin-down',
    down: 'admin-down',
    init: 'admin-down',
    up: 'admin-down',
  },
  down: { 'admin-down': 'down', down: 'init', init: 'up', up: 'down' },
  init: { 'admin-down': 'down', down: 'init', init: 'up', up: 'up' },
  up: { 'admin-down': 'down', down: 'down', init: 'up', up: 'up' },
};

/** Nanoseconds, before jitter, between packets in this state (6.8.2, 6.8.3). */
export function sendIntervalNs(machine: BfdMachine, parameters: BfdParameters): number {
  return Math.max(ownIntervalNs(machine.state, parameters), machine.remoteMinRxNs);
}

/** Processes one input. */
export function stepBfd(machine: BfdMachine, parameters: BfdParameters, input: BfdInput): BfdStep {
  switch (input.kind) {
    case 'packet':
      return onPacket(machine, parameters, input.packet);
    case 'timer':
      return input.timer === 'send' ? onSendDue(machine, parameters) : onSilence(machine);
    case 'admin':
      return onAdmin(machine, parameters, input.state);
  }
}

/**
 * While the session is down, packets are sent rarely, so that a dead link costs little (RFC 5880
 * section 6.8.3).
 */
function ownIntervalNs(state: BfdStateName, parameters: BfdParameters): number {
  const isSlow = state === 'down' || state === 'admin-down';
  return isSlow ? Math.max(BFD_SLOW_TX_NS, parameters.desiredMinTxNs) : parameters.desiredMinTxNs;
}

function onPacket(machine: BfdMachine, parameters: BfdParameters, packet: BfdPacket): BfdStep {
  // 6.8.6: a non-zero discriminator selects the session.
  const names = packet.yourDiscriminator;
  if (names !== 0 && names !== parameters.discriminator) {
    return { machine, effects: [{ kind: 'drop', reason: 'bfd-discriminator' }] };
  }
  // 6.8.6: while a session is administratively down it ignores received packets.
  if (machine.state === 'admin-down') return { machine, effects: [] };
  const next: BfdMachine = {
    state: AFTER_PACKET[machine.state][packet.state],
    remoteDiscriminator: packet.myDiscriminator,
    remoteMinRxNs: packet.requiredMinRxUs * BFD_INTERVAL_UNIT_NS,
  };
  const effects: BfdEffect[] = [];
  // 6.8.4: the peer's multiplier times the longer of its send interval and our receive interval.
  const intervalNs = Math.max(
    parameters.requiredMinRxNs,
    packet.desiredMinTxUs * BFD_INTERVAL_UNIT_NS,
  );
  effects.push({
    kind: 'restart',
    timer: 'detection',
    intervalNs: packet.detectMultiplier * intervalNs,
  });
  if (next.state === machine.state) return { machine: next, effects };
  // Reference router/bfd/session.go: leaving Down must not wait for the slow timer.
  if (machine.state === 'down') {
    effects.push({
      kind: 'restart',
      timer: 'send',
      intervalNs: sendIntervalNs(next, parameters),
    });
  }
  effects.push({ kind: 'state', state: next.state });
  return { machine: next, effects };
}

function onSendDue(machine: BfdMachine, parameters: BfdParameters): BfdStep {
  const intervalNs = sendIntervalNs(machine, parameters);
  return {
    machine,
    effects: [
      { kind: 'send', packet: makePacket(machine, parameters) },
      { kind: 'restart', timer: 'send', intervalNs },
    ],
  };
}

function onSilence(machine: BfdMachine): BfdStep {
  // 6.8.1: after a silence of one detection time, the peer's discriminator is reset.
  const silent: BfdMachine = { ...machine, remoteDiscriminator: 0 };
  if (machine.state === 'down' || machine.state === 'admin-down') {
    return { machine: silent, effects: [] };
  }
  return { machine: { ...silent, state: 'down' }, effects: [{ kind: 'state', state: 'down' }] };
}

function onAdmin(machine: BfdMachine, parameters: BfdParameters, wanted: 'up' | 'down'): BfdStep {
  const isHeld = machine.state === 'admin-down';
  if (isHeld === (wanted === 'down')) return { machine, effects: [] };
  const next: BfdMachine = { ...machine, state: wanted === 'down' ? 'admin-down' : 'down' };
  const effects: BfdEffect[] = [{ kind: 'state', state: next.state }];
  if (wanted === 'down') effects.push({ kind: 'stop', timer: 'detection' });
  // Informs the peer immediately, so that it does not take the shutdown for a failure.
  effects.push({ kind: 'send', packet: makePacket(next, parameters) });
  return { machine: next, effects };
}

function makePacket(machine: BfdMachine, parameters: BfdParameters): BfdPacket {
  return {
    diagnostic: 0,
    state: machine.state,
    detectMultiplier: parameters.detectMultiplier,
    myDiscriminator: parameters.discriminator,
    yourDiscriminator: machine.remoteDiscriminator,
    desiredMinTxUs: Math.floor(ownIntervalNs(machine.state, parameters) / BFD_INTERVAL_UNIT_NS),
    requiredMinRxUs: Math.floor(parameters.requiredMinRxNs / BFD_INTERVAL_UNIT_NS),
  };
}

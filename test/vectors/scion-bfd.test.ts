/**
 * BFD, compared with the reference's state machine, defaults and golden packet
 * (vectors/scion/bfd.json).
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { TIMER_DUE } from '../../nodes/_kit/machine.ts';
import { createBfdPacketEncoder } from '../../nodes/scion/bfd/envelope.ts';
import {
  BFD_DESIRED_MIN_TX_NS,
  BFD_DETECT_MULTIPLIER,
  BFD_JITTER_PERCENT_MAX,
  BFD_JITTER_PERCENT_MIN_SINGLE,
  BFD_REQUIRED_MIN_RX_NS,
  BFD_SLOW_TX_INTERVAL_NS_MIN,
} from '../../nodes/scion/bfd/geometry.ts';
import { type BfdInput, BfdMachine } from '../../nodes/scion/bfd/machine.ts';
import {
  BFD_STATES,
  type BfdPacket,
  type BfdStateName,
  decodeBfdControlPacket,
  encodeBfdControlPacket,
} from '../../nodes/scion/bfd/packet.ts';
import { requireHostAddress } from '../../nodes/scion/wire/host-address.ts';
import { requireIsdAs } from '../../nodes/scion/wire/isd-as.ts';
import { EMPTY_PATH } from '../../nodes/scion/wire/path.ts';
import { drawingLeast } from '../fixtures/drawing-least.ts';
import { vectorSets } from '../vectors-root.ts';

interface BfdFile {
  readonly codes: Readonly<Record<string, number>>;
  readonly transitions: readonly (readonly [string, string, string])[];
  readonly defaults: Readonly<Record<string, number>>;
  readonly jitterPercent: { readonly detectMult1: number[]; readonly other: number[] };
  readonly discard: readonly string[];
  readonly packet: Readonly<Record<string, number | string>> & { readonly hex: string };
}

interface PacketFile {
  readonly cases: readonly { readonly name: string; readonly hex: string }[];
}

/** From `router/bfd` of scionproto/scion: `fsm.go`, `session.go` and `jitter.go`. */
const FIGURES: BfdFile = {
  codes: { AdminDown: 0, Down: 1, Init: 2, Up: 3 },
  transitions: [
    ['AdminDown', 'AdminUp', 'Down'],
    ['Down', 'Down', 'Init'],
    ['Down', 'Init', 'Up'],
    ['Init', 'AdminDown', 'AdminDown'],
    ['Init', 'Timer', 'Down'],
    ['Up', 'Timer', 'Down'],
  ],
  defaults: { detectMult: 3, desiredMinTxMs: 200, requiredMinRxMs: 200, slowTxMs: 1000 },
  jitterPercent: { detectMult1: [10, 25], other: [0, 25] },
  discard: ['version != 1', 'detect mult 0', 'demand'],
  packet: {
    hex: '20c003185fa1e9cb7cd1c05d00030d4000030d4000000000',
    state: 'Up',
    detectMult: 3,
    myDiscriminator: 1604446667,
    yourDiscriminator: 2094121053,
    desiredMinTxUs: 200000,
    requiredMinRxUs: 200000,
  },
};

/** `pkg/slayers/testdata/scion-bfd.bin` of scionproto/scion. */
const PACKETS: PacketFile = {
  cases: [
    {
      name: 'scion-bfd',
      hex:
        '0b80deadcb090018000000000001ff00000001100001ff00000001107f0000097f00000a20c003185fa1e9cb' +
        '7cd1c05d00030d4000030d4000000000',
    },
  ],
};
const parameters = {
  detectMultiplier: 3,
  desiredMinTxNs: 200_000_000,
  requiredMinRxNs: 200_000_000,
  discriminator: 7,
};

function stateName(code: string): BfdStateName {
  return BFD_STATES[FIGURES.codes[code]!]!;
}

function packetIn(state: BfdStateName): BfdInput {
  const packet: BfdPacket = {
    diagnostic: 0,
    state,
    detectMultiplier: 3,
    myDiscriminator: 9,
    yourDiscriminator: 7,
    desiredMinTxUs: 200_000,
    requiredMinRxUs: 200_000,
  };
  return { kind: 'packet', packet };
}

/** What leads a new session to each state. */
const WAY_TO: Readonly<Record<BfdStateName, readonly BfdInput[]>> = {
  'admin-down': [{ kind: 'admin', state: 'down' }],
  down: [],
  init: [packetIn('down')],
  up: [packetIn('down'), packetIn('init')],
};

/** Lets the detection time pass, 600 ms. */
function passSilence(machine: BfdMachine): void {
  while (machine.nextAt() <= 600_000_000) machine.step(machine.nextAt(), TIMER_DUE);
}

/** The state after an event, which is a time-out, a word of the operator or a received state. */
function stateAfter(from: BfdStateName, event: string): BfdStateName {
  const machine = new BfdMachine(parameters, drawingLeast, 0);
  for (const input of WAY_TO[from]) machine.step(0, input);
  expect(machine.state).toBe(from);
  if (event === 'Timer') passSilence(machine);
  else if (event === 'AdminUp') machine.step(0, { kind: 'admin', state: 'up' });
  else machine.step(0, packetIn(stateName(event)));
  return machine.state;
}

describe.each(vectorSets('scion/bfd.json', FIGURES))('BFD of the reference, $set', ({ file }) => {
  for (const [from, event, to] of file.transitions) {
    // By RFC 5880 6.8.6, a received AdminDown leads to Down; the reference changes to AdminDown.
    const isDeviation = event === 'AdminDown' && from !== 'AdminDown';
    const expected = isDeviation ? 'Down' : to;
    it(`${from} and ${event} give ${expected}${isDeviation ? ', as RFC 5880 wants' : ''}`, () => {
      expect(stateAfter(stateName(from), event)).toBe(stateName(expected));
    });
  }

  it('has the reference defaults', () => {
    const { codes, defaults, jitterPercent } = file;
    expect(codes).toEqual(FIGURES.codes);
    expect(BFD_DETECT_MULTIPLIER).toBe(defaults['detectMult']);
    expect(BFD_DESIRED_MIN_TX_NS).toBe(defaults['desiredMinTxMs']! * 1e6);
    expect(BFD_REQUIRED_MIN_RX_NS).toBe(defaults['requiredMinRxMs']! * 1e6);
    expect(BFD_SLOW_TX_INTERVAL_NS_MIN).toBe(defaults['slowTxMs']! * 1e6);
    expect(jitterPercent.other).toEqual([0, BFD_JITTER_PERCENT_MAX]);
    expect(jitterPercent.detectMult1).toEqual([
      BFD_JITTER_PERCENT_MIN_SINGLE,
      BFD_JITTER_PERCENT_MAX,
    ]);
  });

  it.each(vectorSets('scion/packets.json', PACKETS))('travels to a sibling, $set', (packets) => {
    const golden = packets.file.cases.find(({ name }) => name === 'scion-bfd')!.hex;
    const ends = {
      source: requireIsdAs('1-ff00:0:110'),
      sourceHost: requireHostAddress('127.0.0.10'),
      target: requireIsdAs('1-ff00:0:110'),
      targetHost: requireHostAddress('127.0.0.9'),
    };
    const packet = decodeBfdControlPacket(fromHex(file.packet.hex), 0, 24) as BfdPacket;
    expect(toHex(createBfdPacketEncoder(ends, EMPTY_PATH)(EMPTY_PATH, packet))).toBe(golden);
  });

  it('decodes the golden packet and encodes it to the same bytes', () => {
    const golden = file.packet;
    const packet = decodeBfdControlPacket(fromHex(golden.hex), 0, 24) as BfdPacket;
    expect(packet).toEqual({
      diagnostic: 0,
      state: stateName(String(golden['state'])),
      detectMultiplier: golden['detectMult'],
      myDiscriminator: golden['myDiscriminator'],
      yourDiscriminator: golden['yourDiscriminator'],
      desiredMinTxUs: golden['desiredMinTxUs'],
      requiredMinRxUs: golden['requiredMinRxUs'],
    });
    const bytes = new Uint8Array(24).fill(0xff);
    encodeBfdControlPacket(packet, bytes, 0);
    expect(toHex(bytes)).toBe(golden.hex);
  });

  const damage: Readonly<Record<string, readonly [number, number]>> = {
    'version != 1': [0, 0x40],
    'length < 24': [3, 23],
    'auth present': [1, 0xc4],
    'detect mult 0': [2, 0],
    multipoint: [1, 0xc1],
    'my discriminator 0': [4, 0],
    'your discriminator 0 and state not Down/AdminDown': [8, 0],
    poll: [1, 0xe0],
    final: [1, 0xd0],
    'required min echo rx != 0': [23, 1],
    demand: [1, 0xc2],
  };
  for (const rule of file.discard) {
    it(`discards: ${rule}`, () => {
      const bytes = fromHex(file.packet.hex);
      const [offset, value] = damage[rule]!;
      bytes[offset] = value;
      if (rule.includes('discriminator')) bytes.fill(0, offset, offset + 4);
      expect(decodeBfdControlPacket(bytes, 0, 24)).toMatch(/^bfd-(malformed|unsupported)$/);
    });
  }
});

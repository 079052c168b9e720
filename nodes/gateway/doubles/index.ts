/**
 * DEFECTIVE DOUBLES, never for traffic: wrong variants of the protocol. A scenario that runs one misses a limit, which
 * proves that the limit can fail.
 *
 * @module
 */
import { readFrameRateLimit } from '../admission/make-admission.ts';
import { type Behaviour, CORRECT_BEHAVIOUR, type PacketReceiverOutput } from '../behaviour.ts';
import type { GatewayOptions } from '../config.ts';
import { ChargeFirstAdmission } from './eager-admission.ts';
import { DefectiveGoWindow } from './go-window.ts';
import { DefectiveRustWindow } from './rust-window.ts';
import { TRUSTING_SCMP_POLICY } from './trusting-scmp.ts';

/** One received packet in this many vanishes. */
const SWALLOWED_EACH = 10;

type Word =
  | NonNullable<GatewayOptions['double']>
  | Exclude<GatewayOptions['antiReplay']['window'], 'correct'>
  | Exclude<GatewayOptions['admission'], 'checked'>
  | Exclude<GatewayOptions['multipath']['scmp'], 'checked' | 'authenticated'>;

/** The parts that each double replaces, by the value of the option that asks for it. */
export const DEFECTS_BY_DOUBLE: Readonly<Record<Word, Partial<Behaviour>>> = {
  swallowing: { arrivals: swallowing },
  hoarding: { leaving: (waiting) => waiting.slice(1) },
  go: {
    windows: (_, { size }) => ({ create: (): DefectiveGoWindow => new DefectiveGoWindow(size) }),
  },
  rust: {
    windows: (_, { size }) => ({
      create: (): DefectiveRustWindow => new DefectiveRustWindow(size),
    }),
  },
  eager: { admission: (options) => new ChargeFirstAdmission(readFrameRateLimit(options)) },
  trusting: { scmp: TRUSTING_SCMP_POLICY },
};

/** An option that asks for a double, by its path in the file and its value. */
interface Asked {
  readonly option: string;
  readonly word: Word;
}

/** The parts of a node with these options: correct ones, but for those that doubles replace. */
export function behaviourWithDoubles(options: GatewayOptions): Behaviour {
  let behaviour = CORRECT_BEHAVIOUR;
  for (const { word } of askedBy(options)) behaviour = { ...behaviour, ...DEFECTS_BY_DOUBLE[word] };
  return behaviour;
}

/** The first option that asks for a double, as `option: value`; undefined if none does. */
export function requestedDoubleText(options: GatewayOptions): string | undefined {
  const [first] = askedBy(options);
  return first && `${first.option}: ${first.word}`;
}

function askedBy({ double, antiReplay, multipath, admission }: GatewayOptions): readonly Asked[] {
  const { window } = antiReplay;
  const { scmp } = multipath;
  return [
    ...(double === undefined ? [] : [{ option: 'double', word: double }]),
    ...(window === 'correct' ? [] : [{ option: 'antiReplay.window', word: window }]),
    ...(admission === 'checked' ? [] : [{ option: 'admission', word: admission }]),
    ...(scmp === 'trusting' ? [{ option: 'multipath.scmp', word: scmp }] : []),
  ];
}

function swallowing(output: PacketReceiverOutput): PacketReceiverOutput {
  let packets = 0;
  return {
    drop: (reason): void => output.drop(reason),
    deliver: (packet): void => {
      if (packets % SWALLOWED_EACH !== 0) output.deliver(packet);
      packets += 1;
    },
  };
}

/**
 * The published test vectors of Prio3, every file and operation, byte for byte.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { provider } from '../../engine/crypto/index.ts';
import {
  type Circuit,
  countCircuit,
  histogramCircuit,
  multihotCircuit,
  sumCircuit,
  sumVecCircuit,
} from '../../nodes/federated/prio3/circuits.ts';
import { encodeVector, FIELD_128 } from '../../nodes/federated/prio3/field.ts';
import type { AnyCircuit } from '../../nodes/federated/prio3/flp.ts';
import type { Outcome } from '../../nodes/federated/prio3/outcome.ts';
import {
  aggregate,
  type Prio3,
  prio3,
  shard,
  unshard,
  type VerifyState,
  verifierSharesToMessage,
  verifyInit,
  verifyNext,
} from '../../nodes/federated/prio3/vdaf.ts';
import { xofBytes, xofVector } from '../../nodes/federated/prio3/xof.ts';
import { hasVectors, vectorFiles, vectors } from '../vectors-root.ts';

const FOLDER = 'federated/prio3';
const crypto = provider('noble');

/** A measurement of any circuit. */
type Measurement = number & readonly number[] & readonly boolean[];

interface Operation {
  readonly operation: string;
  readonly report_index: number;
  readonly aggregator_id: number;
  readonly success: boolean;
}

interface PrioReport {
  readonly measurement: Measurement;
  readonly nonce: string;
  readonly rand: string;
  readonly public_share: string;
  readonly input_shares: readonly string[];
  readonly verifier_shares: readonly (readonly string[])[];
  readonly verifier_messages: readonly string[];
  readonly out_shares: readonly string[];
}

interface PrioFile {
  readonly ctx: string;
  readonly verify_key: string;
  readonly shares: number;
  readonly length: number;
  readonly chunk_length: number;
  readonly max_measurement: number;
  readonly max_weight: number;
  readonly operations: readonly Operation[];
  readonly reports: readonly PrioReport[];
  readonly agg_shares: readonly string[];
  readonly agg_result: number | readonly number[] | null;
}

interface XofFile {
  readonly seed: string;
  readonly dst: string;
  readonly binder: string;
  readonly length: number;
  readonly derived_seed: string;
  readonly expanded_vec_field128: string;
}

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex');

function circuitOf(name: string, file: PrioFile): AnyCircuit {
  const { length, chunk_length: chunk, max_measurement: max, max_weight: maxWeight } = file;
  const variant = name.slice('Prio3'.length, name.indexOf('_'));
  if (variant === 'Count') return countCircuit();
  if (variant === 'Sum') return sumCircuit({ max });
  if (variant === 'SumVec') return sumVecCircuit({ length, max, chunk });
  if (variant === 'Histogram') return histogramCircuit({ length, chunk });
  return multihotCircuit({ length, maxWeight, chunk });
}

/** What has been done of a file: states by report and aggregator, output shares by aggregator. */
class Replay {
  readonly vdaf: Prio3<Circuit<Measurement>>;
  readonly file: PrioFile;
  readonly states = new Map<string, VerifyState>();
  readonly outputs = new Map<number, (readonly bigint[])[]>();

  constructor(name: string, file: PrioFile) {
    this.file = file;
    const circuit = circuitOf(name, file) as Circuit<Measurement>;
    this.vdaf = prio3({ crypto, circuit, shares: file.shares, context: bytes(file.ctx) });
  }

  /** Runs an operation on the inputs of the file, and compares what comes out with the file. */
  run(operation: Operation): Outcome<unknown> {
    const report = this.file.reports[operation.report_index] as PrioReport;
    const id = operation.aggregator_id;
    switch (operation.operation) {
      case 'shard':
        return this.shard(report);
      case 'verify_init':
        return this.verifyInit(operation, report);
      case 'verifier_shares_to_message': {
        const shares = (report.verifier_shares[0] ?? []).map(bytes);
        const message = verifierSharesToMessage(this.vdaf, shares);
        if (message.ok) expect(hex(message.value)).toBe(report.verifier_messages[0]);
        return message;
      }
      case 'verify_next':
        return this.verifyNext(operation, report);
      case 'aggregate': {
        const share = aggregate(this.vdaf, this.outputs.get(id) ?? []);
        expect(hex(share)).toBe(this.file.agg_shares[id]);
        return { ok: true, value: share };
      }
      case 'unshard': {
        const result = unshard(this.vdaf, this.file.agg_shares.map(bytes));
        if (result.ok) {
          expect(result.value.map(Number)).toEqual([this.file.agg_result].flat());
        }
        return result;
      }
      default:
        throw new Error(`unknown operation ${operation.operation}`);
    }
  }

  private shard(report: PrioReport): Outcome<unknown> {
    const seeds = { nonce: bytes(report.nonce), rand: bytes(report.rand) };
    const made = shard(this.vdaf, report.measurement, seeds);
    if (made.ok) {
      expect(hex(made.value.publicShare)).toBe(report.public_share);
      expect(made.value.inputShares.map(hex)).toEqual(report.input_shares);
    }
    return made;
  }

  private verifyInit(operation: Operation, report: PrioReport): Outcome<unknown> {
    const { report_index: index, aggregator_id: aggregator } = operation;
    const begun = verifyInit(this.vdaf, {
      key: bytes(this.file.verify_key),
      aggregator,
      nonce: bytes(report.nonce),
      publicShare: bytes(report.public_share),
      inputShare: bytes(report.input_shares[aggregator] as string),
    });
    if (begun.ok) {
      expect(hex(begun.value.share)).toBe(report.verifier_shares[0]?.[aggregator]);
      this.states.set(`${index}/${aggregator}`, begun.value.state);
    }
    return begun;
  }

  private verifyNext(operation: Operation, report: PrioReport): Outcome<unknown> {
    const { report_index: index, aggregator_id: aggregator } = operation;
    const state = this.states.get(`${index}/${aggregator}`) as VerifyState;
    const message = bytes(report.verifier_messages[0] as string);
    const output = verifyNext(this.vdaf, state, message);
    if (output.ok) {
      const encoded = encodeVector(this.vdaf.circuit.field, output.value);
      expect(hex(encoded)).toBe([report.out_shares[aggregator]].flat().join(''));
      const before = this.outputs.get(aggregator) ?? [];
      this.outputs.set(aggregator, [...before, output.value]);
    }
    return output;
  }
}

describe.runIf(hasVectors)('published vectors of Prio3', () => {
  const names = hasVectors
    ? vectorFiles(FOLDER).filter((name) => name.startsWith('Prio3'))
    : ['none'];

  it('are 13 files, of which four are refused', () => {
    const bad = names.filter((name) => name.includes('_bad_'));
    expect([names.length, bad.length]).toEqual([13, 4]);
  });

  it.each(names)('%s', (name) => {
    const file = vectors<PrioFile>(`${FOLDER}/${name}`);
    const replay = new Replay(name, file);
    const refusals = file.operations.filter(({ success }) => !success);
    expect(refusals).toHaveLength(name.includes('_bad_') ? 1 : 0);
    for (const operation of file.operations) {
      const outcome = replay.run(operation);
      expect(outcome.ok, JSON.stringify(operation)).toBe(operation.success);
      if (!outcome.ok) expect(outcome.reason).toBe('proof');
    }
  });

  it('have the output function of TurboSHAKE128', () => {
    const file = vectors<XofFile>(`${FOLDER}/XofTurboShake128.json`);
    const input = { seed: bytes(file.seed), tag: bytes(file.dst), binder: bytes(file.binder) };
    expect(hex(xofBytes(crypto, input, 32))).toBe(file.derived_seed);
    const vector = xofVector(crypto, input, { field: FIELD_128, count: file.length });
    expect(hex(encodeVector(FIELD_128, vector))).toBe(file.expanded_vec_field128);
  });
});

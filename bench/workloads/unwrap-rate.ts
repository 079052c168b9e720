/**
 * The rate at which one core unwraps valid Sphinx packets, checks them against the replay filter
 * and verifies the results, per CPU second and without threads.
 *
 * @module
 */
import type { OpenedByteJob } from '../../engine/host/compute.ts';
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { type KeyExchangeOption, unwrapJob } from '../../nodes/sphinx/index.ts';
import { cpuTimeUs, requireEqual } from '../bench-result.ts';
import { ValidPackets } from './valid-packets.ts';

const PACKETS = 2_000;
const DIFFERENT = 64;
const US_PER_SECOND = 1_000_000;

/** Measures the rate of unwrapping on one core. */
export class UnwrapRate {
  readonly #valid: ValidPackets;
  readonly #job: OpenedByteJob;
  #token = 0;

  constructor(crypto: CryptoProvider, exchange: KeyExchangeOption) {
    this.#valid = new ValidPackets(crypto, exchange, DIFFERENT);
    this.#job = unwrapJob.open(this.#valid.setup, crypto);
    this.take();
  }

  /** Packets per CPU second; throws if a result was wrong. */
  take(): number {
    const bytes = new Uint8Array(this.#valid.length);
    const record = new Uint8Array(unwrapJob.recordLength);
    const result = { status: 'done', bytes, record, worker: 0 } as const;
    const cpuUs = cpuTimeUs(() => {
      for (let count = 0; count < PACKETS; count += 1, this.#token += 1) {
        bytes.set(this.#valid.packets[this.#token % DIFFERENT] as Uint8Array);
        this.#job.run(bytes, record);
        this.#valid.settle(this.#token, result);
      }
    });
    requireEqual('wrong results', this.#valid.wrong, 0);
    return (US_PER_SECOND * PACKETS) / cpuUs;
  }
}

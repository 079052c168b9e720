/**
 * Incomplete transfers (draft-ietf-dtn-udpcl-03 section 3.5.2). Their memory limit counts bytes that
 * have arrived, not the total length that a piece states, since its sender is not authenticated.
 *
 * Above the limit, the sending port that uses the largest part of it loses its oldest transfer. So
 * one port cannot block others, and a stalled transfer cannot block new ones. Each lost transfer is
 * reported as a drop.
 *
 * @module
 */
import type { Endpoint } from '../../../engine/host/socket.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import {
  UDPCL_BUFFERED_BYTES_MAX,
  UDPCL_TRANSFER_TIMEOUT_NS,
  UDPCL_TRANSFERS_MAX,
} from '../geometry.ts';
import { PartialPayload } from '../wire/partial-payload.ts';

/** A piece of a transfer; `offset + bytes.length <= total`. */
export interface UdpclPiece {
  /** The sending endpoint; each port of a neighbour numbers its transfers separately. */
  readonly sender: Endpoint;
  readonly number: number;
  readonly total: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Why a piece, or an incomplete transfer with all its pieces, is dropped. */
export type TransferDropReason = 'bad-transfer' | 'transfers-full' | 'transfer-expired';

interface Transfer {
  readonly sender: Endpoint;
  readonly whole: PartialPayload;
  readonly untilNs: Nanoseconds;
}

/**
 * Puts bundles together from the pieces of their transfers. All its unfinished transfers share the
 * bounds {@link UDPCL_BUFFERED_BYTES_MAX} and {@link UDPCL_TRANSFERS_MAX}.
 */
export class UdpclReassembler {
  readonly #onDrop: (reason: TransferDropReason) => void;
  /** Incomplete transfers by sender and number, oldest first. */
  readonly #open = new Map<string, Transfer>();

  constructor(onDrop: (reason: TransferDropReason) => void) {
    this.#onDrop = onDrop;
  }

  /** When the oldest incomplete transfer is given up; Infinity if there is none. */
  nextAt(): Nanoseconds {
    const [oldest] = this.#open.values();
    return oldest?.untilNs ?? Number.POSITIVE_INFINITY;
  }

  /** Gives up the incomplete transfers whose time is over at `now`. */
  expire(now: Nanoseconds): void {
    for (const [id, { untilNs }] of this.#open) {
      if (untilNs > now) return;
      this.#open.delete(id);
      this.#onDrop('transfer-expired');
    }
  }

  /** Adds a piece, which is copied. @returns the bundle if it is whole now. */
  take(now: Nanoseconds, piece: UdpclPiece): Uint8Array | undefined {
    const { sender, number, total, offset, bytes } = piece;
    const id = `${sender}/${number}`;
    const untilNs = now + UDPCL_TRANSFER_TIMEOUT_NS;
    const { whole } = this.#open.get(id) ?? { whole: new PartialPayload(total) };
    if (whole.total !== total || !whole.add(offset, bytes)) {
      this.#onDrop('bad-transfer');
      return undefined;
    }
    const { payload } = whole;
    if (payload !== undefined) this.#open.delete(id);
    else if (!this.#open.has(id)) this.#open.set(id, { sender, whole, untilNs });
    this.#makeRoom();
    return payload;
  }

  #makeRoom(): void {
    for (;;) {
      const isMany = this.#open.size > UDPCL_TRANSFERS_MAX;
      const held = new Map<Endpoint, number>();
      let cost = 0;
      let most = 0;
      for (const { sender, whole } of this.#open.values()) {
        cost += whole.cost;
        const sum = (held.get(sender) ?? 0) + (isMany ? 1 : whole.cost);
        held.set(sender, sum);
        most = Math.max(most, sum);
      }
      if (!isMany && cost <= UDPCL_BUFFERED_BYTES_MAX) return;
      for (const [id, { sender }] of this.#open) {
        if (held.get(sender) !== most) continue;
        this.#open.delete(id);
        this.#onDrop('transfers-full');
        break;
      }
    }
  }
}

/**
 * Transfers of which pieces are missing (draft-ietf-dtn-udpcl-03 section 3.5.2). Their budget counts
 * bytes that have arrived, not the total that a piece claims: its sender is not authenticated.
 *
 * Above the budget, the port that uses most of it loses its oldest transfer. So one port cannot keep
 * others out, nor can a stalled transfer keep new ones out. Each lost transfer is reported as a drop.
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
  /** Each port of a neighbour numbers its own transfers. */
  readonly sender: Endpoint;
  readonly number: number;
  readonly total: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Why a piece is dropped, or a transfer with all its pieces. */
export type TransferDropReason = 'bad-transfer' | 'transfers-full' | 'transfer-expired';

interface Transfer {
  readonly sender: Endpoint;
  readonly whole: PartialPayload;
  readonly untilNs: Nanoseconds;
}

/**
 * Puts bundles together from the pieces of their transfers. All unfinished transfers, of whichever
 * neighbour, share the bounds {@link UDPCL_BUFFERED_BYTES_MAX} and {@link UDPCL_TRANSFERS_MAX}.
 */
export class UdpclReassembler {
  readonly #onDrop: (reason: TransferDropReason) => void;
  /** Oldest first, by sender and number. */
  readonly #open = new Map<string, Transfer>();

  constructor(onDrop: (reason: TransferDropReason) => void) {
    this.#onDrop = onDrop;
  }

  /** When the oldest transfer has waited too long; Infinity if there is none. */
  nextAt(): Nanoseconds {
    const [oldest] = this.#open.values();
    return oldest?.untilNs ?? Number.POSITIVE_INFINITY;
  }

  /** Gives up transfers that have waited too long. */
  expire(now: Nanoseconds): void {
    for (const [id, { untilNs }] of this.#open) {
      if (untilNs > now) return;
      this.#open.delete(id);
      this.#onDrop('transfer-expired');
    }
  }

  /** Takes a piece, and copies it. @returns the bundle if it is whole now. */
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

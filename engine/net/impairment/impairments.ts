/**
 * The impairments of one direction. Each has its own stream, opened lazily, and draws a fixed
 * number of words for every packet, including one that is already lost
 * (docs/spec/link-model.md#impairments). So adding an impairment does not change the draws of others, and in runs with
 * the same seed (common random numbers) the same happens to packet k.
 *
 * The copy of a duplicated packet takes its jitter from a separate stream (`jitter-copy`); if it took it from the
 * stream of the originals, switching duplication on would change every later delay. Only decides; the direction then
 * loses, delays and moves the packets.
 *
 * @module
 */
import { openRandomStream, type RandomStream, type Seed } from '../../core/stream.ts';
import type { CorruptSpec, LinkDirectionSpec } from '../link-spec.ts';
import type { PacketTable } from '../packet-table.ts';
import { createJitterDraw, type DrawJitter } from './jitter.ts';
import { createLossModel, type LossModel } from './loss.ts';

/** The seed and the name from which the random streams of a direction are derived. */
export interface ImpairmentStreamNames {
  readonly seed: Seed;
  /** The name `link/<id>/<a->b>` of the random streams (docs/spec/link-model.md#impairments). */
  readonly node: string;
}

/** What the impairments decided for one packet; one object per direction, overwritten for each packet. */
export interface PacketFate {
  isLost: boolean;
  isDuplicated: boolean;
  /** True if the packet skips the whole delay (netem's reorder). */
  isHurried: boolean;
  /** Time added to the delay, ns; may be negative. */
  jitterNs: number;
}

/** Decides for each packet of one direction whether it is lost, corrupted, duplicated, delayed or reordered. */
export class Impairments {
  /** What the last call of {@link decide} has decided. */
  readonly fate: PacketFate = { isLost: false, isDuplicated: false, isHurried: false, jitterNs: 0 };
  /** Number of packets whose bits were flipped. */
  corrupted = 0;
  private readonly names: ImpairmentStreamNames;
  private readonly streams = new Map<string, RandomStream>();
  private loss: LossModel | undefined;
  private jitter: DrawJitter | undefined;
  private corrupt: CorruptSpec | undefined;
  private duplicate = 0;
  private reorder: { readonly probability: number; readonly gap: number } | undefined;
  private sinceHurried = 0;
  private applied: LinkDirectionSpec | undefined;

  constructor(names: ImpairmentStreamNames) {
    this.names = names;
  }

  /** True if the impairments of `spec` have anything to decide. */
  static isNeeded(spec: LinkDirectionSpec): boolean {
    const hasJitter = spec.jitter !== undefined && spec.jitter.kind !== 'none';
    const hasOrder = typeof spec.reorder === 'object';
    const isCopying = (spec.duplicate ?? 0) > 0;
    return (
      spec.loss !== undefined || spec.corrupt !== undefined || isCopying || hasJitter || hasOrder
    );
  }

  /** Switches to `spec`; unchanged parts keep their state and their position in the stream. */
  configure(spec: LinkDirectionSpec): void {
    const old = this.applied;
    if (old === undefined || old.loss !== spec.loss) {
      this.loss = spec.loss && createLossModel(spec.loss, () => this.stream('loss'));
    }
    this.jitter = spec.jitter && createJitterDraw(spec.jitter);
    this.corrupt = spec.corrupt;
    this.duplicate = spec.duplicate ?? 0;
    this.reorder = typeof spec.reorder === 'object' ? spec.reorder : undefined;
    this.applied = spec;
  }

  /** Draws all decisions for the packet that enters the pipe now, in a fixed order, and flips its bits. */
  decide(table: PacketTable, packet: number, now: number): void {
    const fate = this.fate;
    fate.isLost = this.loss?.isLost(now) ?? false;
    if (this.corrupt !== undefined) this.flip(this.corrupt, table, packet);
    fate.isDuplicated = this.duplicate > 0 && this.stream('duplicate').chance(this.duplicate);
    fate.jitterNs = this.jitter?.(this.stream('jitter')) ?? 0;
    fate.isHurried = this.isHurried();
  }

  /** Draws the jitter of the copy of a duplicated packet, ns. */
  copyJitter(): number {
    return this.jitter?.(this.stream('jitter-copy')) ?? 0;
  }

  /** Flips exactly `bits` different bits with the given probability: 2 + 2 * bits words. */
  private flip(spec: CorruptSpec, table: PacketTable, packet: number): void {
    const stream = this.stream('corrupt');
    const isHit = stream.chance(spec.probability);
    const bits = 8 * (table.length[packet] as number);
    const count = spec.bits ?? 1;
    const chosen: number[] = [];
    // Floyd's algorithm chooses k different numbers below n with one draw for each.
    for (let i = 0; i < count; i += 1) {
      const top = Math.max(0, bits - count + i);
      const candidate = stream.belowFixed(top + 1);
      chosen.push(chosen.includes(candidate) ? top : candidate);
    }
    if (!isHit || bits < count || this.fate.isLost) return;
    this.corrupted += 1;
    const buffer = table.buffers[packet] as Uint8Array;
    const start = table.offset[packet] as number;
    for (const bit of chosen) {
      const at = start + (bit >>> 3);
      buffer[at] = (buffer[at] as number) ^ (0x80 >>> (bit & 7));
    }
  }

  /**
   * After gap - 1 delayed packets, each packet skips the delay with the given probability, as in
   * netem.
   */
  private isHurried(): boolean {
    const spec = this.reorder;
    if (spec === undefined) return false;
    const isDrawn = this.stream('reorder').chance(spec.probability);
    if (isDrawn && this.sinceHurried >= spec.gap - 1) {
      this.sinceHurried = 0;
      return true;
    }
    this.sinceHurried += 1;
    return false;
  }

  private stream(purpose: string): RandomStream {
    const known = this.streams.get(purpose);
    if (known !== undefined) return known;
    const opened = openRandomStream(this.names.seed, this.names.node, purpose);
    this.streams.set(purpose, opened);
    return opened;
  }
}

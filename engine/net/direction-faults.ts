/**
 * What holds a direction back: counted reasons, because faults overlap and the direction works only
 * when none is left (simulation.md 8.2).
 *
 * @module
 */

/** Bits of {@link Holds.entry}: why offered packets are refused. */
export const ENTRY_DOWN = 1;
export const ENTRY_PARTITION = 2;
export const ENTRY_SENDER = 4;
/** A policing bucket or a contact plan that drops looks at every offered packet. */
export const ENTRY_INSPECT = 8;
/** Bits of {@link Holds.exit}: why arriving packets are not handed over. */
export const EXIT_HELD = 1;
export const EXIT_PARTITION = 2;
export const EXIT_RECEIVER = 4;

/** Reference counts and the two masks that the packet path looks at. */
export class Holds {
  entry = 0;
  exit = 0;
  private down = 0;
  private partition = 0;
  private held = 0;

  /** @returns true when the direction goes down by this. */
  addDown(): boolean {
    this.down += 1;
    this.entry |= ENTRY_DOWN;
    return this.down === 1;
  }

  removeDown(): void {
    this.down -= 1;
    if (this.down === 0) this.entry &= ~ENTRY_DOWN;
  }

  addPartition(): void {
    this.partition += 1;
    this.entry |= ENTRY_PARTITION;
    this.exit |= EXIT_PARTITION;
  }

  removePartition(): void {
    this.partition -= 1;
    if (this.partition > 0) return;
    this.entry &= ~ENTRY_PARTITION;
    this.exit &= ~EXIT_PARTITION;
  }

  addHeld(): void {
    this.held += 1;
    this.exit |= EXIT_HELD;
  }

  /** @returns true when nothing holds packets any more. */
  removeHeld(): boolean {
    this.held -= 1;
    if (this.held > 0) return false;
    this.exit &= ~EXIT_HELD;
    return true;
  }
}

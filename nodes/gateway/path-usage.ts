/**
 * How much a path was used: the data frames that left on it, and how often a fault ended its use.
 * These counts have no influence on the choice of paths.
 *
 * @module
 */

/** The use of one path by one gateway. Instants are in ns of the run; -1 means never. */
export class PathUsage {
  frames = 0;
  bytes = 0;
  firstNs = -1;
  lastNs = -1;
  failovers = 0;
  lastFailoverNs = -1;

  /** Called when a data frame left. */
  // hot: once per data frame.
  sent(now: number, bytes: number): void {
    this.frames += 1;
    this.bytes += bytes;
    if (this.firstNs < 0) this.firstNs = now;
    this.lastNs = now;
  }

  /** Called when a fault made the gateway leave the path. */
  failed(now: number): void {
    this.failovers += 1;
    this.lastFailoverNs = now;
  }
}

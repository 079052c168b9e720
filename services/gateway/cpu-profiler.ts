/**
 * Takes profiles of the processor time of this process, in the format of Chromium's developer tools (`.cpuprofile`).
 *
 * @module
 */
import { Session } from 'node:inspector/promises';
import { setTimeout as pause } from 'node:timers/promises';

const MS_PER_S = 1_000;

/** Takes profiles of the processor time, one at a time. */
export class CpuProfiler {
  #isBusy = false;

  /**
   * Takes a profile of the next seconds.
   * @returns (resolves) the profile, which ends early if the client disconnects; `busy` if another
   * profile is being taken.
   */
  async take(seconds: number, gone: AbortSignal): Promise<object | 'busy'> {
    if (this.#isBusy) return 'busy';
    this.#isBusy = true;
    const session = new Session();
    session.connect();
    try {
      await session.post('Profiler.enable');
      await session.post('Profiler.start');
      // The wait ends early, without an error, if the client disconnects.
      await pause(seconds * MS_PER_S, undefined, { signal: gone }).catch(() => undefined);
      const { profile } = await session.post('Profiler.stop');
      return profile;
    } finally {
      session.disconnect();
      this.#isBusy = false;
    }
  }
}

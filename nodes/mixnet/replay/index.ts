/**
 * Replay protection of a mix: filter, log, and their combination. The other folders of the protocol
 * import only this module.
 *
 * @module
 */
export { type ReplayOptions, replayConfig } from './config.ts';
export { REPLAY_DROP_REASONS, type ReplayDropReason } from './drops.ts';
export { ReplayFilter, type ReplayFilterOptions } from './filter.ts';
export { FILTER_KEY_BYTES } from './geometry.ts';
export { DurableTagGuard, type TagGuard } from './guard.ts';
export { TagLog, type TagSyncCallback } from './tag-log.ts';
export { type ReplayVerdictCounters, WitnessedGuard } from './witnessed.ts';

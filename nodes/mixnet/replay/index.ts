/**
 * Replay protection of a mix: filter, log, and their combination. The only entry point for the rest
 * of the protocol.
 *
 * @module
 */
export { type ReplayOptions, replayConfig } from './config.ts';
export { REPLAY_DROPS, type ReplayDrop } from './drops.ts';
export { ReplayFilter, type ReplayFilterOptions } from './filter.ts';
export { FILTER_KEY_BYTES } from './geometry.ts';
export { ReplayGuard, type TagGuard } from './guard.ts';
export { type OnSynced, TagLog } from './tag-log.ts';
export { type TagCounters, WitnessedGuard } from './witnessed.ts';

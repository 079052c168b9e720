/**
 * The machine on which Node runs.
 *
 * @module
 */
import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8';
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { crc32, gzipSync } from 'node:zlib';
import { type CryptoProviderName, createCryptoProvider } from '../../engine/crypto/index.ts';
import { guardNodesOfRun } from '../../engine/live/clock-guard.ts';
import { RecordingFile } from '../../engine/live/recording-file.ts';
import type { HeldMemory, Machine, MemoryLimits } from '../../topologies/files/machine.ts';
import { locatePackageFile, readPackageFile } from '../../topologies/files/package-files.ts';
import { nodeFiles } from './node-files.ts';

/**
 * Options of gzip. Level 1 is fast and already reduces a block of a trace to a quarter; a larger
 * window would not reduce it further; a block fits into one chunk.
 */
const GZIP = { level: 1, windowBits: 12, chunkSize: 1 << 18 } as const;

/** Files, memory, threads and cryptography as Node has them. */
export const nodeMachine: Machine = {
  files: nodeFiles,
  packageFile: (file) => locatePackageFile(file),
  readPackageFile,
  crypto: (name) => createCryptoProvider(name as CryptoProviderName, { timing: 'simulation' }),
  crc32: (bytes) => crc32(bytes),
  memory: { held: heldByThread, limits: limitsOfThread },
  record: (path) => new RecordingFile(path),
  compress: (bytes) => gzipSync(bytes, GZIP),
  guardClocks: guardNodesOfRun,
  nextMessage: (port) => receiveMessageOnPort(port as MessagePort),
};

/** Measures the memory that the calling thread holds. */
function heldByThread(): HeldMemory {
  let heap = 0;
  for (const space of getHeapSpaceStatistics()) {
    if (!space.space_name.startsWith('new_')) heap += space.space_used_size;
  }
  return { heap, arrays: process.memoryUsage().arrayBuffers };
}

/** Reads the limits of the calling thread. */
function limitsOfThread(): MemoryLimits {
  return { heap: getHeapStatistics().heap_size_limit, free: process.availableMemory() };
}

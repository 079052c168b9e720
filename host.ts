/**
 * `orrery/host`: the port, for authors of protocols. Types only; nothing is loaded at run time.
 *
 * What each of them means stands in engine/host; docs/WRITING-A-PROTOCOL.md walks through a
 * protocol, docs/how-to/package.md shows one outside the repository.
 *
 * @module
 */
export type * from './engine/host/compute.ts';
export type * from './engine/host/crypto.ts';
export type * from './engine/host/crypto-groups.ts';
export type * from './engine/host/generator.ts';
export type * from './engine/host/host.ts';
export type * from './engine/host/importer.ts';
export type * from './engine/host/measure.ts';
export type * from './engine/host/network-view.ts';
export type * from './engine/host/protocol.ts';
export type * from './engine/host/random.ts';
export type * from './engine/host/socket.ts';
export type * from './engine/host/store.ts';
export type * from './engine/host/stream.ts';
export type * from './engine/host/time.ts';
export type * from './engine/host/transport.ts';

/**
 * `orrery/host`: the port, for authors of protocols. Types only; nothing is loaded at run time.
 *
 * Each type is explained in its own file beside this one; docs/WRITING-A-PROTOCOL.md walks through
 * a protocol, docs/how-to/package.md shows one outside the repository.
 *
 * @module
 */
export type * from './compute.ts';
export type * from './crypto.ts';
export type * from './crypto-groups.ts';
export type * from './crypto-states.ts';
export type * from './generator.ts';
export type * from './host.ts';
export type * from './importer.ts';
export type * from './measure.ts';
export type * from './must.ts';
export type * from './network-view.ts';
export type * from './protocol.ts';
export type * from './random.ts';
export type * from './signatures.ts';
export type * from './socket.ts';
export type * from './store.ts';
export type * from './stream.ts';
export type * from './time.ts';
export type * from './transport.ts';
export type * from './user-file.ts';

/**
 * Endpoint identifiers as text and as values (RFC 9171 section 4.2.5.1, RFC 9758).
 *
 * ```
 * dtn:none  ipn:0.0                  nobody
 * dtn://node/demux                   dtn scheme; a demux that begins with ~ names a group
 * ipn:node.service                   ipn scheme, allocator 0
 * ipn:allocator.node.service
 * ```
 *
 * Two forms of one ipn identifier are equal as values; their bytes may differ (eid-wire.ts).
 *
 * @module
 */

/** An endpoint identifier of a bundle (RFC 9171 section 4.2.5.1), of the scheme `dtn` or `ipn`. */
export type Eid =
  | { readonly scheme: 'none' }
  | { readonly scheme: 'dtn'; readonly node: string; readonly demux: string }
  | {
      readonly scheme: 'ipn';
      readonly allocator: number;
      readonly node: number;
      readonly service: number;
    };

/** The null endpoint: nobody. */
export const EID_NONE: Eid = { scheme: 'none' };

/** Largest component of an ipn identifier (RFC 9758 sections 3.1 to 3.3). */
export const IPN_COMPONENT_MAX = 0xffff_ffff;
/** Stands for "this node" in text and configuration, never on the wire (RFC 9758 section 3.4.2). */
const LOCAL_NODE = IPN_COMPONENT_MAX;

/** RFC 9171 section 4.2.5.1.1: node-name is a reg-name of RFC 3986, demux any visible characters. */
const DTN_TEXT = /^\/\/((?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+)\/([\x21-\x7e]*)$/;
const IPN_NUMBER = /^(?:0|[1-9]\d{0,9})$/;

/** Reads an identifier; undefined if the text is not one. `ipn:!.N` is service N of this node. */
export function parseEid(text: string): Eid | undefined {
  if (text === 'dtn:none') return EID_NONE;
  if (text.startsWith('dtn:')) return parseDtnSchemePart(text.slice(4));
  return text.startsWith('ipn:') ? parseIpn(text.slice(4)) : undefined;
}

/** Reads the scheme-specific part of a dtn identifier; undefined if it is malformed. */
export function parseDtnSchemePart(specific: string): Eid | undefined {
  const found = DTN_TEXT.exec(specific);
  if (found === null) return undefined;
  return { scheme: 'dtn', node: found[1] as string, demux: found[2] as string };
}

function parseIpn(specific: string): Eid | undefined {
  const parts = specific.split('.');
  if (parts.length === 2 && parts[0] === '!') parts[0] = String(LOCAL_NODE);
  if (parts.length === 2) parts.unshift('0');
  if (parts.length !== 3 || !parts.every((part) => IPN_NUMBER.test(part))) return undefined;
  const [allocator, node, service] = parts.map(Number) as [number, number, number];
  if (Math.max(allocator, node, service) > IPN_COMPONENT_MAX) return undefined;
  if (allocator !== 0 || node !== 0) return { scheme: 'ipn', allocator, node, service };
  // RFC 9758 section 3.4.1: the null endpoint is `ipn:0.0`; node 0 has no other services as text.
  return service === 0 ? EID_NONE : undefined;
}

/** The text of an identifier: equal for equal identifiers, so that it serves as a key. */
export function formatEid(eid: Eid): string {
  switch (eid.scheme) {
    case 'none':
      return 'dtn:none';
    case 'dtn':
      return `dtn://${eid.node}/${eid.demux}`;
    case 'ipn': {
      const { allocator, node, service } = eid;
      return allocator === 0 ? `ipn:${node}.${service}` : `ipn:${allocator}.${node}.${service}`;
    }
  }
}

/** True if the identifier names one endpoint, not a group (RFC 9171 section 4.2.5.1.1). */
export function isSingleton(eid: Eid): boolean {
  return eid.scheme !== 'dtn' || !eid.demux.startsWith('~');
}

/**
 * The identifier of the node itself: its administrative endpoint (RFC 9171 section 4.2.5.2, RFC 9758
 * section 3.4.3).
 */
export function deriveNodeEid(eid: Eid): Eid {
  if (eid.scheme === 'dtn') return { ...eid, demux: '' };
  return eid.scheme === 'ipn' ? { ...eid, service: 0 } : eid;
}

/** True if the identifier is that of a node. */
export function isNodeEid(eid: Eid): boolean {
  return eid.scheme === 'dtn' ? eid.demux === '' : eid.scheme === 'ipn' && eid.service === 0;
}

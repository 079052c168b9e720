/**
 * Reasons for which an IP packet is not routed, or an announced prefix is not accepted, each explained in one sentence.
 *
 * @module
 */

/** All reasons of this folder. */
export const ROUTING_DROP_REASONS = {
  'no-route': 'No peer has announced a prefix that the destination of the IP packet is in.',
  'route-local': 'The destination of the IP packet is in a prefix that this gateway announces.',
  'class-no-path': 'No path that the policies of the traffic class allow answers.',
  'prefix-refused': 'The routing policy accepts no part of a prefix that a peer announced.',
  'prefix-own': 'A peer announced a prefix inside one that this gateway announces.',
  'prefix-limit': 'A peer announced more prefixes than it can have in the routing table.',
  'announcement-old':
    'A peer announced prefixes before it withdrew some, and the frame came after that.',
  'announcement-rate': 'A peer announced prefixes more often than they are read.',
} as const;

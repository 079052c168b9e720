/**
 * The first walk of walks.json, one way: the segment as it was made and the packet as each AS sees
 * it, computed independently with the keys of that file.
 *
 * @module
 */

/** Three ASes, upwards. */
export const UP_ONLY = {
  now: 1700000000,
  keys: {
    hopFieldKey: {
      '1-ff00:0:130': 'cfcf5346e32d86edbe18d94d3a88b223',
      '1-ff00:0:131': '023fb4140b3ae9d5cd7c056352f99fbb',
      '1-ff00:0:132': '930c0bf99c7b29aae365cb3d7e7f1980',
    },
  },
  walks: [
    {
      name: 'up only',
      source: '1-ff00:0:132',
      target: '1-ff00:0:130',
      segments: [
        {
          type: 'up',
          segmentId: 8465,
          timestamp: 1699999900,
          entries: [
            {
              isdAs: '1-ff00:0:130',
              ingress: 0,
              egress: 1316,
              expTime: 63,
              beta: 8465,
              mac: 'ef76b96cf076',
              peers: [],
            },
            {
              isdAs: '1-ff00:0:131',
              ingress: 1613,
              egress: 1619,
              expTime: 63,
              beta: 52839,
              mac: 'c2a7a7b01002',
              peers: [
                {
                  peer: '1-ff00:0:121',
                  peerInterface: 1516,
                  ingress: 1615,
                  egress: 1619,
                  mac: '552c90cd9a9e',
                },
              ],
            },
            {
              isdAs: '1-ff00:0:132',
              ingress: 1916,
              egress: 0,
              expTime: 63,
              beta: 3264,
              mac: '8248edd4b257',
              peers: [],
            },
          ],
        },
      ],
      interfaces: [
        '1-ff00:0:132#1916',
        '1-ff00:0:131#1619',
        '1-ff00:0:131#1613',
        '1-ff00:0:130#1316',
      ],
      forward: [
        {
          at: '1-ff00:0:132',
          arrivesOn: 0,
          packet:
            '0b8123451115000e010000000001ff00000001300001ff00000001327f0107807f0109800000300000000cc0' +
            '6553f09c003f077c00008248edd4b257003f064d0653c2a7a7b01002003f00000524ef76b96cf07679187919' +
            '000ea9e66f7272657279',
        },
        {
          at: '1-ff00:0:131',
          leftOn: 1916,
          arrivesOn: 1619,
          packet:
            '0b8123451115000e010000000001ff00000001300001ff00000001327f0107807f0109800100300000000cc0' +
            '6553f09c003f077c00008248edd4b257003f064d0653c2a7a7b01002003f00000524ef76b96cf07679187919' +
            '000ea9e66f7272657279',
        },
        {
          at: '1-ff00:0:130',
          leftOn: 1613,
          arrivesOn: 1316,
          packet:
            '0b8123451115000e010000000001ff00000001300001ff00000001327f0107807f010980020030000000ce67' +
            '6553f09c003f077c00008248edd4b257003f064d0653c2a7a7b01002003f00000524ef76b96cf07679187919' +
            '000ea9e66f7272657279',
        },
        {
          deliveredIn: '1-ff00:0:130',
          to: '127.1.7.128:31001',
          packet:
            '0b8123451115000e010000000001ff00000001300001ff00000001327f0107807f0109800200300000002111' +
            '6553f09c003f077c00008248edd4b257003f064d0653c2a7a7b01002003f00000524ef76b96cf07679187919' +
            '000ea9e66f7272657279',
        },
      ],
      back: [],
    },
  ],
} as const;

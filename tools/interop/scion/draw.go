package main

import (
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/gopacket/gopacket"

	"github.com/scionproto/scion/pkg/addr"
	epicmac "github.com/scionproto/scion/pkg/experimental/epic"
	"github.com/scionproto/scion/pkg/slayers"
	"github.com/scionproto/scion/pkg/slayers/path"
	"github.com/scionproto/scion/pkg/slayers/path/empty"
	"github.com/scionproto/scion/pkg/slayers/path/epic"
	"github.com/scionproto/scion/pkg/slayers/path/onehop"
	"github.com/scionproto/scion/pkg/slayers/path/scion"
)

// drawnPacket is a packet of the reference, with the fields that it was made from.
type drawnPacket struct {
	Packet     string       `json:"packet"`
	Fields     packetFields `json:"fields"`
	MasterKeys []string     `json:"masterKeys"`
	Reversed   string       `json:"reversed"`
}

const (
	masterKeyCount  = 16
	segmentHopsMax  = 5
	payloadBytesMax = 300
	firstTimestamp  = 1_700_000_000
	timestampSpan   = 1_000_000
)

// drawer draws packets; the same seed gives the same.
type drawer struct {
	random     *rand.Rand
	masterKeys []string
}

func drawPackets(encoder *json.Encoder, seed uint64, count int) error {
	d := &drawer{random: rand.New(rand.NewPCG(seed, 1))}
	for range count {
		packet, err := d.draw()
		if err != nil {
			return err
		}
		if err := encoder.Encode(packet); err != nil {
			return err
		}
	}
	return nil
}

func (d *drawer) draw() (*drawnPacket, error) {
	d.masterKeys = []string{}
	header := &slayers.SCION{
		TrafficClass: uint8(d.random.Uint32()), FlowID: d.random.Uint32N(1 << 20),
		DstIA: d.drawIA(), SrcIA: d.drawIA(),
	}
	if err := header.SetDstAddr(d.drawHost(true)); err != nil {
		return nil, err
	}
	if err := header.SetSrcAddr(d.drawHost(false)); err != nil {
		return nil, err
	}
	body := d.drawBody(header)
	tags, err := d.drawPath(header)
	if err != nil {
		return nil, err
	}
	raw, err := encode(append([]gopacket.SerializableLayer{header}, body...)...)
	if err != nil {
		return nil, err
	}
	if path, isEpic := header.Path.(*epic.Path); isEpic {
		// Its fields cover the payload's length, which encoding has set.
		if err := d.fillEpic(header, path, tags); err != nil {
			return nil, err
		}
		if raw, err = encode(append([]gopacket.SerializableLayer{header}, body...)...); err != nil {
			return nil, err
		}
	}
	return d.describe(raw)
}

func (d *drawer) describe(raw []byte) (*drawnPacket, error) {
	read, err := decodePacket(raw)
	if err != nil {
		return nil, err
	}
	packet := hex.EncodeToString(raw)
	return &drawnPacket{packet, read.fields, d.masterKeys, pathBack(read.scion.Path)}, nil
}

func (d *drawer) drawIA() addr.IA {
	as := addr.AS(d.random.Uint64N(1 << 48))
	if d.random.IntN(2) == 0 {
		as = addr.AS(d.random.Uint32())
	}
	return addr.MustIAFrom(addr.ISD(d.random.Uint32N(1<<16)), as)
}

func (d *drawer) drawHost(mayBeService bool) addr.Host {
	services := []addr.SVC{addr.SvcCS, addr.SvcDS, addr.SvcWildcard}
	switch kind := d.random.IntN(5); {
	case kind == 0 && mayBeService:
		return addr.HostSVC(services[d.random.IntN(len(services))])
	case kind < 3:
		return addr.HostIP(netip.AddrFrom4([4]byte(d.drawBytes(4))))
	default:
		return addr.HostIP(netip.AddrFrom16([16]byte(d.drawBytes(16))))
	}
}

func (d *drawer) drawBytes(length int) []byte {
	bytes := make([]byte, length)
	for at := range bytes {
		bytes[at] = byte(d.random.Uint32())
	}
	return bytes
}

func (d *drawer) drawBody(header *slayers.SCION) []gopacket.SerializableLayer {
	payload := gopacket.Payload(d.drawBytes(d.random.IntN(payloadBytesMax)))
	header.NextHdr = slayers.L4UDP
	var upper []gopacket.SerializableLayer
	if d.random.IntN(2) == 0 {
		udp := &slayers.UDP{SrcPort: uint16(d.random.Uint32()), DstPort: uint16(d.random.Uint32())}
		udp.SetNetworkLayerForChecksum(header)
		upper = []gopacket.SerializableLayer{udp, payload}
	} else {
		header.NextHdr = slayers.L4SCMP
		scmp, body := d.drawSCMP()
		scmp.SetNetworkLayerForChecksum(header)
		upper = []gopacket.SerializableLayer{scmp, body, payload}
	}
	return append(d.drawExtensions(header), upper...)
}

func (d *drawer) drawExtensions(header *slayers.SCION) []gopacket.SerializableLayer {
	var drawn []gopacket.SerializableLayer
	protocol := header.NextHdr
	if d.random.IntN(4) == 0 {
		extension := &slayers.EndToEndExtn{}
		extension.NextHdr = protocol
		option := &slayers.EndToEndOption{OptType: 200, OptData: d.drawBytes(d.random.IntN(20)), OptAlign: [2]uint8{4, 2}}
		extension.Options = append(extension.Options, option)
		drawn = []gopacket.SerializableLayer{extension}
		protocol = slayers.End2EndClass
	}
	if d.random.IntN(4) == 0 {
		extension := &slayers.HopByHopExtn{}
		extension.NextHdr = protocol
		option := &slayers.HopByHopOption{OptType: 100, OptData: d.drawBytes(d.random.IntN(20)), OptAlign: [2]uint8{8, 3}}
		extension.Options = append(extension.Options, option)
		drawn = append([]gopacket.SerializableLayer{extension}, drawn...)
		protocol = slayers.HopByHopClass
	}
	header.NextHdr = protocol
	return drawn
}

func (d *drawer) drawSCMP() (*slayers.SCMP, gopacket.SerializableLayer) {
	ia, interfaceID := d.drawIA(), uint64(d.random.Uint32N(1<<16))
	number, sequence := uint16(d.random.Uint32()), uint16(d.random.Uint32())
	var kind slayers.SCMPType
	var body gopacket.SerializableLayer
	switch d.random.IntN(9) {
	case 0:
		kind, body = slayers.SCMPTypeDestinationUnreachable, &slayers.SCMPDestinationUnreachable{}
	case 1:
		kind, body = slayers.SCMPTypePacketTooBig, &slayers.SCMPPacketTooBig{MTU: number}
	case 2:
		kind, body = slayers.SCMPTypeParameterProblem, &slayers.SCMPParameterProblem{Pointer: number}
	case 3:
		kind = slayers.SCMPTypeExternalInterfaceDown
		body = &slayers.SCMPExternalInterfaceDown{IA: ia, IfID: interfaceID}
	case 4:
		kind = slayers.SCMPTypeInternalConnectivityDown
		body = &slayers.SCMPInternalConnectivityDown{IA: ia, Ingress: interfaceID, Egress: uint64(number)}
	case 5:
		kind, body = slayers.SCMPTypeEchoRequest, &slayers.SCMPEcho{Identifier: number, SeqNumber: sequence}
	case 6:
		kind, body = slayers.SCMPTypeEchoReply, &slayers.SCMPEcho{Identifier: number, SeqNumber: sequence}
	case 7:
		kind = slayers.SCMPTypeTracerouteRequest
		body = &slayers.SCMPTraceroute{Identifier: number, Sequence: sequence}
	default:
		kind = slayers.SCMPTypeTracerouteReply
		body = &slayers.SCMPTraceroute{Identifier: number, Sequence: sequence, IA: ia, Interface: interfaceID}
	}
	code := slayers.SCMPCode(d.random.Uint32N(256))
	return &slayers.SCMP{TypeCode: slayers.CreateSCMPTypeCode(kind, code)}, body
}

// drawPath sets a path of any type and returns the full MACs of its hop fields.
func (d *drawer) drawPath(header *slayers.SCION) ([][]byte, error) {
	switch d.random.IntN(8) {
	case 0:
		header.PathType, header.Path = empty.PathType, empty.Path{}
		return nil, nil
	case 1:
		return nil, d.drawOneHop(header)
	case 2, 3:
		raw, tags, err := d.drawSegments()
		if err != nil {
			return nil, err
		}
		header.PathType = epic.PathType
		header.Path = &epic.Path{PHVF: make([]byte, 4), LHVF: make([]byte, 4), ScionPath: raw}
		return tags, nil
	default:
		raw, tags, err := d.drawSegments()
		header.PathType, header.Path = scion.PathType, raw
		return tags, err
	}
}

func (d *drawer) drawOneHop(header *slayers.SCION) error {
	info := path.InfoField{ConsDir: true, SegID: uint16(d.random.Uint32()), Timestamp: d.drawTimestamp()}
	hop := path.HopField{ExpTime: uint8(d.random.Uint32()), ConsEgress: uint16(d.random.Uint32())}
	mac, err := d.nextMac(&info, &hop)
	if err != nil {
		return err
	}
	copy(hop.Mac[:], mac)
	header.PathType = onehop.PathType
	second := path.HopField{}
	if d.random.IntN(2) == 0 {
		// As the neighbour's router completes it.
		second.ExpTime, second.ConsIngress = hop.ExpTime, 1+uint16(d.random.Uint32N(1<<16-1))
		copy(second.Mac[:], d.drawBytes(path.MacLen))
	}
	header.Path = &onehop.Path{Info: info, FirstHop: hop, SecondHop: second}
	return nil
}

func (d *drawer) drawTimestamp() uint32 {
	return firstTimestamp + d.random.Uint32N(timestampSpan)
}

// nextMac chooses the AS of the next hop field and returns its full MAC.
func (d *drawer) nextMac(info *path.InfoField, hop *path.HopField) ([]byte, error) {
	masterKey := make([]byte, 16)
	masterKey[0] = byte(d.random.Uint32N(masterKeyCount))
	mac, err := macOf(masterKey)
	if err != nil {
		return nil, err
	}
	d.masterKeys = append(d.masterKeys, hex.EncodeToString(masterKey))
	return append([]byte{}, path.FullMAC(mac, *info, *hop, make([]byte, path.MACBufferSize))...), nil
}

func (d *drawer) drawSegments() (*scion.Raw, [][]byte, error) {
	whole := &scion.Decoded{}
	var tags [][]byte
	segments := 1 + d.random.IntN(3)
	isPeering := segments == 2 && d.random.IntN(2) == 0
	for segment := range segments {
		isConsDir := d.random.IntN(2) == 0
		if isPeering {
			isConsDir = segment == 1
		}
		made, err := d.drawSegment(isConsDir, isPeering)
		if err != nil {
			return nil, nil, err
		}
		whole.PathMeta.SegLen[segment] = uint8(len(made.hops))
		whole.InfoFields = append(whole.InfoFields, made.info)
		whole.HopFields = append(whole.HopFields, made.hops...)
		tags = append(tags, made.tags...)
	}
	whole.NumINF, whole.NumHops = segments, len(whole.HopFields)
	raw, err := whole.ToRaw()
	return raw, tags, err
}

type drawnSegment struct {
	info path.InfoField
	hops []path.HopField
	tags [][]byte
}

// drawSegment makes hop fields in the direction of beaconing and turns them for the direction of travel. The first hop
// of a peering segment is that over the peering link, which continues the chain but is not part of it.
func (d *drawer) drawSegment(isConsDir, isPeering bool) (*drawnSegment, error) {
	info := path.InfoField{
		Peer: isPeering, ConsDir: isConsDir, SegID: uint16(d.random.Uint32()), Timestamp: d.drawTimestamp(),
	}
	length := 2 + d.random.IntN(segmentHopsMax-1)
	first, latest := info.SegID, info.SegID
	begin := len(d.masterKeys)
	made := &drawnSegment{}
	for at := range length {
		hop := path.HopField{
			ExpTime: uint8(d.random.Uint32()), ConsIngress: uint16(d.random.Uint32()),
			ConsEgress: uint16(d.random.Uint32()), IngressRouterAlert: d.random.IntN(9) == 0,
			EgressRouterAlert: d.random.IntN(9) == 0,
		}
		tag, err := d.nextMac(&info, &hop)
		if err != nil {
			return nil, err
		}
		copy(hop.Mac[:], tag)
		made.hops, made.tags = append(made.hops, hop), append(made.tags, tag)
		latest = info.SegID
		if !isPeering || at > 0 {
			info.UpdateSegID(hop.Mac)
		}
	}
	info.SegID = first
	if !isConsDir {
		info.SegID = latest
		reverse(made.hops)
		reverse(made.tags)
		reverse(d.masterKeys[begin:])
	}
	made.info = info
	return made, nil
}

func reverse[T any](items []T) {
	for left, right := 0, len(items)-1; left < right; left, right = left+1, right-1 {
		items[left], items[right] = items[right], items[left]
	}
}

func (d *drawer) fillEpic(header *slayers.SCION, p *epic.Path, tags [][]byte) error {
	info, err := p.ScionPath.GetInfoField(0)
	if err != nil {
		return err
	}
	sent := time.Unix(int64(info.Timestamp), 0)
	after := time.Duration(d.random.Uint64N(uint64(24 * time.Hour)))
	stamp, err := epicmac.CreateTimestamp(sent, sent.Add(after))
	if err != nil {
		return err
	}
	p.PktID = epic.PktID{Timestamp: stamp, Counter: d.random.Uint32()}
	last := len(tags) - 1
	if p.PHVF, err = epicmac.CalcMac(tags[last-1], p.PktID, header, info.Timestamp, nil); err != nil {
		return err
	}
	p.LHVF, err = epicmac.CalcMac(tags[last], p.PktID, header, info.Timestamp, nil)
	return err
}

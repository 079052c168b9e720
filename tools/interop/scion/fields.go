package main

import (
	"encoding/hex"
	"fmt"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"github.com/scionproto/scion/pkg/slayers"
	"github.com/scionproto/scion/pkg/slayers/path"
	"github.com/scionproto/scion/pkg/slayers/path/empty"
	"github.com/scionproto/scion/pkg/slayers/path/epic"
	"github.com/scionproto/scion/pkg/slayers/path/onehop"
	"github.com/scionproto/scion/pkg/slayers/path/scion"
)

// packetFields is a packet as both sides describe it; packet-fields.ts has the same names.
type packetFields struct {
	TrafficClass  int             `json:"trafficClass"`
	FlowID        uint32          `json:"flowId"`
	NextHeader    int             `json:"nextHeader"`
	PayloadLength int             `json:"payloadLength"`
	Target        string          `json:"target"`
	Source        string          `json:"source"`
	TargetHost    hostFields      `json:"targetHost"`
	SourceHost    hostFields      `json:"sourceHost"`
	Path          pathFields      `json:"path"`
	Extensions    [][]optionField `json:"extensions"`
	Protocol      int             `json:"protocol"`
	Upper         map[string]any  `json:"upper"`
	Payload       string          `json:"payload"`
}

type hostFields struct {
	Type  int    `json:"type"`
	Bytes string `json:"bytes"`
	Text  string `json:"text"`
}

type optionField struct {
	Type int    `json:"type"`
	Data string `json:"data"`
}

type pathFields struct {
	Kind           string      `json:"kind"`
	Epic           string      `json:"epic"`
	CurrentInfo    int         `json:"currentInfo"`
	CurrentHop     int         `json:"currentHop"`
	SegmentLengths [3]int      `json:"segmentLengths"`
	Infos          []infoField `json:"infos"`
	Hops           []hopField  `json:"hops"`
}

type infoField struct {
	IsPeering bool   `json:"isPeering"`
	IsConsDir bool   `json:"isConsDir"`
	SegmentID uint16 `json:"segmentId"`
	Timestamp uint32 `json:"timestamp"`
}

type hopField struct {
	HasIngressAlert bool   `json:"hasIngressAlert"`
	HasEgressAlert  bool   `json:"hasEgressAlert"`
	ExpTime         uint8  `json:"expTime"`
	ConsIngress     uint16 `json:"consIngress"`
	ConsEgress      uint16 `json:"consEgress"`
	Mac             string `json:"mac"`
}

// decoded is a packet as its layers, in the order of the wire.
type decoded struct {
	scion  *slayers.SCION
	layers []gopacket.SerializableLayer
	fields packetFields
}

// decodePacket reads a whole packet; what the reference refuses is an error.
func decodePacket(raw []byte) (*decoded, error) {
	packet := gopacket.NewPacket(raw, slayers.LayerTypeSCION, gopacket.Default)
	if failure := packet.ErrorLayer(); failure != nil {
		return nil, failure.Error()
	}
	result := &decoded{}
	for _, layer := range packet.Layers() {
		if err := result.add(layer); err != nil {
			return nil, err
		}
	}
	if result.scion == nil {
		return nil, fmt.Errorf("no SCION header")
	}
	return result, nil
}

func (d *decoded) add(layer gopacket.Layer) error {
	fields := &d.fields
	switch l := layer.(type) {
	case *slayers.SCION:
		d.scion = l
		described, err := describeHeader(l)
		if err != nil {
			return err
		}
		*fields = described
	case *slayers.HopByHopExtn:
		fields.Protocol = int(l.NextHdr)
		options := make([]optionField, 0, len(l.Options))
		for _, o := range l.Options {
			options = append(options, optionField{int(o.OptType), hex.EncodeToString(o.OptData)})
		}
		fields.Extensions = append(fields.Extensions, options)
	case *slayers.EndToEndExtn:
		fields.Protocol = int(l.NextHdr)
		options := make([]optionField, 0, len(l.Options))
		for _, o := range l.Options {
			options = append(options, optionField{int(o.OptType), hex.EncodeToString(o.OptData)})
		}
		fields.Extensions = append(fields.Extensions, options)
	case *slayers.UDP:
		l.SetNetworkLayerForChecksum(d.scion)
		fields.Upper = map[string]any{"sourcePort": l.SrcPort, "targetPort": l.DstPort, "checksum": l.Checksum}
	case *slayers.SCMP:
		l.SetNetworkLayerForChecksum(d.scion)
		fields.Upper = map[string]any{
			"type": l.TypeCode.Type(), "code": l.TypeCode.Code(), "checksum": l.Checksum,
		}
	case *slayers.SCMPDestinationUnreachable:
	case *slayers.SCMPPacketTooBig:
		fields.Upper["mtu"] = l.MTU
	case *slayers.SCMPParameterProblem:
		fields.Upper["pointer"] = l.Pointer
	case *slayers.SCMPExternalInterfaceDown:
		fields.Upper["isdAs"] = l.IA.String()
		fields.Upper["ifId"] = l.IfID
	case *slayers.SCMPInternalConnectivityDown:
		fields.Upper["isdAs"] = l.IA.String()
		fields.Upper["ingress"] = l.Ingress
		fields.Upper["egress"] = l.Egress
	case *slayers.SCMPEcho:
		fields.Upper["identifier"] = l.Identifier
		fields.Upper["sequence"] = l.SeqNumber
	case *slayers.SCMPTraceroute:
		fields.Upper["identifier"] = l.Identifier
		fields.Upper["sequence"] = l.Sequence
		fields.Upper["isdAs"] = l.IA.String()
		fields.Upper["ifId"] = l.Interface
	case *layers.BFD:
		fields.Upper = describeBFD(l)
	case gopacket.Payload:
		fields.Payload = hex.EncodeToString(l)
	case *gopacket.Payload:
		fields.Payload = hex.EncodeToString(*l)
	default:
		return fmt.Errorf("unexpected layer %v", layer.LayerType())
	}
	serializable, ok := layer.(gopacket.SerializableLayer)
	if !ok {
		return fmt.Errorf("layer %v cannot be written", layer.LayerType())
	}
	d.layers = append(d.layers, serializable)
	return nil
}

// encode writes the layers anew, with lengths and checksums as the reference computes them.
func encode(written ...gopacket.SerializableLayer) ([]byte, error) {
	buffer := gopacket.NewSerializeBuffer()
	options := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
	if err := gopacket.SerializeLayers(buffer, options, written...); err != nil {
		return nil, err
	}
	return buffer.Bytes(), nil
}

func describeHeader(s *slayers.SCION) (packetFields, error) {
	described, err := describePath(s.Path)
	return packetFields{
		TrafficClass: int(s.TrafficClass), FlowID: s.FlowID, NextHeader: int(s.NextHdr),
		PayloadLength: int(s.PayloadLen), Target: s.DstIA.String(), Source: s.SrcIA.String(),
		TargetHost: describeHost(s.DstAddrType, s.RawDstAddr),
		SourceHost: describeHost(s.SrcAddrType, s.RawSrcAddr),
		Path:       described, Extensions: [][]optionField{}, Protocol: int(s.NextHdr),
		Upper: map[string]any{},
	}, err
}

func describeHost(kind slayers.AddrType, raw []byte) hostFields {
	host, err := slayers.ParseAddr(kind, raw)
	text := "unknown"
	if err == nil {
		text = host.String()
	}
	return hostFields{Type: int(kind), Bytes: hex.EncodeToString(raw), Text: text}
}

func describePath(p path.Path) (pathFields, error) {
	fields := pathFields{Infos: []infoField{}, Hops: []hopField{}}
	switch p := p.(type) {
	case empty.Path, *empty.Path:
		fields.Kind = "empty"
		return fields, nil
	case *onehop.Path:
		fields.Kind = "one-hop"
		fields.Infos = append(fields.Infos, describeInfo(p.Info))
		fields.Hops = append(fields.Hops, describeHop(p.FirstHop), describeHop(p.SecondHop))
		return fields, nil
	case *epic.Path:
		fields.Kind = "epic"
		id := make([]byte, epic.PktIDLen)
		p.PktID.SerializeTo(id)
		fields.Epic = hex.EncodeToString(append(append(id, p.PHVF...), p.LHVF...))
		return fields, fields.addSegments(p.ScionPath)
	case *scion.Raw:
		fields.Kind = "scion"
		return fields, fields.addSegments(p)
	}
	return fields, fmt.Errorf("unexpected path %T", p)
}

func (f *pathFields) addSegments(raw *scion.Raw) error {
	whole, err := raw.ToDecoded()
	if err != nil {
		return err
	}
	f.CurrentInfo = int(whole.PathMeta.CurrINF)
	f.CurrentHop = int(whole.PathMeta.CurrHF)
	for i, length := range whole.PathMeta.SegLen {
		f.SegmentLengths[i] = int(length)
	}
	for _, info := range whole.InfoFields {
		f.Infos = append(f.Infos, describeInfo(info))
	}
	for _, hop := range whole.HopFields {
		f.Hops = append(f.Hops, describeHop(hop))
	}
	return nil
}

func describeInfo(info path.InfoField) infoField {
	return infoField{info.Peer, info.ConsDir, info.SegID, info.Timestamp}
}

func describeHop(hop path.HopField) hopField {
	return hopField{
		HasIngressAlert: hop.IngressRouterAlert, HasEgressAlert: hop.EgressRouterAlert,
		ExpTime: hop.ExpTime, ConsIngress: hop.ConsIngress, ConsEgress: hop.ConsEgress,
		Mac: hex.EncodeToString(hop.Mac[:]),
	}
}

func describeBFD(b *layers.BFD) map[string]any {
	return map[string]any{
		"state": int(b.State), "diagnostic": int(b.Diagnostic), "detectMultiplier": int(b.DetectMultiplier),
		"myDiscriminator": uint32(b.MyDiscriminator), "yourDiscriminator": uint32(b.YourDiscriminator),
		"desiredMinTxUs": uint32(b.DesiredMinTxInterval), "requiredMinRxUs": uint32(b.RequiredMinRxInterval),
	}
}

package main

import (
	"encoding/hex"
	"strconv"
	"time"

	"github.com/scionproto/scion/pkg/segment"
	"github.com/scionproto/scion/pkg/segment/extensions/staticinfo"
	"github.com/scionproto/scion/pkg/segment/iface"
)

// describeSegment gives segments the form that segment-fields.ts has too.
func describeSegment(s *segment.PathSegment) map[string]any {
	entries := []any{}
	for _, entry := range s.ASEntries {
		peers := []any{}
		for _, peer := range entry.PeerEntries {
			peers = append(peers, map[string]any{
				"peer": peer.Peer.String(), "peerIfId": peer.PeerInterface, "mtu": peer.PeerMTU,
				"hop": describeSegmentHop(peer.HopField),
			})
		}
		entries = append(entries, map[string]any{
			"isdAs": entry.Local.String(), "next": entry.Next.String(), "mtu": entry.MTU,
			"ingressMtu": entry.HopEntry.IngressMTU, "hop": describeSegmentHop(entry.HopEntry.HopField),
			"peers": peers, "staticInfo": describeStaticInfo(entry.Extensions.StaticInfo),
		})
	}
	return map[string]any{
		"timestamp": s.Info.Timestamp.Unix(), "segmentId": s.Info.SegmentID,
		"identity": hex.EncodeToString(s.ID()), "entries": entries,
	}
}

func describeSegmentHop(hop segment.HopField) map[string]any {
	return map[string]any{
		"consIngress": hop.ConsIngress, "consEgress": hop.ConsEgress, "expTime": hop.ExpTime,
		"mac": hex.EncodeToString(hop.MAC[:]),
	}
}

func describeStaticInfo(info *staticinfo.Extension) any {
	if info == nil {
		return nil
	}
	geo := map[string]any{}
	for id, where := range info.Geo {
		// The bits of a float are compared as the number that they stand for.
		geo[keyOf(id)] = []any{float64(where.Latitude), float64(where.Longitude), where.Address}
	}
	types := map[string]any{}
	for id, kind := range info.LinkType {
		// Its numbers in the message are greater by one, where 0 is not set.
		types[keyOf(id)] = int(kind) + 1
	}
	return map[string]any{
		"latencyUs":     []any{microseconds(info.Latency.Intra), microseconds(info.Latency.Inter)},
		"bandwidthKbps": []any{byText(info.Bandwidth.Intra), byText(info.Bandwidth.Inter)},
		"geo":           geo, "linkTypes": types, "internalHops": byText(info.InternalHops), "note": info.Note,
	}
}

func keyOf(id iface.ID) string { return strconv.FormatUint(uint64(id), 10) }

func byText[Value any](values map[iface.ID]Value) map[string]Value {
	result := map[string]Value{}
	for id, value := range values {
		result[keyOf(id)] = value
	}
	return result
}

func microseconds(values map[iface.ID]time.Duration) map[string]int64 {
	result := map[string]int64{}
	for id, value := range values {
		result[keyOf(id)] = value.Microseconds()
	}
	return result
}

package main

import (
	"fmt"
	"hash"
	"time"

	epicmac "github.com/scionproto/scion/pkg/experimental/epic"
	"github.com/scionproto/scion/pkg/scrypto"
	"github.com/scionproto/scion/pkg/slayers"
	"github.com/scionproto/scion/pkg/slayers/path"
	"github.com/scionproto/scion/pkg/slayers/path/empty"
	"github.com/scionproto/scion/pkg/slayers/path/epic"
	"github.com/scionproto/scion/pkg/slayers/path/onehop"
	"github.com/scionproto/scion/pkg/slayers/path/scion"
)

var macs = map[string]func() hash.Hash{}

// macOf derives the key of hop fields from the master key of an AS, as its routers do.
func macOf(masterKey []byte) (hash.Hash, error) {
	factory, known := macs[string(masterKey)]
	if !known {
		made, err := scrypto.HFMacFactory(masterKey)
		if err != nil {
			return nil, err
		}
		factory, macs[string(masterKey)] = made, made
	}
	return factory(), nil
}

// checkMacs walks the path as routers do and checks the MAC of each hop field. masterKeys has one for each.
func checkMacs(s *slayers.SCION, masterKeys [][]byte, now time.Time) error {
	switch p := s.Path.(type) {
	case empty.Path, *empty.Path:
		return nil
	case *onehop.Path:
		return checkHop(p.Info, p.FirstHop, masterKeys[0])
	case *scion.Raw:
		_, err := walk(p, masterKeys)
		return err
	case *epic.Path:
		tags, err := walk(p.ScionPath, masterKeys)
		if err != nil {
			return err
		}
		return checkEpic(s, p, tags, now)
	}
	return fmt.Errorf("unexpected path %T", s.Path)
}

func checkHop(info path.InfoField, hop path.HopField, masterKey []byte) error {
	mac, err := macOf(masterKey)
	if err != nil {
		return err
	}
	if path.MAC(mac, info, hop, nil) != hop.Mac {
		return fmt.Errorf("the MAC of %v with %v is wrong", hop, info)
	}
	return nil
}

// walk returns the full MACs of all hop fields. SCION header specification, "Hop Field MAC Computation".
func walk(raw *scion.Raw, masterKeys [][]byte) ([][]byte, error) {
	whole, err := raw.ToDecoded()
	if err != nil {
		return nil, err
	}
	if whole.PathMeta.CurrHF != 0 || len(whole.HopFields) != len(masterKeys) {
		return nil, fmt.Errorf("%d keys for %v", len(masterKeys), whole.PathMeta)
	}
	var tags [][]byte
	hop := 0
	for segment, info := range whole.InfoFields {
		length := int(whole.PathMeta.SegLen[segment])
		for at := 0; at < length; at++ {
			field := whole.HopFields[hop]
			isPeering := info.Peer && ((segment == 0 && at == length-1) || (segment == 1 && at == 0))
			if !info.ConsDir && at > 0 && !isPeering {
				info.UpdateSegID(field.Mac)
			}
			if err := checkHop(info, field, masterKeys[hop]); err != nil {
				return nil, fmt.Errorf("hop %d: %w", hop, err)
			}
			mac, err := macOf(masterKeys[hop])
			if err != nil {
				return nil, err
			}
			tags = append(tags, path.FullMAC(mac, info, field, make([]byte, path.MACBufferSize)))
			if info.ConsDir && !isPeering {
				info.UpdateSegID(field.Mac)
			}
			hop++
		}
	}
	return tags, nil
}

func checkEpic(s *slayers.SCION, p *epic.Path, tags [][]byte, now time.Time) error {
	info, err := p.ScionPath.GetInfoField(0)
	if err != nil {
		return err
	}
	sent := time.Unix(int64(info.Timestamp), 0)
	if err := epicmac.VerifyTimestamp(sent, p.PktID.Timestamp, now); err != nil {
		return err
	}
	last := len(tags) - 1
	if err := epicmac.VerifyHVF(tags[last-1], p.PktID, s, info.Timestamp, p.PHVF, nil); err != nil {
		return err
	}
	return epicmac.VerifyHVF(tags[last], p.PktID, s, info.Timestamp, p.LHVF, nil)
}

package main

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/scionproto/scion/pkg/slayers"
	"github.com/scionproto/scion/pkg/slayers/path"
	"github.com/scionproto/scion/pkg/slayers/path/epic"
	"github.com/scionproto/scion/pkg/spao"
)

// packetQuestion is a packet of the other side, and what it is to be checked with.
type packetQuestion struct {
	Packet string `json:"packet"`
	// MasterKeys has that of the AS of each hop field.
	MasterKeys []string `json:"masterKeys"`
	// ScmpKey is that of the authenticator option; empty if there is none.
	ScmpKey string `json:"scmpKey"`
	// Now is the time of day, milliseconds since 1970.
	Now int64 `json:"now"`
}

type packetAnswer struct {
	Fields packetFields `json:"fields"`
	// Reversed is the path back, in hexadecimal; empty if the reference knows none.
	Reversed string `json:"reversed"`
	Problem  string `json:"problem"`
}

func readPacket(question packetQuestion) packetAnswer {
	raw, err := hex.DecodeString(question.Packet)
	if err != nil {
		return packetAnswer{Problem: err.Error()}
	}
	read, err := decodePacket(raw)
	if err != nil {
		return packetAnswer{Problem: err.Error()}
	}
	answer := packetAnswer{Fields: read.fields}
	if err := check(read, raw, question); err != nil {
		answer.Problem = err.Error()
	}
	// This changes the path, so it comes last.
	answer.Reversed = pathBack(read.scion.Path)
	return answer
}

// pathBack is the path of an answer, in hexadecimal. That of an EPIC path is of type SCION (snet.DefaultReplyPather).
func pathBack(p path.Path) string {
	if hidden, isEpic := p.(*epic.Path); isEpic {
		p = hidden.ScionPath
	}
	back, err := p.Reverse()
	if err != nil {
		return ""
	}
	encoded := make([]byte, back.Len())
	if err := back.SerializeTo(encoded); err != nil {
		return ""
	}
	return hex.EncodeToString(encoded)
}

func check(read *decoded, raw []byte, question packetQuestion) error {
	keys, err := decodeKeys(question.MasterKeys)
	if err != nil {
		return err
	}
	if err := checkMacs(read.scion, keys, time.UnixMilli(question.Now)); err != nil {
		return err
	}
	if question.ScmpKey != "" {
		if err := checkAuthenticator(read, question.ScmpKey); err != nil {
			return err
		}
	}
	again, err := encode(read.layers...)
	if err != nil {
		return err
	}
	if !bytes.Equal(again, raw) {
		return fmt.Errorf("written anew it is %x", again)
	}
	return nil
}

func decodeKeys(texts []string) ([][]byte, error) {
	keys := make([][]byte, len(texts))
	for at, text := range texts {
		key, err := hex.DecodeString(text)
		if err != nil {
			return nil, err
		}
		keys[at] = key
	}
	return keys, nil
}

func checkAuthenticator(read *decoded, keyText string) error {
	key, err := hex.DecodeString(keyText)
	if err != nil {
		return err
	}
	for _, layer := range read.layers {
		extension, ok := layer.(*slayers.EndToEndExtn)
		if !ok {
			continue
		}
		found, err := extension.FindOption(slayers.OptTypeAuthenticator)
		if err != nil {
			return err
		}
		option, err := slayers.ParsePacketAuthOption(found)
		if err != nil {
			return err
		}
		input := spao.MACInput{
			Key: key, Header: option, ScionLayer: read.scion, PldType: extension.NextHdr, Pld: extension.LayerPayload(),
		}
		tag, err := spao.ComputeAuthCMAC(input, make([]byte, spao.MACBufferSize), make([]byte, 16))
		if err != nil {
			return err
		}
		if !bytes.Equal(tag, option.Authenticator()) {
			return fmt.Errorf("the authenticator is not %x", tag)
		}
		return nil
	}
	return fmt.Errorf("no authenticator option")
}

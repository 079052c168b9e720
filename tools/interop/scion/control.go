package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/scionproto/scion/pkg/addr"
	cppb "github.com/scionproto/scion/pkg/proto/control_plane"
	"github.com/scionproto/scion/pkg/scrypto/cppki"
	"github.com/scionproto/scion/pkg/segment"
	"github.com/scionproto/scion/private/trust"
)

// controlQuestion is a TRC, a chain or a segment of the other side. What was right is trusted by what follows.
type controlQuestion struct {
	Kind string `json:"kind"`
	// Trc is a signed TRC; its predecessor is the one before of the same ISD.
	Trc string `json:"trc"`
	// As and CA are the certificates of a chain.
	As string `json:"as"`
	CA string `json:"ca"`
	// Segment is a Protobuf message.
	Segment  string `json:"segment"`
	IsBeacon bool   `json:"isBeacon"`
	// Now is the time of day, seconds since 1970.
	Now int64 `json:"now"`
}

type controlAnswer struct {
	Fields  any    `json:"fields"`
	Problem string `json:"problem"`
}

// trustedMaterial has what was verified, as the reference's verifiers ask for it.
type trustedMaterial struct {
	trcs   map[addr.ISD]*cppki.TRC
	chains map[string][]*x509.Certificate
}

func checkControl(encoder *json.Encoder) error {
	material := &trustedMaterial{map[addr.ISD]*cppki.TRC{}, map[string][]*x509.Certificate{}}
	return answerLines(encoder, material.answer)
}

func (m *trustedMaterial) answer(question controlQuestion) controlAnswer {
	var fields any
	var err error
	switch question.Kind {
	case "trc":
		fields, err = m.addTrc(question)
	case "chain":
		fields, err = m.addChain(question)
	case "segment":
		fields, err = m.verifySegment(question)
	default:
		err = fmt.Errorf("unknown kind %q", question.Kind)
	}
	if err != nil {
		return controlAnswer{Problem: err.Error()}
	}
	return controlAnswer{Fields: fields}
}

func (m *trustedMaterial) addTrc(question controlQuestion) (any, error) {
	raw, err := hex.DecodeString(question.Trc)
	if err != nil {
		return nil, err
	}
	signed, err := cppki.DecodeSignedTRC(raw)
	if err != nil {
		return nil, err
	}
	predecessor := m.trcs[signed.TRC.ID.ISD]
	if signed.TRC.ID.IsBase() {
		predecessor = nil
	}
	if err := signed.Verify(predecessor); err != nil {
		return nil, err
	}
	// Only the payload: the signatures around it may be in any order.
	again, err := signed.TRC.Encode()
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(again, signed.TRC.Raw) {
		return nil, fmt.Errorf("written anew it is %x", again)
	}
	m.trcs[signed.TRC.ID.ISD] = &signed.TRC
	return describeTrc(&signed.TRC), nil
}

func describeTrc(trc *cppki.TRC) map[string]any {
	certificates := []string{}
	for _, one := range trc.Certificates {
		certificates = append(certificates, hex.EncodeToString(one.Raw))
	}
	return map[string]any{
		"isd": trc.ID.ISD, "base": trc.ID.Base, "serial": trc.ID.Serial,
		"notBefore": trc.Validity.NotBefore.Unix(), "notAfter": trc.Validity.NotAfter.Unix(),
		"graceSeconds": int64(trc.GracePeriod / time.Second), "noTrustReset": trc.NoTrustReset,
		"votes": orEmpty(trc.Votes), "quorum": trc.Quorum, "coreAses": asTexts(trc.ID.ISD, trc.CoreASes),
		"authoritativeAses": asTexts(trc.ID.ISD, trc.AuthoritativeASes), "description": trc.Description,
		"certificates": certificates,
	}
}

func orEmpty[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}

func asTexts(isd addr.ISD, ases []addr.AS) []string {
	texts := []string{}
	for _, as := range ases {
		texts = append(texts, addr.MustIAFrom(isd, as).String())
	}
	return texts
}

func (m *trustedMaterial) addChain(question controlQuestion) (any, error) {
	var chain []*x509.Certificate
	for _, text := range []string{question.As, question.CA} {
		raw, err := hex.DecodeString(text)
		if err != nil {
			return nil, err
		}
		one, err := x509.ParseCertificate(raw)
		if err != nil {
			return nil, err
		}
		chain = append(chain, one)
	}
	ia, err := cppki.ExtractIA(chain[0].Subject)
	if err != nil {
		return nil, err
	}
	trc, known := m.trcs[ia.ISD()]
	if !known {
		return nil, fmt.Errorf("no TRC of ISD %d", ia.ISD())
	}
	options := cppki.VerifyOptions{TRC: []*cppki.TRC{trc}, CurrentTime: time.Unix(question.Now, 0)}
	if err := cppki.VerifyChain(chain, options); err != nil {
		return nil, err
	}
	m.chains[string(chain[0].SubjectKeyId)] = chain
	return describeChain(ia, chain[0]), nil
}

func describeChain(ia addr.IA, as *x509.Certificate) map[string]any {
	return map[string]any{
		"isdAs": ia.String(), "subjectKeyId": hex.EncodeToString(as.SubjectKeyId),
		"notBefore": as.NotBefore.Unix(), "notAfter": as.NotAfter.Unix(),
	}
}

func (m *trustedMaterial) verifySegment(question controlQuestion) (any, error) {
	raw, err := hex.DecodeString(question.Segment)
	if err != nil {
		return nil, err
	}
	var message cppb.PathSegment
	if err := proto.Unmarshal(raw, &message); err != nil {
		return nil, err
	}
	read := segment.SegmentFromPB
	if question.IsBeacon {
		read = segment.BeaconFromPB
	}
	found, err := read(&message)
	if err != nil {
		return nil, err
	}
	// As private/segment/segverifier does: each entry by its AS, with a certificate for the time of the hop field.
	for index, entry := range found.ASEntries {
		lifetime := time.Duration(1+int(entry.HopEntry.HopField.ExpTime)) * hopLifetimeUnit
		validity := cppki.Validity{NotBefore: found.Info.Timestamp, NotAfter: found.Info.Timestamp.Add(lifetime)}
		verifier := trust.Verifier{BoundIA: entry.Local, BoundValidity: validity, Engine: m}
		if err := found.VerifyASEntry(context.Background(), verifier, index); err != nil {
			return nil, err
		}
	}
	return describeSegment(found), nil
}

// hopLifetimeUnit is that of ExpTime, 24 h / 256.
const hopLifetimeUnit = 24 * time.Hour / 256

func (m *trustedMaterial) NotifyTRC(_ context.Context, id cppki.TRCID, _ ...trust.Option) error {
	known, found := m.trcs[id.ISD]
	if !found || known.ID.Base != id.Base || known.ID.Serial < id.Serial {
		return fmt.Errorf("the TRC %v is not known", id)
	}
	return nil
}

func (m *trustedMaterial) GetChains(
	_ context.Context, query trust.ChainQuery, _ ...trust.Option,
) ([][]*x509.Certificate, error) {
	chain, found := m.chains[string(query.SubjectKeyID)]
	if !found {
		return nil, fmt.Errorf("no chain of %v", query.IA)
	}
	ia, err := cppki.ExtractIA(chain[0].Subject)
	validity := cppki.Validity{NotBefore: chain[0].NotBefore, NotAfter: chain[0].NotAfter}
	if err != nil || ia != query.IA || !validity.Covers(query.Validity) {
		return nil, fmt.Errorf("no chain of %v that is valid for %v", query.IA, query.Validity)
	}
	return [][]*x509.Certificate{chain}, nil
}

func (m *trustedMaterial) GetSignedTRC(
	context.Context, cppki.TRCID, ...trust.Option,
) (cppki.SignedTRC, error) {
	return cppki.SignedTRC{}, fmt.Errorf("TRCs are not handed out")
}

package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	mathrand "math/rand/v2"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/scionproto/scion/pkg/addr"
	"github.com/scionproto/scion/pkg/scrypto/cms/protocol"
	"github.com/scionproto/scion/pkg/scrypto/cppki"
	"github.com/scionproto/scion/pkg/scrypto/signed"
	"github.com/scionproto/scion/pkg/segment"
	"github.com/scionproto/scion/pkg/segment/extensions/staticinfo"
	"github.com/scionproto/scion/pkg/segment/iface"
	"github.com/scionproto/scion/pkg/slayers/path"
	"github.com/scionproto/scion/private/trust"
)

// drawnControl is a TRC, a chain or a segment of the reference, in the form of a question, with what it says.
type drawnControl struct {
	controlQuestion
	Fields any `json:"fields"`
}

const (
	trcLifetime = 365 * 24 * time.Hour
	caLifetime  = 7 * 24 * time.Hour
	asLifetime  = 3 * 24 * time.Hour
	segmentASes = 8
	firstCore   = "1-ff00:0:110"
	secondCore  = "1-ff00:0:120"
)

// owned is a certificate with its key.
type owned struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// controlDrawer makes an isolation domain: two voters, CAs and ASes. Its keys are new each time.
type controlDrawer struct {
	encoder *json.Encoder
	random  *mathrand.Rand
	now     time.Time
	serial  int64
	signers map[addr.IA]trust.Signer
	ases    []addr.IA
}

func drawControl(encoder *json.Encoder, seed uint64, count int) error {
	d := &controlDrawer{
		encoder: encoder, random: mathrand.New(mathrand.NewPCG(seed, 2)), now: time.Now().Truncate(time.Second),
		signers: map[addr.IA]trust.Signer{},
	}
	trcs, roots, err := d.makeTrcs()
	if err != nil {
		return err
	}
	// Chains and segments are of the first TRC; updates come last, because one of them replaces a root.
	if err := d.emitTrc(trcs[0]); err != nil {
		return err
	}
	if err := d.emitChains(roots); err != nil {
		return err
	}
	for at := range count {
		if err := d.emitSegment(at%2 == 0); err != nil {
			return err
		}
	}
	for _, update := range trcs[1:] {
		if err := d.emitTrc(update); err != nil {
			return err
		}
	}
	return nil
}

func (d *controlDrawer) make(
	kind cppki.CertType, ia addr.IA, name string, lifetime time.Duration, issuer *owned,
) (*owned, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	keyID, err := cppki.SubjectKeyID(key.Public())
	if err != nil {
		return nil, err
	}
	d.serial++
	begin := d.now.Add(-24 * time.Hour)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(d.serial), NotBefore: begin, NotAfter: begin.Add(lifetime), SubjectKeyId: keyID,
		Subject: pkix.Name{
			CommonName: name,
			ExtraNames: []pkix.AttributeTypeAndValue{{Type: cppki.OIDNameIA, Value: ia.String()}},
		},
	}
	shape(template, kind)
	parent, signer := template, key
	if issuer != nil {
		parent, signer = issuer.certificate, issuer.key
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		return nil, err
	}
	made, err := x509.ParseCertificate(raw)
	if err != nil {
		return nil, err
	}
	found, err := cppki.ValidateCert(made)
	if err == nil && found != kind {
		err = fmt.Errorf("%v instead of %v", found, kind)
	}
	return &owned{made, key}, err
}

// shape sets what tells kinds of certificates from each other.
func shape(template *x509.Certificate, kind cppki.CertType) {
	extended := map[cppki.CertType]asn1.ObjectIdentifier{
		cppki.Sensitive: cppki.OIDExtKeyUsageSensitive, cppki.Regular: cppki.OIDExtKeyUsageRegular,
		cppki.Root: cppki.OIDExtKeyUsageRoot,
	}
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}
	if usage, known := extended[kind]; known {
		template.UnknownExtKeyUsage = []asn1.ObjectIdentifier{usage}
	}
	switch kind {
	case cppki.Root, cppki.CA:
		template.KeyUsage, template.IsCA, template.BasicConstraintsValid = x509.KeyUsageCertSign, true, true
		template.MaxPathLen = 1
		if kind == cppki.CA {
			template.ExtKeyUsage, template.MaxPathLen, template.MaxPathLenZero = nil, 0, true
		}
	}
}

// members are those whose certificates are in a TRC.
type members struct {
	sensitive, regular, roots []*owned
}

func (m members) all() []*owned {
	return append(append(append([]*owned{}, m.sensitive...), m.regular...), m.roots...)
}

// makeTrcs makes a base TRC, a regular update that replaces a root, and a sensitive one with another voter and core AS.
func (d *controlDrawer) makeTrcs() ([]*cppki.SignedTRC, []*owned, error) {
	var m members
	for _, text := range []string{firstCore, secondCore} {
		ia := addr.MustParseIA(text)
		for kind, list := range map[cppki.CertType]*[]*owned{
			cppki.Sensitive: &m.sensitive, cppki.Regular: &m.regular, cppki.Root: &m.roots,
		} {
			made, err := d.make(kind, ia, fmt.Sprintf("%v %v", ia, kind), 2*trcLifetime, nil)
			if err != nil {
				return nil, nil, err
			}
			*list = append(*list, made)
		}
	}
	roots := append([]*owned{}, m.roots...)
	content := cppki.TRC{
		Version: 1, ID: cppki.TRCID{ISD: 1, Base: 1, Serial: 1}, Quorum: 2, Description: "Zürich",
		Validity:          cppki.Validity{NotBefore: d.now.UTC(), NotAfter: d.now.Add(trcLifetime).UTC()},
		CoreASes:          []addr.AS{addr.MustParseIA(firstCore).AS(), addr.MustParseIA(secondCore).AS()},
		AuthoritativeASes: []addr.AS{addr.MustParseIA(firstCore).AS()},
	}
	base, err := signTrc(content, m, append(append([]*owned{}, m.sensitive...), m.regular...))
	if err != nil {
		return nil, nil, err
	}
	newRoot, err := d.make(cppki.Root, addr.MustParseIA(firstCore), m.roots[0].certificate.Subject.CommonName, 2*trcLifetime, nil)
	if err != nil {
		return nil, nil, err
	}
	content.ID.Serial, content.GracePeriod, content.Votes = 2, time.Hour, []int{2, 3}
	voters := append(append([]*owned{}, m.regular...), m.roots[0])
	m.roots[0] = newRoot
	regular, err := signTrc(content, m, voters)
	if err != nil {
		return nil, nil, err
	}
	third := addr.MustParseIA("1-4200000000")
	content.ID.Serial, content.Votes = 3, []int{0, 1}
	content.CoreASes = append(append([]addr.AS{}, content.CoreASes...), third.AS())
	newVoter, err := d.make(cppki.Regular, third, "third regular", 2*trcLifetime, nil)
	if err != nil {
		return nil, nil, err
	}
	voters = append(append([]*owned{}, m.sensitive...), newVoter)
	m.regular = append(m.regular, newVoter)
	sensitive, err := signTrc(content, m, voters)
	return []*cppki.SignedTRC{base, regular, sensitive}, roots, err
}

func signTrc(content cppki.TRC, m members, signers []*owned) (*cppki.SignedTRC, error) {
	content.Certificates = nil
	for _, one := range m.all() {
		content.Certificates = append(content.Certificates, one.certificate)
	}
	payload, err := content.Encode()
	if err != nil {
		return nil, err
	}
	info, err := protocol.NewDataEncapsulatedContentInfo(payload)
	if err != nil {
		return nil, err
	}
	data, err := protocol.NewSignedData(info)
	if err != nil {
		return nil, err
	}
	for _, one := range signers {
		if err := data.AddSignerInfo([]*x509.Certificate{one.certificate}, one.key); err != nil {
			return nil, err
		}
	}
	return &cppki.SignedTRC{TRC: content, SignerInfos: data.SignerInfos}, nil
}

func (d *controlDrawer) emitTrc(trc *cppki.SignedTRC) error {
	raw, err := trc.Encode()
	if err != nil {
		return err
	}
	question := controlQuestion{Kind: "trc", Trc: hex.EncodeToString(raw), Now: d.now.Unix()}
	return d.encoder.Encode(drawnControl{question, describeTrc(&trc.TRC)})
}

func (d *controlDrawer) emitChains(roots []*owned) error {
	for at := range segmentASes {
		root := roots[at%len(roots)]
		core, err := cppki.ExtractIA(root.certificate.Subject)
		if err != nil {
			return err
		}
		ca, err := d.make(cppki.CA, core, fmt.Sprintf("CA %d", at), caLifetime, root)
		if err != nil {
			return err
		}
		ia := addr.MustIAFrom(1, addr.AS(0xff00_0000_0200+uint64(at)))
		chain, key, err := d.issue(ia, ca)
		if err != nil {
			return err
		}
		d.ases = append(d.ases, ia)
		d.signers[ia] = trust.Signer{
			PrivateKey: key, Algorithm: signed.ECDSAWithSHA256, IA: ia, Chain: chain, SubjectKeyID: chain[0].SubjectKeyId,
			Expiration: chain[0].NotAfter, TRCID: cppki.TRCID{ISD: 1, Base: 1, Serial: 1},
			ChainValidity: cppki.Validity{NotBefore: chain[0].NotBefore, NotAfter: chain[0].NotAfter},
		}
		question := controlQuestion{
			Kind: "chain", As: hex.EncodeToString(chain[0].Raw), CA: hex.EncodeToString(chain[1].Raw), Now: d.now.Unix(),
		}
		if err := d.encoder.Encode(drawnControl{question, describeChain(ia, chain[0])}); err != nil {
			return err
		}
	}
	return nil
}

// issue has the reference's CA make the certificate of an AS.
func (d *controlDrawer) issue(ia addr.IA, ca *owned) ([]*x509.Certificate, *ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	subject := pkix.Name{
		CommonName: ia.String() + " AS",
		ExtraNames: []pkix.AttributeTypeAndValue{{Type: cppki.OIDNameIA, Value: ia.String()}},
	}
	template := &x509.CertificateRequest{Subject: subject}
	raw, err := x509.CreateCertificateRequest(rand.Reader, template, key)
	if err != nil {
		return nil, nil, err
	}
	request, err := x509.ParseCertificateRequest(raw)
	if err != nil {
		return nil, nil, err
	}
	policy := cppki.CAPolicy{
		Validity: asLifetime, Certificate: ca.certificate, Signer: ca.key, CurrentTime: d.now.Add(-2 * time.Hour),
	}
	chain, err := policy.CreateChain(request)
	return chain, key, err
}

func (d *controlDrawer) emitSegment(isBeacon bool) error {
	begin := d.now.Add(-time.Duration(d.random.IntN(3600)) * time.Second)
	made, err := segment.CreateSegment(begin, uint16(d.random.Uint32()))
	if err != nil {
		return err
	}
	// A beacon may have just left its origin; a segment has two ends.
	length := 2 + d.random.IntN(segmentASes-2)
	if isBeacon {
		length--
	}
	order := d.random.Perm(segmentASes)
	for at := range length {
		entry := d.drawEntry(d.ases[order[at]], at == 0)
		isLast := at == length-1
		if !isLast || isBeacon {
			entry.Next = d.ases[order[at+1]]
			entry.HopEntry.HopField.ConsEgress = 1 + uint16(d.random.Uint32N(1<<16-1))
			d.drawPeers(&entry)
		}
		if err := made.AddASEntry(context.Background(), entry, d.signers[entry.Local]); err != nil {
			return err
		}
	}
	raw, err := proto.Marshal(segment.PathSegmentToPB(made))
	if err != nil {
		return err
	}
	question := controlQuestion{
		Kind: "segment", Segment: hex.EncodeToString(raw), IsBeacon: isBeacon, Now: d.now.Unix(),
	}
	return d.encoder.Encode(drawnControl{question, describeSegment(made)})
}

func (d *controlDrawer) drawEntry(ia addr.IA, isFirst bool) segment.ASEntry {
	entry := segment.ASEntry{Local: ia, MTU: 1280 + d.random.IntN(8000)}
	if !isFirst {
		entry.HopEntry.HopField.ConsIngress = 1 + uint16(d.random.Uint32N(1<<16-1))
		entry.HopEntry.IngressMTU = 1280 + d.random.IntN(8000)
	}
	entry.HopEntry.HopField.ExpTime = uint8(d.random.IntN(64))
	entry.HopEntry.HopField.MAC = d.drawMac()
	if d.random.IntN(3) == 0 {
		entry.Extensions.StaticInfo = d.drawStaticInfo()
	}
	return entry
}

func (d *controlDrawer) drawMac() [path.MacLen]byte {
	var mac [path.MacLen]byte
	for at := range mac {
		mac[at] = byte(d.random.Uint32())
	}
	return mac
}

func (d *controlDrawer) drawPeers(entry *segment.ASEntry) {
	for range d.random.IntN(3) {
		hop := entry.HopEntry.HopField
		hop.ConsIngress = 1 + uint16(d.random.Uint32N(1<<16-1))
		hop.MAC = d.drawMac()
		entry.PeerEntries = append(entry.PeerEntries, segment.PeerEntry{
			HopField: hop, Peer: d.ases[d.random.IntN(segmentASes)], PeerInterface: uint16(d.random.Uint32()), PeerMTU: 1400,
		})
	}
}

func (d *controlDrawer) drawStaticInfo() *staticinfo.Extension {
	id := func() iface.ID { return iface.ID(1 + d.random.Uint32N(1<<16-1)) }
	latency := func() time.Duration { return time.Duration(d.random.Uint32()) * time.Microsecond }
	return &staticinfo.Extension{
		Latency: staticinfo.LatencyInfo{
			Intra: map[iface.ID]time.Duration{id(): latency(), id(): latency()}, Inter: map[iface.ID]time.Duration{id(): latency()},
		},
		Bandwidth: staticinfo.BandwidthInfo{
			Intra: map[iface.ID]uint64{id(): uint64(d.random.Uint32())}, Inter: map[iface.ID]uint64{id(): d.random.Uint64N(1 << 53)},
		},
		Geo: staticinfo.GeoInfo{id(): {
			Latitude: d.random.Float32()*180 - 90, Longitude: d.random.Float32()*360 - 180, Address: "Bahnhofstrasse 1, Zürich",
		}},
		LinkType:     staticinfo.LinkTypeInfo{id(): staticinfo.LinkType(d.random.IntN(3))},
		InternalHops: staticinfo.InternalHopsInfo{id(): d.random.Uint32()},
		Note:         "a note",
	}
}
